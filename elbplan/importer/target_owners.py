"""Who registers the targets of a group, if that is not a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..kinds.aws.auto_scaling import AUTO_SCALING, ScalingGroup
from ..kinds.aws.ownership import tag_mapping
from .survey import Survey

SERVICES = {"arn:aws:ecs:": "an ECS service", "aws-K8S-": "a Kubernetes controller", "AWS Lambda VPC ENI": "a function"}
"""How the descriptions of network interfaces begin that a service makes for its own targets."""


def other_registrar(seen: Survey, group: str) -> str:
    """`Auto Scaling group web`: what registers and deregisters the targets of this group; "" if nothing is known."""
    return next(_registrars(seen, group), "")


def attached_scaling_groups(seen: Survey, group: str) -> tuple[ScalingGroup, ...]:
    """The Auto Scaling groups that are attached to this target group."""
    return tuple(scaling for _, scaling in sorted(seen.scaling.items()) if group in scaling.sources)


def further_targets(seen: Survey, group: str, attached: Sequence[ScalingGroup]) -> Iterator[str]:
    """The targets of this group that are no instances of these Auto Scaling groups."""
    names = {scaling.name for scaling in attached}
    for target in seen.targets.get(group, ()):
        id = target["Target"]["Id"]
        if tag_mapping(seen.instances.get(id, {}).get("Tags")).get(AUTO_SCALING) not in names:
            yield id


def _registrars(seen: Survey, group: str) -> Iterator[str]:
    for target in seen.targets.get(group, ()):
        id = target["Target"]["Id"]
        if name := tag_mapping(seen.instances.get(id, {}).get("Tags")).get(AUTO_SCALING):
            yield f"Auto Scaling group {name}"
        description = str(seen.addresses.get(id, {}).get("Description") or "")
        yield from (service for start, service in SERVICES.items() if description.startswith(start))
