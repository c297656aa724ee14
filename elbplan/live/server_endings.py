"""Reads the instances that the specs of a destroy name by id or tag, and what else the destroy must know of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import Answer, Ask, Call, ReadProgram, Tags
from ..core.plan import ServerLabel
from ..core.stack import Stack
from ..kinds.aws.ownership import owner_in_tags, tag_mapping
from ..kinds.aws.queries import GONE, TARGET_GROUPS, TERMINATED, instances_in
from ..kinds.aws.release_mark import marked_addresses, marked_by
from ..kinds.elastic_ip import external_elastic_ip
from ..kinds.external_instance import external_instance
from ..kinds.instance import OnDestroy
from ..kinds.server_endings import EndedServer, Endings, NamedServer, SpotRequest, gentlest, remaining_of
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from .filters import batches, filter_by
from .lookups import DEFAULT_VPC
from .named_lookups import lookup_call

Raw = Mapping[str, Any]


@dataclass
class _Facts:
    """The answers, by question."""

    answers: dict[str, Answer] = field(default_factory=dict)

    def ask(self, asks: Mapping[str, Ask]) -> ReadProgram[None]:
        """Asks what is not known yet, in one round."""
        if asks:
            self.answers |= dict(zip(asks, (yield list(asks.values())), strict=True))

    def instances(self, key: str) -> list[Raw]:
        return list(instances_in(self.answers.get(key, {})))

    @property
    def addresses(self) -> list[Raw]:
        """The Elastic IPs of the instances, and those that a killed destroy has marked."""
        return [raw for key, answer in self.answers.items() if key.startswith("eip") for raw in answer["Addresses"]]


def read_endings(region: str, stacks: Sequence[Stack]) -> ReadProgram[dict[str, Endings]]:
    """What the destroys of these stacks end and leave, by stack. Asks nothing for specs without names of instances."""
    facts = _Facts()
    yield from facts.ask(_first_questions(stacks))
    named = {stack.name: _named(stack, region, facts) for stack in stacks}
    yield from facts.ask(_second_questions(stacks, named))
    for name, servers in named.items():
        named[name] = [replace(server, addresses=_addresses_of(server, facts)) for server in servers]
    users = yield from _users(
        stacks, [server for servers in named.values() for server in servers if server.ends], facts
    )
    return {stack.name: _endings(stack, named[stack.name], facts, users) for stack in stacks}


def _targets(stack: Stack) -> list[Targets]:
    """The targets of a spec that name instances."""
    return [r for r in stack.resources.values() if isinstance(r, Targets) and r.named_instances]


def _first_questions(stacks: Sequence[Stack]) -> dict[str, Ask]:
    """If all instances stay, the answers are only listed: nothing depends on them."""
    asks: dict[str, Ask] = {}
    named = [(stack, targets) for stack in stacks for targets in _targets(stack)]
    stay = all(targets.on_destroy == "keep" for _, targets in named)
    ids = sorted({ref.value for _, targets in named for ref in targets.named_instances if isinstance(ref, AwsId)})
    for batch in batches(ids):
        asks[f"ids {batch[0]}"] = Call("ec2", "DescribeInstances", filter_by("instance-id", batch), optional=stay)
    for stack, targets in named:
        for ref in targets.named_instances:
            if isinstance(ref, Lookup) and (call := lookup_call(ref)):
                asks[str(ref)] = replace(call, optional=stay)
                if targets.on_destroy != "keep" and (vpc := _vpc_call(_vpc_of(stack, targets))):
                    asks[f"vpc {_vpc_of(stack, targets)}"] = vpc
    return asks


def _vpc_of(stack: Stack, targets: Targets) -> Ref | None:
    group = stack.resources.get(targets.group) if isinstance(targets.group, Address) else None
    return group.vpc if isinstance(group, TargetGroup) else None


def _vpc_call(vpc: Ref | None) -> Call | None:
    if not isinstance(vpc, Lookup):
        return None
    return DEFAULT_VPC if vpc.query == "default" else lookup_call(vpc)


def _named(stack: Stack, region: str, facts: _Facts) -> list[NamedServer]:
    """The instances that AWS has of those that a spec names, each with the gentlest ending of its groups."""
    raws: dict[str, Raw] = {}
    endings: dict[str, list[OnDestroy]] = {}
    for targets in _targets(stack):
        for ref in targets.named_instances:
            for raw in _found(ref, facts):
                raws[raw["InstanceId"]] = raw
                ends = isinstance(ref, AwsId) or raw.get("VpcId") in _vpcs(stack, targets, facts)
                endings.setdefault(raw["InstanceId"], []).append(targets.on_destroy if ends else "keep")
    servers = [NamedServer(raw, region, gentlest(endings[id])) for id, raw in raws.items()]
    foreign = [server for server in servers if server.owner is None or server.owner.stack != stack.name]
    return sorted(foreign, key=lambda server: (server.name, server.id))


def _found(ref: Ref, facts: _Facts) -> list[Raw]:
    """The instances of a reference, also terminated ones: AWS lists those for about an hour more."""
    if isinstance(ref, AwsId):
        every = [raw for key in facts.answers if key.startswith("ids ") for raw in facts.instances(key)]
        return [raw for raw in every if raw["InstanceId"] == ref.value]
    return facts.instances(str(ref))


def _vpcs(stack: Stack, targets: Targets, facts: _Facts) -> set[str]:
    """The VPC of the stack. A tag also finds instances elsewhere, which cannot be targets of the stack."""
    vpc = _vpc_of(stack, targets)
    if isinstance(vpc, AwsId):
        return {vpc.value}
    return {raw["VpcId"] for raw in facts.answers.get(f"vpc {vpc}", {}).get("Vpcs", ())}


def _second_questions(stacks: Sequence[Stack], named: Mapping[str, Sequence[NamedServer]]) -> dict[str, Ask]:
    asks: dict[str, Ask] = {}
    servers = [server for servers in named.values() for server in servers]
    for batch in batches(sorted({server.id for server in servers})):
        asks[f"eip {batch[0]}"] = Call("ec2", "DescribeAddresses", filter_by("instance-id", batch))
    terminating = [s.name for s in stacks if any(targets.on_destroy == "terminate" for targets in _targets(s))]
    if terminating:
        asks["eip marked"] = marked_addresses(terminating)
    ending = [server for server in servers if _exists(server) and server.ends]
    for server in ending:
        params = {"InstanceId": server.id, "Attribute": PROTECTIONS[server.on_destroy]}
        asks[f"protection {server.id}"] = Call("ec2", "DescribeInstanceAttribute", params, optional=True)
    if requests := sorted({id for server in ending if (id := server.raw.get("SpotInstanceRequestId"))}):
        spot: dict[str, Any] = {"SpotInstanceRequestIds": requests}
        asks["spot"] = Call("ec2", "DescribeSpotInstanceRequests", spot, optional=True)
    if ending:
        asks["groups"] = TARGET_GROUPS
    return asks


PROTECTIONS: Mapping[OnDestroy, str] = {"terminate": "disableApiTermination", "stop": "disableApiStop"}


def _exists(server: NamedServer) -> bool:
    return server.state not in TERMINATED


def _addresses_of(server: NamedServer, facts: _Facts) -> list[Raw]:
    by_id = {raw["AllocationId"]: raw for raw in facts.addresses if raw.get("InstanceId") == server.id}
    return list(by_id.values())


def _users(
    stacks: Sequence[Stack], ending: Sequence[NamedServer], facts: _Facts
) -> ReadProgram[dict[str, list[tuple[str, str]]]]:
    """By instance: the target groups in which it is registered, each as its stack (or "") and a text.

    The groups of these stacks are asked with the call that reads their targets. Other groups may be unreadable.
    """
    vpcs = {server.raw.get("VpcId") for server in ending if _exists(server)}
    groups = [raw for raw in facts.answers.get("groups", {}).get("TargetGroups", ()) if raw.get("VpcId") in vpcs]
    arns = [raw["TargetGroupArn"] for raw in groups if raw.get("TargetType", "instance") == "instance"]
    if not arns:
        return {}
    (tags,) = yield [Tags(tuple(arns))]
    owners = {arn: owner_in_tags(tags.get(arn, {})) for arn in arns}
    names, read = {raw["TargetGroupArn"]: raw["TargetGroupName"] for raw in groups}, {stack.name for stack in stacks}
    ours = {arn for arn, owner in owners.items() if owner and owner.stack in read}
    answers = yield [
        Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, done_if=GONE, optional=arn not in ours)
        for arn in arns
    ]
    users: dict[str, list[tuple[str, str]]] = {}
    for (arn, owner), answer in zip(owners.items(), answers, strict=True):
        text = f"target group {names[arn]}{f' of {owner}' if owner else ''}"
        for id in sorted({d["Target"]["Id"] for d in answer.get("TargetHealthDescriptions", ())}):
            users.setdefault(id, []).append((owner.stack if owner else "", text))
    return users


def _endings(
    stack: Stack, named: Sequence[NamedServer], facts: _Facts, users: Mapping[str, Sequence[tuple[str, str]]]
) -> Endings:
    servers = [server for server in named if _exists(server)]
    ended = [_ended(stack, server, facts, users.get(server.id, ())) for server in servers if server.ends]
    released = {
        raw["AllocationId"]: raw
        for server in named
        if server.on_destroy == "terminate"
        for raw in server.free_addresses
    }
    released |= {raw["AllocationId"]: raw for raw in _marked(stack, named, facts)}
    rest = [left for server in servers if server.owner is None for left in remaining_of(server)]
    labels = {server.id: ServerLabel(server.name, server.state) for server in named}
    return Endings(ended, [external_elastic_ip(raw) for raw in released.values()], rest, labels)


def _ended(stack: Stack, server: NamedServer, facts: _Facts, users: Iterable[tuple[str, str]]) -> EndedServer:
    unmarked = [raw for raw in server.free_addresses if marked_by(tag_mapping(raw.get("Tags"))) != stack.name]
    mark = [raw["AllocationId"] for raw in unmarked] if server.on_destroy == "terminate" else []
    attribute = PROTECTIONS[server.on_destroy]
    protection = facts.answers.get(f"protection {server.id}", {}).get(attribute[0].upper() + attribute[1:]) or {}
    return EndedServer(
        external_instance(server.raw, server.on_destroy, mark, [raw["PublicIp"] for raw in server.addresses]),
        server.region,
        server.on_destroy,
        server.name,
        owner=server.owner,
        scaling_group=server.scaling_group,
        protected=protection.get("Value") is True,
        store_backed=server.raw.get("RootDeviceType") == "instance-store",
        spot_request=_spot_request(server, facts),
        users=[text for owner, text in users if owner != stack.name],
    )


def _marked(stack: Stack, named: Sequence[NamedServer], facts: _Facts) -> list[Raw]:
    """The addresses that a killed destroy has marked. One that another instance got meanwhile is no longer ours."""
    ids = {server.id for server in named}
    marked = [raw for raw in facts.addresses if marked_by(tag_mapping(raw.get("Tags"))) == stack.name]
    return [raw for raw in marked if not raw.get("AssociationId") or raw.get("InstanceId") in ids]


def _spot_request(server: NamedServer, facts: _Facts) -> SpotRequest | None:
    """The request of a Spot Instance that is not cancelled; None if there is none, or if nobody may read it."""
    for raw in facts.answers.get("spot", {}).get("SpotInstanceRequests", ()):
        if raw["SpotInstanceRequestId"] == server.raw.get("SpotInstanceRequestId"):
            cancelled = raw.get("State") in ("cancelled", "closed", "failed")
            return SpotRequest(raw["SpotInstanceRequestId"], raw.get("Type") == "persistent" and not cancelled)
    return None
