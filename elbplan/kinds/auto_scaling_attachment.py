"""The Auto Scaling groups that are attached to a target group, as one resource.

The targets of such a group belong to the Auto Scaling group: elbplan reads them, and registers and removes none.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, WRITE_ONLY, Resource, rebuilt
from .aws.adoption import adopts
from .aws.auto_scaling import (
    ELB_TYPE,
    EVERY_GROUP,
    SERVICE,
    ScalingGroup,
    ScalingGroupName,
    names_of,
    scaling_group_name,
    scaling_groups_in,
    staying_sources,
    traffic_sources,
)
from .aws.candidates import GROUP
from .aws.elb_reader import OwnedResource, read_elb
from .aws.ownership import tag, tag_mapping, untag
from .aws.scaling_gates import GATES
from .permissions.auto_scaling_attachment import PERMISSIONS
from .references import TargetGroupRef

ScalingGroupRef = Annotated[Ref, ScalingGroupName()]

ATTACHED = "elbplan:auto-scaling"
"""The tag of a target group to which elbplan attached Auto Scaling groups. An attachment without it is a person's:
elbplan leaves it alone, unless the spec names it."""

ID_SUFFIX = "#auto-scaling"


class AutoScalingAttachment(Resource):
    """The Auto Scaling groups of a target group. They register and deregister its targets."""

    kind: ClassVar[str] = "auto_scaling_attachment"
    group: Annotated[TargetGroupRef, IMMUTABLE]
    auto_scaling_groups: Annotated[
        tuple[ScalingGroupRef, ...], Field(min_length=1, description="names, or `tag:KEY=VALUE`")
    ]
    open: Annotated[bool, WRITE_ONLY, Field(description="open their security groups to the load balancer")] = False

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("auto_scaling_groups"), list | tuple):
            refs = {ScalingGroupName().parse(item) for item in data["auto_scaling_groups"]}
            data = {**data, "auto_scaling_groups": tuple(sorted(refs, key=str))}
        return data


def read(scope: Scope) -> ReadProgram[Found[AutoScalingAttachment]]:
    """Reads the attachments that a spec names, and those that elbplan made.

    AWS has no list of the Auto Scaling groups of a target group, so elbplan reads all of the account and region.
    """
    ours: dict[str, list[LiveResource[AutoScalingAttachment]]] = {}
    state = yield from read_elb(scope)
    named = {(stack, resource.group) for stack, _, resource in scope.wanted(AutoScalingAttachment)}
    owned = [group for group in state.own(GROUP, scope.stacks) if _is_asked_for(group, named)]
    answers = (yield [EVERY_GROUP]) if owned else []
    arns = {raw["TargetGroupArn"] for _, _, raw, _ in owned}
    groups = [group for group in scaling_groups_in(answers).values() if group.sources & arns]
    described = (yield [traffic_sources(group.name) for group in groups]) if groups else []
    staying = [(group, staying_sources(answer)) for group, answer in zip(groups, described, strict=True)]
    adopting = set()
    for stack, address, raw, tags in owned:
        arn = raw["TargetGroupArn"]
        if attached := [group for group, sources in staying if arn in sources]:
            ours.setdefault(stack, []).append(live := _live(address, arn, attached))
            if ATTACHED not in tags and adopts(scope, stack, arn):
                adopting.add(live.id)
    lives = [live for found in ours.values() for live in found] if scope.ending else []
    return Found(ours, stays={live.id: [_stays(live)] for live in lives}, adopting=adopting)


def _stays(live: LiveResource[AutoScalingAttachment]) -> str:
    """What a destroy leaves: AWS bills the instances as before."""
    return f"{summary(live.model)}: it is detached, and its {live.facts['instances']} instances keep running"


def _is_asked_for(owned: OwnedResource, named: AbstractSet[tuple[str, Ref]]) -> bool:
    stack, address, _, tags = owned
    return ATTACHED in tags or (stack, address._replace(deposed="")) in named


def _live(address: Address, arn: str, attached: Sequence[ScalingGroup]) -> LiveResource[AutoScalingAttachment]:
    model = AutoScalingAttachment(group=AwsId(arn), auto_scaling_groups=tuple(group.ref for group in attached))
    facts = {"instances": str(sum(len(group.in_service) for group in attached))}
    return LiveResource(Address(AutoScalingAttachment.kind, address.name), f"{arn}{ID_SUFFIX}", model, facts)


def _source(arn: str) -> list[dict[str, str]]:
    return [{"Identifier": arn, "Type": ELB_TYPE}]


def _attach(names: Sequence[str], arn: str) -> WriteProgram:
    """Attaches groups. Attaching again is no error. Another change of the group can be under way."""
    for name in names:
        params = {"AutoScalingGroupName": name, "TrafficSources": _source(arn)}
        yield Call(SERVICE, "AttachTrafficSources", params, retry_on=("ResourceContention",))
    return {}


def _detach(names: Sequence[str], arn: str) -> WriteProgram:
    """Detaches groups. AWS refuses to detach what is not attached, so elbplan looks before."""
    for name in names:
        described = yield traffic_sources(name)
        if arn in staying_sources(described):
            params = {"AutoScalingGroupName": name, "TrafficSources": _source(arn)}
            gone = ("ValidationError",)
            yield Call(SERVICE, "DetachTrafficSources", params, done_if=gone, retry_on=("ResourceContention",))
    return {}


def _mark(arn: str) -> WriteProgram:
    """Tags the target group before anything is attached, unless an interrupted run has done it."""
    described = yield Call("elbv2", "DescribeTags", {"ResourceArns": [arn]})
    if not any(ATTACHED in tag_mapping(each.get("Tags")) for each in described["TagDescriptions"]):
        yield tag(arn, {ATTACHED: "true"})
    return {}


def create(new: AutoScalingAttachment, context: StepContext) -> WriteProgram:
    """Marks the target group, then attaches the Auto Scaling groups."""
    arn = context.id(new.group)
    yield from _mark(arn)
    yield from _attach(names_of(new.auto_scaling_groups), arn)
    return {"id": f"{arn}{ID_SUFFIX}"}


def adopt(attachment: AutoScalingAttachment, context: StepContext) -> WriteProgram:
    """Marks the target group to which others attached the Auto Scaling groups."""
    return (yield from _mark(context.id(attachment.group)))


def release(attachment: AutoScalingAttachment, context: StepContext) -> WriteProgram:
    """Removes the mark; the Auto Scaling groups stay attached."""
    yield untag(context.id(attachment.group), [ATTACHED])
    return {}


def update(before: AutoScalingAttachment, after: AutoScalingAttachment, context: StepContext) -> WriteProgram:
    """Attaches first and detaches later."""
    arn, old, new = context.id(after.group), set(before.auto_scaling_groups), set(after.auto_scaling_groups)
    if new - old:
        yield from _mark(arn)
    yield from _attach(names_of(new - old), arn)
    yield from _detach(names_of(old - new), arn)
    return {}


def delete(old: AutoScalingAttachment, context: StepContext) -> WriteProgram:
    """Detaches the groups, then removes the mark. The Auto Scaling groups and their instances stay."""
    arn = context.id(old.group)
    yield from _detach(names_of(old.auto_scaling_groups), arn)
    yield untag(arn, [ATTACHED])
    return {}


def update_path(
    before: AutoScalingAttachment, after: AutoScalingAttachment, *_: AbstractSet[Ref]
) -> Sequence[tuple[Phase, AutoScalingAttachment]]:
    """Attaches the groups of both, then detaches the old ones."""
    both = rebuilt(after, auto_scaling_groups=(*before.auto_scaling_groups, *after.auto_scaling_groups))
    return [("expand", both), ("contract", after)]


def summary(attachment: AutoScalingAttachment) -> str:
    """`Auto Scaling group web`"""
    names = [scaling_group_name(ref) for ref in attachment.auto_scaling_groups]
    return f"Auto Scaling group{'s' if len(names) > 1 else ''} {', '.join(names)}"


KIND = Kind(
    model=AutoScalingAttachment,
    read=read,
    create=create,
    update=update,
    delete=delete,
    adopt=adopt,
    release=release,
    update_path=update_path,
    summary=summary,
    taggable=False,
    gates=GATES,
    permissions=PERMISSIONS,
)
