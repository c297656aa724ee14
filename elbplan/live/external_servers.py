"""Reads the instances that the specs name by id or tag, and the rules of their security groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.address import Ref
from ..core.call import Call, ReadProgram
from ..core.kind import Scope
from ..core.resource import Resource
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.aws.auto_scaling import ScalingGroup, scaling_groups_in
from ..kinds.aws.elb_reader import owned_balancers
from ..kinds.aws.ingress_rules import ingress_rules_of
from ..kinds.aws.moments import stopped_since
from ..kinds.aws.ownership import STACK, tag_mapping
from ..kinds.aws.queries import existing_instances
from ..kinds.external_servers import NO_SERVERS, ExternalServer, ExternalServers, ServerGroup, Subnet
from ..kinds.load_balancer import LoadBalancer
from ..kinds.targets import Targets
from .filters import batches, filter_by
from .lookups import LookupFacts, all_references, instance_calls
from .scaling_groups import scaling_calls


def read_external_servers(
    region: str, resources: Sequence[Resource], file_references: Collection[Ref] = (), scope: Scope | None = None
) -> ReadProgram[ExternalServers]:
    """Reads in two rounds. The first sends the calls that `look_up` sends too, so it costs no call.

    The instances of Auto Scaling groups need one more round.
    """
    calls, scaling_asks = instance_calls(resources, file_references), scaling_calls(all_references(resources))
    answers = (yield [*calls, *scaling_asks]) if calls or scaling_asks else []
    scaling = scaling_groups_in(answers[len(calls) :])
    more = [Call("ec2", "DescribeInstances", filter_by("instance-id", ids)) for ids in batches(_instances_of(scaling))]
    answers = [*answers[: len(calls)], *((yield more) if more else [])]
    raws = [raw for answer in answers for raw in existing_instances(answer)]
    servers = {raw["InstanceId"]: _server(region, raw) for raw in raws}
    ids = sorted({group for server in servers.values() for group in server.groups})
    asks = [Call("ec2", "DescribeSecurityGroups", filter_by("group-id", batch)) for batch in batches(ids)]
    described = (yield asks) if asks else []
    groups = [raw for answer in described for raw in answer.get("SecurityGroups", [])]
    rules = {raw["GroupId"]: tuple(ingress_rules_of(raw.get("IpPermissions") or ())) for raw in groups}
    subnets = (yield from _subnets(scope)) if scope and _opens_to_subnets(resources) else {}
    named = {raw["GroupId"]: _group(raw) for raw in groups}
    by_id = {str(group.ref): group for group in scaling.values()}
    return replace(NO_SERVERS, servers=servers, rules=rules, groups=named, subnets=subnets, scaling=by_id)


def _instances_of(scaling: Mapping[str, ScalingGroup]) -> list[str]:
    return sorted({id for group in scaling.values() for id in group.in_service})


def _opens_to_subnets(resources: Sequence[Resource]) -> bool:
    """True if a spec may open servers to a load balancer without security groups."""
    opens = any(isinstance(resource, Targets | AutoScalingAttachment) and resource.open for resource in resources)
    return opens and any(isinstance(r, LoadBalancer) and not r.security_groups for r in resources)


def _subnets(scope: Scope) -> ReadProgram[dict[str, Subnet]]:
    """The subnets of the stacks' load balancers. `look_up` does not read their CIDRs again."""
    owned = yield from owned_balancers(scope)
    ids = sorted({zone["SubnetId"] for _, _, raw, _ in owned for zone in raw.get("AvailabilityZones") or ()})
    filters = [{"Name": "subnet-id", "Values": ids}]
    (answer,) = (yield [Call("ec2", "DescribeSubnets", {"Filters": filters})]) if ids else [{}]
    return {raw["SubnetId"]: _subnet(raw) for raw in answer.get("Subnets", [])}


def _subnet(raw: Mapping[str, Any]) -> Subnet:
    return Subnet(raw["AvailabilityZone"], raw.get("CidrBlock") or "")


def _group(raw: Mapping[str, Any]) -> ServerGroup:
    """AWS names the group of a new VPC `default`, and allows no other group of this name."""
    name = raw.get("GroupName") or ""
    return ServerGroup(name, name == "default", tag_mapping(raw.get("Tags")).get(STACK, ""))


def _server(region: str, raw: Mapping[str, Any]) -> ExternalServer:
    return ExternalServer(
        id=raw["InstanceId"],
        region=region,
        state=raw["State"]["Name"],
        vpc=raw.get("VpcId") or "",
        zone=(raw.get("Placement") or {}).get("AvailabilityZone") or "",
        groups=tuple(sorted(group["GroupId"] for group in raw.get("SecurityGroups") or ())),
        name=tag_mapping(raw.get("Tags")).get("Name", ""),
        since=stopped_since(raw),
    )


def with_subnets(external: ExternalServers, facts: LookupFacts) -> ExternalServers:
    """The servers, with the subnets that the look-up read."""
    subnets = {raw["SubnetId"]: _subnet(raw) for raw in facts.subnets}
    return replace(external, subnets={**subnets, **external.subnets})
