"""The steps `adopt`, `moved` and `release`: they write only tags, and the resource itself stays as it is."""

from __future__ import annotations

from ...core.address import Address
from ...core.call import WriteProgram, no_calls
from ...core.kind import StepContext
from ...core.plan import Step
from ...core.resource import Resource
from .. import KINDS
from ..listener import Listener
from ..load_balancer import LoadBalancer
from ..rule import Rule
from .alias_tags import record_tags, remember_records
from .capacity_reservation import reservation_tags
from .leading_actions import secret_tags
from .ownership import ADDRESS, EXPIRES, STACK, tag, untag, user_tag_names

FACTS = ("dns_name", "zone_id", "state", "name", "vpc", "port")


def change_ownership(step: Step, context: StepContext) -> WriteProgram:
    """The calls of an `adopt`, `moved` or `release` step. A kind without tags and marks needs none."""
    own = _own_program(step, context)
    if own is not None:
        return own
    if not KINDS[step.address.kind].taggable:
        return no_calls()
    if step.do == "adopt":
        return _adopt(step, context)
    return _moved(step, context) if step.do == "moved" else _release(step, context)


def _own_program(step: Step, context: StepContext) -> WriteProgram | None:
    """The calls of a kind whose owner is not in the tags on its resource's id; None if it is."""
    kind = KINDS[step.address.kind]
    if step.do == "adopt" and kind.adopt and step.after is not None:
        return kind.adopt(step.after, context)
    if step.do == "release" and kind.release and step.before is not None:
        return kind.release(step.before, context)
    if step.do == "moved" and kind.moved and step.old is not None:
        return kind.moved(step.old, context)
    return None


def _adopt(step: Step, context: StepContext) -> WriteProgram:
    assert step.after is not None
    records = _records(step.after)
    yield tag(step.name, context.tags(step.after) | record_tags(records) | _capacity(step.after))
    if isinstance(step.after, LoadBalancer) and records:
        yield from remember_records(_own_groups(step.after, context), _dns_name(step, context), records)
    return {"id": step.name}


def _moved(step: Step, context: StepContext) -> WriteProgram:
    assert step.old is not None
    id = context.id(step.old)
    yield tag(id, {ADDRESS: f"{step.address.kind}.{step.address.name}"})
    facts = {name: context.fact(step.old, name) for name in FACTS}
    return {"id": id, **{name: value for name, value in facts.items() if value}}


def _release(step: Step, context: StepContext) -> WriteProgram:
    assert step.before is not None
    records = _records(step.before)
    keys = [
        STACK,
        ADDRESS,
        *({EXPIRES} & set(step.before.tags)),
        *user_tag_names(step.before.tags),
        *record_tags(records),
    ]
    keys += [*_capacity(step.before), *_secret_tags(step.before)]
    yield untag(context.id(step.address), keys)
    if isinstance(step.before, LoadBalancer) and records:
        yield from remember_records(_own_groups(step.before, context), _dns_name(step, context), (), records)
    return {}


def _secret_tags(resource: Resource) -> dict[str, str]:
    """The tag with the reference of a login's secret."""
    return secret_tags(resource.leading_actions) if isinstance(resource, Listener | Rule) else {}


def _own_groups(balancer: LoadBalancer, context: StepContext) -> list[str]:
    """The ids of the security groups that are the stack's own."""
    return [context.id(ref) for ref in balancer.security_groups or () if isinstance(ref, Address)]


def _dns_name(step: Step, context: StepContext) -> str:
    return context.fact(step.address, "dns_name")


def _records(resource: Resource) -> tuple[str, ...]:
    """The names that point at a load balancer."""
    return resource.records if isinstance(resource, LoadBalancer) else ()


def _capacity(resource: Resource) -> dict[str, str]:
    """The tag of a load balancer for which the stack reserves capacity."""
    return reservation_tags(resource.minimum_capacity_units) if isinstance(resource, LoadBalancer) else {}
