"""Questions whose answer AWS may deny, and the steps that need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ...core.address import Address
from ...core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ...core.plan import Plan
from ...core.resource import Resource
from ..aws.service_quota import ServiceQuota
from ..target_group import TargetGroup
from ..targets import Targets

R = TypeVar("R", bound=Resource)

LATER = "learns of a quota that is too low only when AWS refuses the create"


def asked(service: str, operation: str, params: Mapping[str, Any], gone: tuple[str, ...] = ()) -> Call:
    """A read whose answer is empty for the codes in `gone`, and unknown if AWS denies it or fails."""
    return Call(service, operation, params, done_if=gone, may_be_denied=True, has_fallback=True)


def asked_quota(quota: ServiceQuota) -> Call:
    """The question for a quota, whose answer `quota_of` reads."""
    return replace(quota.question, may_be_denied=True, has_fallback=True)


def quota_of(answer: Answer) -> float | None:
    """The value of a quota; None if AWS denied the answer, or failed."""
    return answer.get("Quota", {}).get("Value") if is_known(answer) else None


def is_known(answer: Answer) -> bool:
    """False if AWS denied the answer, or failed."""
    return answer not in (DENIED_ANSWER, FAILED_ANSWER)


def written(plan: Plan, model: type[R]) -> Iterator[tuple[Address, R | None, R]]:
    """The resources that steps create or change: the address, before, and after."""
    for step in plan.steps:
        if step.do in ("create", "update") and isinstance(step.after, model):
            yield step.address, step.before if isinstance(step.before, model) else None, step.after


def new_targets(plan: Plan, target_type: str) -> Iterator[tuple[Address, TargetGroup, Targets]]:
    """The targets that steps register, with their group, if it has this type; without those that are there already."""
    for address, before, after in written(plan, Targets):
        group = plan.desired.get(after.group) if isinstance(after.group, Address) else None
        old = before.members if before else ()
        new = tuple(member for member in after.members if member not in old)
        if new and isinstance(group, TargetGroup) and group.target_type == target_type:
            yield address, group, after.model_copy(update={"members": new})
