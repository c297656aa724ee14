"""The registered targets of a target group, as one resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import Call, ProbeProgram, ReadProgram, WriteProgram
from ..core.kind import Found, Gate, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, WRITE_ONLY, Resource, rebuilt
from .aws.elb_reader import owned_groups
from .aws.external_targets import health_of
from .aws.functions import allow_invoke, functions_in, remove_invoke
from .aws.target_gates import instances_registrable, no_target_draining, targets_healthy
from .aws.target_health import WELL, HealthContext
from .aws.target_ids import targets_id
from .instance import OnDestroy
from .permissions.targets import PERMISSIONS
from .references import TargetGroupRef
from .target import Target, live_target, member_key, target_name
from .target_group import TargetGroup


class Targets(Resource):
    """The targets of a target group. Somebody else fills a group without this resource."""

    kind: ClassVar[str] = "targets"
    group: Annotated[TargetGroupRef, IMMUTABLE]
    members: tuple[Target, ...] = ()
    open: Annotated[bool, WRITE_ONLY, Field(description="open their security groups to the load balancer")] = False
    group_port: Annotated[int | None, WRITE_ONLY, Field(description="the group's port; elbplan fills it in")] = None
    live_zones: Annotated[
        Mapping[str, str], WRITE_ONLY, Field(description="the zones of its targets in AWS; elbplan fills it in")
    ] = {}
    on_destroy: Annotated[
        OnDestroy, WRITE_ONLY, Field(description="what destroy does with the instances that are named by id or tag")
    ] = "keep"

    @property
    def is_empty(self) -> bool:
        """True without members: AWS answers the same for a group whose targets nobody has declared."""
        return not self.members

    @property
    def named_instances(self) -> list[AwsId | Lookup]:
        """The instances that the spec names by id or tag, so elbplan did not create them."""
        return [m.instance for m in self.members if isinstance(m.instance, AwsId | Lookup)]

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("members"), list | tuple):
            members = map(Target.model_validate, data["members"])
            by_key = {member_key(member): member for member in members}
            data = {**data, "members": tuple(by_key[key] for key in sorted(by_key))}
        return data


LEAVING = ("draining",)


def read(scope: Scope) -> ReadProgram[Found[Targets]]:
    """Reads the registered targets of the stacks' groups. Draining targets do not count."""
    ours: dict[str, list[LiveResource[Targets]]] = {}
    owned = yield from owned_groups(scope)
    arns = [raw["TargetGroupArn"] for _, _, raw, _ in owned]
    asks = [health_of(arn) for arn in arns]
    answers = (yield asks) if asks else []
    for (stack, address, raw, _), answer in zip(owned, answers, strict=True):
        described = [d for d in answer.get("TargetHealthDescriptions", []) if _is_registered(d)]
        if described:
            live = _live(Address(Targets.kind, address.name), raw, described)
            ours.setdefault(stack, []).append(live)
    return Found(ours)


def _is_registered(described: Mapping[str, Any]) -> bool:
    health = described["TargetHealth"]
    return health["State"] not in LEAVING and health.get("Reason") not in (
        "Target.NotRegistered",
        "Target.DeregistrationInProgress",
    )


def _live(address: Address, raw: Mapping[str, Any], described: Sequence[Mapping[str, Any]]) -> LiveResource[Targets]:
    members = [(live_target(raw, d["Target"]), d["Target"].get("AvailabilityZone")) for d in described]
    states = [d["TargetHealth"]["State"] for d in described]
    healthy = [d["Target"]["Id"] for d, state in zip(described, states, strict=True) if state in WELL]
    arn = raw["TargetGroupArn"]
    model = Targets(
        group=AwsId(arn),
        members=tuple(member for member, _ in members),
        group_port=raw.get("Port"),
        live_zones={member_key(member): zone for member, zone in members if zone},
    )
    state = "healthy" if len(healthy) == len(states) else "unhealthy"
    facts = {"state": state, "healthy": " ".join(healthy), "attached": str(bool(raw.get("LoadBalancerArns")))}
    return LiveResource(address, targets_id(arn), model, facts)


def with_live_defaults(desired: Targets, live: Targets) -> Targets:
    """Leaves out the group's port. A zone counts only if the spec has another zone than AWS."""
    live_members = {member_key(member): member for member in live.members}
    members = []
    for wanted in desired.members:
        member = wanted.model_copy(update={"port": None}) if wanted.port == live.group_port else wanted
        key = member_key(member)
        if key in live_members and member.zone in (None, live.live_zones.get(key)):
            member = member.model_copy(update={"zone": live_members[key].zone})
        members.append(member)
    facts = {"group_port": live.group_port, "live_zones": live.live_zones, "on_destroy": live.on_destroy}
    return rebuilt(desired, members=tuple(members), **facts)


def _to_aws(members: Iterable[Target], context: StepContext, port: str = "") -> list[dict[str, Any]]:
    """Targets as AWS writes them. `port` is the port of targets that have the group's port; "" leaves it out."""
    targets = []
    for member in members:
        target: dict[str, Any] = {"Id": context.id(member.instance) if member.instance else member.address}
        if member.port or port:
            target["Port"] = member.port or int(port)
        if member.zone:
            target["AvailabilityZone"] = member.zone
        if member.quic_server_id:
            target["QuicServerId"] = member.quic_server_id
        targets.append(target)
    return targets


def create(new: Targets, context: StepContext) -> WriteProgram:
    """Registers all targets in one call. ELB does not know a new instance at once."""
    arn = context.id(new.group)
    yield from _register(new.group, new.members, context)
    return {"id": targets_id(arn)}


def _register(group: Ref, members: Sequence[Target], context: StepContext) -> WriteProgram:
    if not members:
        return {}
    arn = context.id(group)
    params = {"TargetGroupArn": arn, "Targets": _to_aws(members, context)}
    if functions := _functions(members):
        yield from allow_invoke(functions, arn)
        yield Call("elbv2", "RegisterTargets", params, retry_on=("AccessDenied", "TargetGroupNotFound"), timeout=60)
    else:
        instances = [context.id(member.instance) for member in members if member.instance]
        probe = partial(instances_registrable, instances, _words(group, context)) if instances else None
        codes = ("InvalidTarget", "TargetGroupNotFound")
        yield Call("elbv2", "RegisterTargets", params, retry_on=codes, timeout=300, probe=probe)
    return {}


def _functions(members: Iterable[Target]) -> list[str]:
    return functions_in(member.address for member in members)


def update(before: Targets, after: Targets, context: StepContext) -> WriteProgram:
    """Registers first and deregisters later. A target with another zone is registered again, and stays.

    AWS allows only one function in a group, and does not change a QUIC server id, so elbplan deregisters the old
    function and a target with another server id first. Between the two functions stands no other call.
    """
    old, new = ({member_key(m): m for m in side.members} for side in (before, after))
    added = [key for key in sorted(new) if key not in old or new[key].zone not in (None, old[key].zone)]
    removed = [old[key] for key in sorted(set(old) - set(new))]
    if renamed := [
        old[key] for key in sorted(set(old) & set(new)) if old[key].quic_server_id != new[key].quic_server_id
    ]:
        yield from _deregister(after.group, renamed, context)
        added = sorted({*added, *map(member_key, renamed)})
    arn = context.id(after.group)
    if functions := _functions(removed):
        yield from allow_invoke(_functions(new[key] for key in added), arn)
        yield from _deregister(after.group, removed, context)
    yield from _register(after.group, [new[key] for key in added], context)
    if removed and not functions:
        yield from _deregister(after.group, removed, context)
    yield from remove_invoke(functions, arn)
    return {}


def _deregister(group: Ref, members: Sequence[Target], context: StepContext) -> WriteProgram:
    """Deregisters targets by id and port, since one instance can be registered with several ports."""
    arn = context.id(group)
    params = {"TargetGroupArn": arn, "Targets": _to_aws(members, context, context.fact(group, "port"))}
    yield Call("elbv2", "DeregisterTargets", params, done_if=("TargetGroupNotFound", "InvalidTarget"))
    return {}


def delete(old: Targets, context: StepContext) -> WriteProgram:
    """Deregisters all targets."""
    yield from _deregister(old.group, old.members, context)
    yield from remove_invoke(_functions(old.members), context.id(old.group))
    return {}


def update_path(before: Targets, after: Targets, *_: AbstractSet[Ref]) -> Sequence[tuple[Phase, Targets]]:
    """Registers the targets of both, then deregisters the old ones. A group can have only one function."""
    if _functions((*before.members, *after.members)):
        return [("switch", after)]
    both = rebuilt(after, members=(*before.members, *after.members))
    return [("expand", both), ("contract", after)]


def healthy(wanted: Targets, context: StepContext) -> ProbeProgram:
    """Ready when every desired target passes its health check."""
    targets = _to_aws(wanted.members, context, context.fact(wanted.group, "port"))
    return (yield from targets_healthy(context.id(wanted.group), targets, _words(wanted.group, context)))


def _words(group: Ref, context: StepContext) -> HealthContext:
    model = context.resource(group)
    return HealthContext(context.region, context.server, model if isinstance(model, TargetGroup) else None)


def drained(old: Targets, context: StepContext) -> ProbeProgram:
    """Ready when no target of the group is draining."""
    group = context.resource(old.group)
    delay = group.attributes.get(DELAY, "") if isinstance(group, TargetGroup) else ""
    return (yield from no_target_draining(context.id(old.group), delay))


DELAY = "deregistration_delay.timeout_seconds"


def summary(targets: Targets) -> str:
    """`i-0aaa:80, instance.web-1:80`"""
    texts = (f"{target_name(m)}{f':{m.port}' if m.port else ''}" for m in targets.members)
    return ", ".join(texts) or "none"


KIND = Kind(
    model=Targets,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    taggable=False,
    pending_gate=lambda live: "" if live.facts.get("state") == "healthy" else "healthy",
    gates=(
        # One successful check is enough at first, and the usual interval is 30 s:
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
        Gate("healthy", "the targets are healthy", 900, healthy, after=(), usual="< 1 min"),
        Gate("drained", "requests in flight are finished", 3900, drained, after=(), usual="5 min"),
    ),
    permissions=PERMISSIONS,
)
