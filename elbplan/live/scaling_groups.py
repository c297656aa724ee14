"""Auto Scaling groups that specs name: the questions for AWS, and what the answers say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..core.address import AwsId, Lookup, Ref
from ..core.call import Ask, Call
from ..kinds.aws.auto_scaling import (
    PREFIX,
    ScalingGroupName,
    by_name,
    by_tag,
    is_scaling_group,
    name_in,
    scaling_groups_in,
)

KIND = ScalingGroupName().kind
BY_NAME = "Auto Scaling groups by name"
"""The name of the question for Auto Scaling groups that the specs name."""


def names_in(refs: Iterable[Ref]) -> list[str]:
    """The names of the Auto Scaling groups that these references name."""
    return sorted({name_in(ref.value) for ref in refs if isinstance(ref, AwsId) and is_scaling_group(ref.value)})


def scaling_call(lookup: Lookup) -> Call | None:
    """The call that answers the look-up of Auto Scaling groups by tag; None for other look-ups."""
    return by_tag(lookup.query) if lookup.what == KIND else None


def named_groups(refs: Iterable[Ref]) -> dict[str, Ask]:
    """The question for the groups that the references name, if there are some."""
    names = names_in(refs)
    return {BY_NAME: by_name(names)} if names else {}


def scaling_calls(refs: Iterable[Ref]) -> list[Ask]:
    """Every call that describes Auto Scaling groups."""
    several = list(refs)
    lookups = sorted({ref for ref in several if isinstance(ref, Lookup)})
    calls: list[Ask] = [call for lookup in lookups if (call := scaling_call(lookup))]
    return [*calls, *named_groups(several).values()]


def found_ids(answer: Mapping[str, Any]) -> list[str]:
    """The ids of the groups in an answer."""
    return sorted(group.ref.value for group in scaling_groups_in([answer]).values())


def absent_ids(refs: Iterable[Ref], answers: Mapping[str, Any]) -> list[str]:
    """The ids of the groups that the references name and AWS does not have."""
    known = scaling_groups_in([answers.get(BY_NAME, {})])
    return [PREFIX + name for name in names_in(refs) if name not in known]
