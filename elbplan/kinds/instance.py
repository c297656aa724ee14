"""An EC2 instance. Most changes replace it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, GateStatus, ProbeProgram, ReadProgram, WriteProgram
from ..core.cause import because
from ..core.kind import Found, Gate, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, LEARNED, WRITE_ONLY, Resource, differing_fields, from_live, rebuilt
from .aws.launch import launch
from .aws.moments import launched_at, stopped_since
from .aws.ownership import owner, retag, specification, tag_mapping, user_tags
from .aws.queries import FILTER_LAG, STARTABLE, TERMINATED, existing_instances, instances_in, stack_filter
from .aws.release_mark import mark_for_release
from .permissions.instance import PERMISSIONS
from .references import SecurityGroupRef, SubnetRef

OnDestroy = Literal["keep", "stop", "terminate"]
"""What a destroy does with instances that elbplan did not create."""

IMAGE = "elbplan:image"
USER_DATA = "elbplan:user-data"


class Instance(Resource):
    """An EC2 instance. A tag has a digest of its user data, since the user data may hold secrets."""

    kind: ClassVar[str] = "instance"
    image: Annotated[
        str, IMMUTABLE, Field(description="ami-..., or ssm:/path of a public parameter whose value is the image's id")
    ]
    type: Annotated[str, IMMUTABLE, Field(description="for example t3.micro")] = "t3.micro"
    key: Annotated[str | None, IMMUTABLE, Field(description="name of a key pair")] = None
    profile: Annotated[str | None, IMMUTABLE, Field(description="name of an IAM instance profile")] = None
    subnet: Annotated[SubnetRef, IMMUTABLE]
    security_groups: tuple[SecurityGroupRef, ...] = ()
    user_data: Annotated[
        str | None, WRITE_ONLY, Field(max_length=16384, repr=False, description="a script that runs at the first start")
    ] = None
    user_data_digest: Annotated[str, IMMUTABLE, Field(description="elbplan computes it from the script")] = ""
    state: Annotated[Literal["running"], LEARNED, Field(description="elbplan starts a server that is stopped")] = (
        "running"
    )

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        if isinstance(data.get("security_groups"), list | tuple):
            data = {**data, "security_groups": tuple(sorted(set(data["security_groups"]), key=str))}
        if isinstance(data.get("user_data"), str):
            fingerprint = hashlib.sha256(data["user_data"].encode()).hexdigest()[:16]
            data = {**data, "user_data_digest": f"sha256:{fingerprint}"}
        return data


class ExternalInstance(Instance):
    """An instance that elbplan did not create, and that a destroy stops or terminates because the spec says so.

    unmarked   the allocation ids of its Elastic IPs that the destroy releases and that no earlier destroy has marked
    """

    name: str = ""
    state_now: str = ""
    on_destroy: OnDestroy = "terminate"
    unmarked: tuple[str, ...] = ()


def external_instance(
    raw: Mapping[str, Any], on_destroy: OnDestroy, unmarked: Sequence[str], elastic: Collection[str] = ()
) -> LiveResource[Instance]:
    """The instance as DescribeInstances describes it. Its address is its id.

    `elastic` has its public addresses that are Elastic IPs: it keeps those when it stops.
    """
    tags = tag_mapping(raw.get("Tags"))
    own = {"name": tags.get("Name", ""), "state_now": raw["State"]["Name"], "on_destroy": on_destroy}
    model = from_live(ExternalInstance, {**_fields(raw, {}), **own, "unmarked": tuple(unmarked)})
    address = Address(Instance.kind, raw["InstanceId"])
    public = raw.get("PublicIpAddress") or ""
    facts = {"state": raw["State"]["Name"], "address": "" if public in elastic else public}
    return LiveResource(address, raw["InstanceId"], model, facts)


def read(scope: Scope) -> ReadProgram[Found[Instance]]:
    """The instances with the stacks' tags. AWS still lists a terminated instance for about an hour."""
    (answer,) = yield [Call("ec2", "DescribeInstances", stack_filter(scope.stacks))]
    ours: dict[str, list[LiveResource[Instance]]] = {}
    for raw in existing_instances(answer):
        tags = tag_mapping(raw.get("Tags"))
        owned_by = owner(tags, Instance.kind, scope.stacks)
        if owned_by:
            ours.setdefault(owned_by[0], []).append(_live(owned_by[1], raw, tags))
    return Found(ours)


def _live(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> LiveResource[Instance]:
    model = from_live(Instance, _fields(raw, tags))
    facts = {
        "state": raw["State"]["Name"],
        "address": raw.get("PublicIpAddress") or "",
        "since": stopped_since(raw),
        "created": launched_at(raw),
    }
    return LiveResource(address, raw["InstanceId"], model, facts)


def _fields(raw: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    profile = (raw.get("IamInstanceProfile") or {}).get("Arn")
    return {
        "tags": user_tags(tags),
        "image": tags.get(IMAGE) or raw.get("ImageId") or "",
        "type": raw.get("InstanceType") or "",
        "key": raw.get("KeyName") or None,
        "profile": profile.rsplit("/", 1)[-1] if profile else None,
        "subnet": AwsId(raw.get("SubnetId") or ""),
        "security_groups": tuple(AwsId(group["GroupId"]) for group in raw.get("SecurityGroups") or ()),
        "user_data_digest": tags.get(USER_DATA, ""),
        "state": "stopped" if raw["State"]["Name"] in STARTABLE else "running",
    }


def create(new: Instance, context: StepContext) -> WriteProgram:
    """Launches the server, without a second one if the request or the run is repeated."""
    image = new.image
    if image.startswith("ssm:"):
        answer = yield Call("ssm", "GetParameter", {"Name": image.removeprefix("ssm:")})
        image = answer["Parameter"]["Value"]
    own_tags = {"Name": f"{context.stack}-{context.address.name}", IMAGE: new.image}
    if new.user_data_digest:
        own_tags[USER_DATA] = new.user_data_digest
    tags = {**own_tags, **context.tags(new)}
    params: dict[str, Any] = {
        "ImageId": image,
        "InstanceType": new.type,
        "SubnetId": context.id(new.subnet),
        "MinCount": 1,
        "MaxCount": 1,
        "TagSpecifications": specification("instance", tags),
    }
    if new.security_groups:
        params["SecurityGroupIds"] = [context.id(group) for group in new.security_groups]
    if new.key:
        params["KeyName"] = new.key
    if new.profile:
        params["IamInstanceProfile"] = {"Name": new.profile}
    if new.user_data:
        params["UserData"] = new.user_data
    return {"id": (yield from launch(params, context))}


def update(before: Instance, after: Instance, context: StepContext) -> WriteProgram:
    """Security groups and tags change in place, and a stopped instance is started. The rest replaces the instance."""
    assert context.live is not None
    if before.security_groups != after.security_groups:
        groups = [context.id(group) for group in after.security_groups]
        yield Call("ec2", "ModifyInstanceAttribute", {"InstanceId": context.live.id, "Groups": groups})
    yield from retag("ec2", context.live.id, before.tags, after.tags)
    if before.state != after.state:
        # AWS does not start an instance that is still stopping.
        start = {"InstanceIds": [context.live.id]}
        yield Call("ec2", "StartInstances", start, retry_on=("IncorrectInstanceState",), timeout=300)
    return {}


def delete(old: Instance, context: StepContext) -> WriteProgram:
    """Terminates the instance. Before that, it marks the Elastic IPs that AWS then disassociates."""
    assert context.live is not None
    if isinstance(old, ExternalInstance) and old.unmarked:
        yield mark_for_release(old.unmarked, context.stack)
    gone = ("InvalidInstanceID.NotFound",)
    yield Call("ec2", "TerminateInstances", {"InstanceIds": [context.live.id]}, done_if=gone)
    return {}


def stop(context: StepContext) -> WriteProgram:
    """Stops the instance. AWS does not stop an instance that is still starting."""
    assert context.live is not None
    gone, starting = ("InvalidInstanceID.NotFound",), ("IncorrectInstanceState",)
    yield Call("ec2", "StopInstances", {"InstanceIds": [context.live.id]}, done_if=gone, retry_on=starting, timeout=120)
    return {}


def _probe(context: StepContext, failed: Sequence[str], wanted: str, missing: GateStatus) -> ProbeProgram:
    filters = {"Filters": [{"Name": "instance-id", "Values": [context.id(context.address)]}]}
    answer = yield Call("ec2", "DescribeInstances", filters)
    states = list(instances_in(answer))
    if not states:
        return missing
    state = states[0]["State"]["Name"]
    if state == wanted:
        return GateStatus("ready", state)
    reason = states[0].get("StateTransitionReason") or states[0].get("StateReason", {}).get("Message", "")
    return GateStatus("failed" if state in failed else "waiting", state, because(reason))


def running(_: Instance, context: StepContext) -> ProbeProgram:
    """Ready when the instance runs: only then AWS registers it as a target."""
    return (yield from _probe(context, (*TERMINATED, "stopped"), "running", GateStatus("waiting", "not visible yet")))


def is_started(before: Instance | None, after: Instance) -> bool:
    """True for a new instance, and if the update starts a stopped one."""
    return before is None or "state" in differing_fields(before, after)


def pending_gate(live: LiveResource[Instance]) -> str:
    """A new instance must run before others can use it. A stopped one does not run until an update starts it."""
    return "" if live.facts.get("state") in ("running", *STARTABLE) else "running"


def gone(_: Instance, context: StepContext) -> ProbeProgram:
    """Ready when the instance is terminated: only then AWS deletes its security groups."""
    return (yield from _probe(context, (), "terminated", GateStatus("ready", "terminated")))


def summary(instance: Instance) -> str:
    """`t3.micro, al2023-ami-kernel-default-x86_64`"""
    if isinstance(instance, ExternalInstance):
        facts = (instance.name, instance.type, instance.state_now, "not created by elbplan")
        return ", ".join(fact for fact in facts if fact)
    return f"{instance.type}, {instance.image.rsplit('/', 1)[-1]}"


def update_path(before: Instance, after: Instance, *_: AbstractSet[Ref]) -> Sequence[tuple[Phase, Instance]]:
    """Adds the new security groups, and later removes the old ones."""
    groups = (*after.security_groups, *before.security_groups)
    return [("expand", rebuilt(after, security_groups=groups)), ("contract", after)]


KIND = Kind(
    model=Instance,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    summary=summary,
    filter_lag=FILTER_LAG,
    pending_gate=pending_gate,
    gates=(
        Gate(
            "running", "the server runs", 600, running, after=("create", "update"), needed=is_started, usual="< 1 min"
        ),
        Gate("terminated", "the server is gone", 900, gone, after=("delete",), usual="< 2 min"),
    ),
    permissions=PERMISSIONS,
)
