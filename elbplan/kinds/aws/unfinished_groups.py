"""GENEVE groups that an interrupted run created and could not tag.

AWS refuses tags in CreateTargetGroup for GENEVE, so elbplan tags such a group right after it. A group without tags,
targets and load balancer, under a name that the spec gives, is the one of an interrupted run. CreateTargetGroup is
idempotent: the same settings return that group again, and elbplan tags it then.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.address import Address
from ...core.call import ReadProgram
from .elb_reader import ElbState, OwnedResource
from .external_targets import health_of

GENEVE = "GENEVE"
"""The protocol for which AWS refuses tags in the create call."""

LONGEST_CUT = 23
"""The part of a default name before a digest of 8 digits: AWS allows 32 characters."""

Wanted = Mapping[str, tuple[str, Address]]
"""By default name: the stack and the address of each GENEVE group that the specs want."""


def unfinished_groups(state: ElbState, wanted: Wanted) -> ReadProgram[list[OwnedResource]]:
    """The groups that interrupted runs of the stacks left without tags."""
    free = [g for g in state.groups.values() if g.get("Protocol") == GENEVE and not g.get("LoadBalancerArns")]
    free = [group for group in free if state.tags.get(group["TargetGroupArn"]) == {}]
    named = [(owner, raw) for raw in free if (owner := _owner(raw["TargetGroupName"], wanted))]
    asks = [health_of(raw["TargetGroupArn"]) for _, raw in named]
    health = (yield asks) if asks else []
    return [
        (*owner, raw, {})
        for (owner, raw), targets in zip(named, health, strict=True)
        if not targets.get("TargetHealthDescriptions")
    ]


def _owner(name: str, wanted: Wanted) -> tuple[str, Address] | None:
    """The stack and address of this name: a default name, or one that was cut to make room for a digest."""
    cut = re.fullmatch(r"(.+)-[0-9a-f]{8}", name)
    for base, owner in wanted.items():
        if name == base or (cut and cut[1] == base[:LONGEST_CUT].rstrip("-")):
            return owner
    return None
