"""An EC2 instance. What AWS cannot change in place replaces it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, Ref
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, LEARNED, WRITE_ONLY, from_live, rebuilt
from .aws.instance_fields import IMAGE, USER_DATA, instance_fields
from .aws.instance_gates import GATES
from .aws.launch import launch
from .aws.launch_request import settings_params, with_network
from .aws.moments import launched_at, stopped_since
from .aws.ownership import owner, retag, specification, tag_mapping, unpack
from .aws.queries import FILTER_LAG, STARTABLE, existing_instances, stack_filter
from .aws.release_mark import mark_for_release
from .aws.server_changes import setting_changes
from .aws.server_details import SETTINGS, Details, detail_asks, detail_facts, details_of, launch_tags
from .aws.server_settings import PROTECTIONS, ServerSettings, unprotected, with_live_settings
from .permissions.instance import PERMISSIONS
from .references import SecurityGroupRef, SubnetRef

OnDestroy = Literal["keep", "stop", "terminate"]
"""What a destroy does with instances that elbplan did not create."""


class Instance(ServerSettings):
    """An EC2 instance. A tag has a digest of its user data, since the user data may hold secrets."""

    kind: ClassVar[str] = "instance"
    image: Annotated[
        str,
        IMMUTABLE,
        Field(description="ami-..., or ssm:/path of a parameter with the image's id; '' as the launch template says"),
    ]
    type: Annotated[
        str, IMMUTABLE, Field(description="for example t3.micro; by default t3.micro, or as the launch template says")
    ] = "t3.micro"
    key: Annotated[str | None, IMMUTABLE, Field(max_length=255, description="name of a key pair")] = None
    profile: Annotated[str | None, IMMUTABLE, Field(max_length=128, description="name of an IAM instance profile")] = (
        None
    )
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
        if data.get("launch_template"):
            data = {"image": "", "type": "", **data}
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


Own = tuple[str, Address, Mapping[str, Any]]
"""An instance of DescribeInstances, with its stack and its address."""


def read(scope: Scope) -> ReadProgram[Found[Instance]]:
    """The instances with the stacks' tags. AWS still lists a terminated instance for about an hour."""
    (answer,) = yield [Call("ec2", "DescribeInstances", stack_filter(scope.stacks))]
    found = [
        (*owned_by, raw)
        for raw in existing_instances(answer)
        if (owned_by := owner(tag_mapping(raw.get("Tags")), Instance.kind, scope.stacks))
    ]
    asks = detail_asks(_needed_details(found, scope))
    answers = (yield asks) if asks else []
    details = details_of(asks, answers)
    ours: dict[str, list[LiveResource[Instance]]] = {}
    for stack, address, raw in found:
        ours.setdefault(stack, []).append(_live(address, raw, details))
    return Found(ours)


def _needed_details(found: Sequence[Own], scope: Scope) -> dict[str, Collection[str]]:
    """The settings to read of each instance: those that a spec gives or gave; before a destroy also its protection."""
    ending = PROTECTIONS if scope.ending else ()
    needed: dict[str, Collection[str]] = {}
    for stack, address, raw in found:
        want = scope.desired.get(stack, {}).get(address)
        given = want.settings if isinstance(want, Instance) else ()
        needed[raw["InstanceId"]] = {*given, *unpack(SETTINGS, tag_mapping(raw.get("Tags"))), *ending}
    return needed


def _live(address: Address, raw: Mapping[str, Any], details: Details) -> LiveResource[Instance]:
    model = from_live(Instance, instance_fields(raw, tag_mapping(raw.get("Tags")), details))
    facts = {
        "state": raw["State"]["Name"],
        "address": raw.get("PublicIpAddress") or "",
        "since": stopped_since(raw),
        "created": launched_at(raw),
        **detail_facts(raw),
    }
    return LiveResource(address, raw["InstanceId"], model, facts)


def create(new: Instance, context: StepContext) -> WriteProgram:
    """Launches the server, without a second one if the request or the run is repeated."""
    image = new.image
    if image.startswith("ssm:"):
        answer = yield Call("ssm", "GetParameter", {"Name": image.removeprefix("ssm:")})
        image = answer["Parameter"]["Value"]
    root_device = (yield from _root_device(image)) if new.volumes else ""
    params: dict[str, Any] = {
        **({"ImageId": image} if image else {}),
        **({"InstanceType": new.type} if new.type else {}),
        "MinCount": 1,
        "MaxCount": 1,
        "TagSpecifications": _tag_specifications(new, context),
        **settings_params(new, root_device),
    }
    groups = [context.id(group) for group in new.security_groups]
    params = with_network(params, new, context.id(new.subnet), groups)
    if new.key:
        params["KeyName"] = new.key
    if new.profile:
        params["IamInstanceProfile"] = {"Name": new.profile}
    if new.user_data:
        params["UserData"] = new.user_data
    return {"id": (yield from launch(params, context))}


def _root_device(image: str) -> Generator[Call, Answer, str]:
    answer = yield Call("ec2", "DescribeImages", {"ImageIds": [image]})
    return next((str(found.get("RootDeviceName") or "") for found in answer.get("Images", ())), "")


def _tag_specifications(new: Instance, context: StepContext) -> list[dict[str, Any]]:
    """The tags of the instance, and of the volumes if the spec gives them."""
    ours = {"Name": f"{context.stack}-{context.address.name}", **context.tags(new)}
    own = launch_tags(new) | ({IMAGE: new.image} if new.image else {})
    if new.user_data_digest:
        own[USER_DATA] = new.user_data_digest
    volumes = specification("volume", ours) if new.volumes else []
    return [*specification("instance", {**own, **ours}), *volumes]


def update(before: Instance, after: Instance, context: StepContext) -> WriteProgram:
    """Settings, security groups and tags change in place, and a stopped instance is started."""
    assert context.live is not None
    id, facts = context.live.id, context.live.facts
    if before.security_groups != after.security_groups:
        groups = [context.id(group) for group in after.security_groups]
        yield Call("ec2", "ModifyInstanceAttribute", {"InstanceId": id, "Groups": groups})
    yield from setting_changes(before, after, id, facts)
    yield from retag("ec2", id, before.tags, after.tags)
    if before.state != after.state:
        # AWS does not start an instance that is still stopping.
        start = {"InstanceIds": [id]}
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


def pending_gate(live: LiveResource[Instance]) -> str:
    """A new instance must run before others can use it. A stopped one does not run until an update starts it."""
    return "" if live.facts.get("state") in ("running", *STARTABLE) else "running"


def summary(instance: Instance) -> str:
    """`t3.micro, al2023-ami-kernel-default-x86_64`"""
    if isinstance(instance, ExternalInstance):
        facts = (instance.name, instance.type, instance.state_now, "not created by elbplan")
        return ", ".join(fact for fact in facts if fact)
    template = f"launch template {instance.launch_template.name}" if instance.launch_template else ""
    parts = (instance.type, instance.image.rsplit("/", 1)[-1], template, instance.market)
    return ", ".join(part for part in parts if part)


def create_path(new: Instance, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Instance]]:
    """Protection comes last: after an interrupted run it would prevent a rollback."""
    return [("expand", unprotected(new)), ("protect", new)]


def update_path(before: Instance, after: Instance, *_: AbstractSet[Ref]) -> Sequence[tuple[Phase, Instance]]:
    """Adds the new security groups, and later removes the old ones. Protection comes last."""
    first = unprotected(after) if unprotected(before) == before else after
    groups = (*after.security_groups, *before.security_groups)
    steps: list[tuple[Phase, Instance]] = [("expand", rebuilt(first, security_groups=groups)), ("contract", first)]
    return steps if first is after else [*steps, ("protect", after)]


def with_live_defaults(want: Instance, live: Instance) -> Instance:
    """The wanted server with AWS's values where the spec has none."""
    template = ("image", "type") if want.launch_template else ()
    open_fields = {name: getattr(live, name) for name in template if not getattr(want, name)}
    return want.model_copy(update=with_live_settings(want, live) | open_fields)


KIND = Kind(
    model=Instance,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    filter_lag=FILTER_LAG,
    pending_gate=pending_gate,
    gates=GATES,
    permissions=PERMISSIONS,
)
