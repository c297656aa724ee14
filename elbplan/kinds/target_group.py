"""A target group: a set of targets that receive requests, and its health check."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, AwsId
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.hidden import FREE
from ..core.kind import Found, Kind, LiveResource, Scope, StepContext, fill_unset
from ..core.resource import IMMUTABLE, LEARNED, LOOSE, Resource, from_live
from .aws.candidates import GROUP
from .aws.default_names import group_name_of
from .aws.elb_reader import read_elb
from .aws.external_targets import GATES, HEALTH, health_of, target_counts
from .aws.health_check import INTERVAL, HealthCheck, health_check_from_aws, health_check_params, settled_health
from .aws.ownership import owners_by_id, retag, tag_list, user_tags
from .aws.queries import attribute_values, group_attributes
from .aws.target_group_attributes import (
    HTTP,
    change_attributes,
    defaults,
    new_defaults,
    settled_attributes,
    sure_defaults,
)
from .aws.unfinished_groups import GENEVE, unfinished_groups
from .permissions.target_group import PERMISSIONS
from .references import LoadBalancerRef, VpcRef

HTTPS_ONLY = ("HTTP2", "GRPC")
"""The protocol versions of groups that AWS refuses behind an HTTP listener."""


class TargetGroup(Resource):
    """A target group. `balancer` is its load balancer: AWS allows only one for a group."""

    kind: ClassVar[str] = "target_group"
    name: Annotated[
        str | None,
        IMMUTABLE,
        Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", description="the name in AWS"),
    ] = None
    target_type: Annotated[Literal["instance", "ip", "lambda", "alb"], IMMUTABLE] = "instance"
    protocol: Annotated[
        Literal["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"] | None, IMMUTABLE
    ] = "HTTP"
    port: Annotated[int | None, IMMUTABLE, Field(ge=1, le=65535, description="the port of its targets")] = None
    protocol_version: Annotated[Literal["HTTP1", "HTTP2", "GRPC"] | None, IMMUTABLE] = None
    ip_address_type: Annotated[Literal["ipv4", "ipv6"] | None, IMMUTABLE] = "ipv4"
    vpc: Annotated[VpcRef | None, IMMUTABLE] = None
    control_port: Annotated[
        int | None,
        IMMUTABLE,
        LEARNED,
        Field(ge=1, le=65535, description="the port of the agent of the target optimizer"),
    ] = None
    balancer: Annotated[LoadBalancerRef | None, IMMUTABLE, LOOSE] = None
    health: HealthCheck = HealthCheck()
    attributes: Annotated[Mapping[str, str], FREE, Field(description="target group attributes by AWS's own keys")] = {}

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """A group of a function has no protocol. AWS checks appliances on port 80; `traffic-port` means 6081 there."""
        if not isinstance(data, Mapping):
            return data
        health = data.get("health", {})
        if data.get("protocol") == GENEVE and isinstance(health, Mapping):
            health = {"port": "80", **health}
            return {**data, "health": {**health, "port": 6081} if health["port"] == "traffic-port" else {**health}}
        if data.get("protocol") == GENEVE and isinstance(health, HealthCheck) and health.port == "traffic-port":
            return {**data, "health": health.model_copy(update={"port": "6081"})}
        return {"protocol": None, **data} if data.get("target_type") == "lambda" else data

    @model_validator(mode="after")
    def _whole(self) -> TargetGroup:
        if self.target_type == "lambda" and (self.port or self.vpc):
            raise ValueError("a lambda target group has neither port nor vpc")
        if self.target_type == "lambda" and (self.protocol or self.protocol_version):
            raise ValueError("a lambda target group has neither protocol nor protocol_version")
        if self.target_type != "lambda" and self.port is None:
            raise ValueError("needs a port")
        if self.health.interval and self.health.timeout and self.health.timeout >= self.health.interval:
            raise ValueError("health: timeout must be below interval")
        return self


def read(scope: Scope) -> ReadProgram[Found[TargetGroup]]:
    """The stacks' groups. The names of others that the specs give are in use."""
    ours: dict[str, list[LiveResource[TargetGroup]]] = {}
    state = yield from read_elb(scope)
    owned = state.own(GROUP, scope.stacks)
    unfinished = yield from unfinished_groups(state, _names_without_tags(scope))
    if scope.ending:
        owned += unfinished
    asks = [group_attributes(raw["TargetGroupArn"]) for _, _, raw, _ in owned]
    asks += [health_of(raw["TargetGroupArn"]) for _, _, raw, _ in owned]
    answers = (yield asks) if asks else []
    both = zip(owned, answers[: len(owned)], answers[len(owned) :], strict=True)
    for (stack, address, raw, tags), answer, health in both:
        live = _live(address, raw, tags, answer.get("Attributes", []))
        described = health.get("TargetHealthDescriptions", [])
        facts = {**live.facts, **target_counts(described), HEALTH: json.dumps(described)}
        ours.setdefault(stack, []).append(replace(live, facts=facts))
    names_in_use = {raw["TargetGroupName"]: arn for arn, raw in state.groups.items()}
    for _, _, raw, _ in unfinished:
        del names_in_use[raw["TargetGroupName"]]
    return Found(ours, names_in_use, owners_by_id({arn: state.tags.get(arn, {}) for arn in state.groups}))


def _names_without_tags(scope: Scope) -> dict[str, tuple[str, Address]]:
    """By name in AWS, the desired groups that have no tags at first."""
    return {
        group.name or group_name_of(stack, address): (stack, address)
        for stack, address, group in scope.wanted(TargetGroup)
        if group.protocol == GENEVE
    }


def _live(
    address: Address, raw: Mapping[str, Any], tags: Mapping[str, str], attributes: Sequence[Mapping[str, str]]
) -> LiveResource[TargetGroup]:
    balancers = raw.get("LoadBalancerArns") or []
    lambda_ = raw.get("TargetType") == "lambda"
    fields = {
        "tags": user_tags(tags),
        "name": raw["TargetGroupName"],
        "target_type": raw.get("TargetType") or "instance",
        "protocol": None if lambda_ else raw.get("Protocol"),
        "port": None if lambda_ else raw.get("Port"),
        "protocol_version": None if lambda_ else raw.get("ProtocolVersion") or _version(raw.get("Protocol")),
        "ip_address_type": raw.get("IpAddressType") or "ipv4",
        "control_port": raw.get("TargetControlPort"),
        "vpc": AwsId(raw["VpcId"]) if raw.get("VpcId") and not lambda_ else None,
        "balancer": AwsId(balancers[0]) if balancers else None,
        "health": health_check_from_aws(raw),
    }
    without_attributes = from_live(TargetGroup, fields)
    known = attribute_values(attributes)
    live = without_attributes.model_copy(update={"attributes": dict(defaults(without_attributes)) | known})
    facts = {"name": raw["TargetGroupName"], "port": str(raw.get("Port") or "")}
    return LiveResource(address, raw["TargetGroupArn"], live, facts)


def _version(protocol: str | None) -> str | None:
    """AWS's default protocol version."""
    return "HTTP1" if protocol in HTTP else None


def with_live_defaults(desired: TargetGroup, live: TargetGroup) -> TargetGroup:
    """A field that the spec leaves out has AWS's default. elbplan leaves unknown attributes alone."""
    health = settled_health(desired, live.health)
    attributes = settled_attributes(desired, desired.attributes, live.attributes)
    # An unattached group can be attached to our load balancer; without `balancer` in the spec, AWS's value stays.
    balancer = (desired.balancer or live.balancer) if live.balancer else None
    settled = {"health": health, "attributes": attributes, "balancer": balancer}
    return fill_unset(desired, live, keep=("control_port",)).model_copy(update=settled)


def create(new: TargetGroup, context: StepContext) -> WriteProgram:
    """One call with tags and health check, then the attributes that differ from AWS's defaults."""
    params: dict[str, Any] = {
        "Name": context.name,
        "TargetType": new.target_type,
        "Protocol": new.protocol if new.target_type != "lambda" else None,
        "ProtocolVersion": new.protocol_version,
        "Port": new.port,
        "VpcId": context.id(new.vpc) if new.vpc else None,
        "TargetControlPort": new.control_port,
        "IpAddressType": new.ip_address_type if new.ip_address_type == "ipv6" else None,
        **health_check_params(new),
        "Tags": tag_list(context.tags(new)) if new.protocol != GENEVE else None,
    }
    given = {key: value for key, value in params.items() if value is not None}
    answer = yield Call("elbv2", "CreateTargetGroup", given)
    arn = answer["TargetGroups"][0]["TargetGroupArn"]
    if new.protocol == GENEVE:
        yield Call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": tag_list(context.tags(new))})
    yield from change_attributes(arn, sure_defaults(new), new.attributes)
    return {"id": arn, "name": context.name, "port": str(new.port or "")}


def update(before: TargetGroup, after: TargetGroup, context: StepContext) -> WriteProgram:
    """Changes the health check, the attributes and the tags. Every other change replaces the group."""
    assert context.live is not None
    arn = context.live.id
    if before.health != after.health:
        off = {"HealthCheckEnabled": False} if before.health.enabled and not after.health.enabled else {}
        yield Call("elbv2", "ModifyTargetGroup", {"TargetGroupArn": arn, **health_check_params(after), **off})
    yield from change_attributes(arn, before.attributes, after.attributes)
    yield from retag("elbv2", arn, before.tags, after.tags)
    return {}


def delete(_: TargetGroup, context: StepContext) -> WriteProgram:
    """Deletes the group. A rule that no longer forwards to it still holds it for some seconds."""
    assert context.live is not None
    yield Call(
        "elbv2",
        "DeleteTargetGroup",
        {"TargetGroupArn": context.live.id},
        done_if=("TargetGroupNotFound",),
        retry_on=("ResourceInUse",),
        timeout=300,
    )
    return {}


def summary(group: TargetGroup) -> str:
    """`HTTP:80, check /health every 30 s`"""
    if group.target_type == "lambda":
        return "Lambda function"
    check = group.health
    version = {"GRPC": " (gRPC)", "HTTP2": " (HTTP/2)"}.get(group.protocol_version or "", "")
    text = f"check {check.path}" if check.path else f"check by {check.protocol or 'TCP'}"
    return f"{group.protocol}:{group.port}{version}, {text} every {check.interval or INTERVAL} s"


KIND = Kind(
    model=TargetGroup,
    read=read,
    create=create,
    update=update,
    delete=delete,
    with_live_defaults=with_live_defaults,
    learned=new_defaults,
    summary=summary,
    default_name=lambda stack, address, _: group_name_of(stack, address),
    gates=GATES,
    permissions=PERMISSIONS,
)
