"""A Classic load balancer as the resources of a new stack. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...core.address import Address, AwsId
from ...core.resource import Resource
from ...errors import Refused
from ...kinds.aws.actions import Forward, WeightedGroup
from ...kinds.aws.auto_scaling import AUTO_SCALING
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.target import Target
from ...kinds.targets import Targets
from ..claims import BALANCER
from ..owners import owner_of
from ..source import ImportSource, NotImported
from .attributes import attribute_differences, balancer_attributes
from .groups import Groups, groups_of, health_differences, is_application
from .policies import backend_differences, sticky_differences, tls_differences, tls_policy
from .read import ClassicFacts, user_tags

NETWORK = {"HTTP": "TCP", "HTTPS": "TLS", "TCP": "TCP", "SSL": "TLS"}
"""The protocols of the listeners of a network load balancer."""
DECRYPTS = ("HTTPS", "SSL")


def translate(facts: ClassicFacts, region: str, account: str) -> ImportSource:
    """The new stack. Raises Refused for one that no other load balancer can replace."""
    application, groups = is_application(facts), groups_of(facts)
    subnets = _subnets(facts, application)
    resources: dict[Address, Resource] = {
        BALANCER: LoadBalancer(
            type="application" if application else "network",
            scheme="internal" if facts.raw.get("Scheme") == "internal" else "internet-facing",
            subnets=tuple(map(AwsId, subnets)),
            security_groups=tuple(map(AwsId, facts.raw.get("SecurityGroups") or ())),
            attributes=balancer_attributes(facts, application),
            tags=user_tags(facts.tags),
        ),
        **groups.groups,
        **_targets(facts, groups),
        **_listeners(facts, groups, application),
    }
    records, left = _records(facts)
    kind = "application" if application else "network"
    return ImportSource(
        name=facts.name,
        title=f"Classic load balancer {facts.name}, as a new {kind} load balancer",
        arn=facts.name,
        region=region,
        account=account,
        resources={**resources, **records},
        owner=owner_of([facts.tags]),
        labels=_labels(facts),
        not_imported=(*left, *_differences(facts, groups, application, subnets)),
        notes=NOTES,
        afterwards=[(delete_command(facts.name, region), "deletes the old one; AWS bills both until then")],
    )


NOTES = (
    "AWS cannot convert a Classic load balancer: this makes a new one beside it, with the same instances and security"
    " groups, and moves the records to it. `elbplan destroy` moves them back: remove `restore: true` once the Classic"
    " load balancer is deleted.",
)


def delete_command(name: str, region: str) -> str:
    """The command that deletes a Classic load balancer."""
    return f"aws elb delete-load-balancer --load-balancer-name {name} --region {region}"


def _subnets(facts: ClassicFacts, application: bool) -> list[str]:
    """The same subnets; an application load balancer needs a second zone. Raises Refused if the VPC has no other."""
    own = list(facts.raw.get("Subnets") or ())
    if not application or len(own) != 1 or own[0] not in facts.subnets:
        return own
    here = facts.subnets[own[0]]
    similar = [
        subnet
        for subnet in facts.subnets.values()
        if subnet["AvailabilityZone"] != here["AvailabilityZone"]
        and subnet.get("MapPublicIpOnLaunch") == here.get("MapPublicIpOnLaunch")
    ]
    if not similar:
        what = f"{facts.name} has one subnet, {own[0]}, and an application load balancer needs two zones"
        raise Refused(what, hint=f"make a subnet of the same kind in another zone of {facts.raw['VPCId']}")
    return [*own, min(similar, key=lambda subnet: (subnet["AvailabilityZone"], subnet["SubnetId"]))["SubnetId"]]


def _targets(facts: ClassicFacts, groups: Groups) -> dict[Address, Resource]:
    ids = sorted(instance["InstanceId"] for instance in facts.raw.get("Instances") or ())
    members = tuple(Target(instance=AwsId(id)) for id in ids if id in facts.instances and not _scaled(facts, id))
    if not members:
        return {}
    return {Address(Targets.kind, group.name): Targets(group=group, members=members) for group in groups.groups}


def _scaled(facts: ClassicFacts, instance: str) -> str:
    """The Auto Scaling group of an instance; empty: none."""
    tags = {tag["Key"]: tag.get("Value", "") for tag in facts.instances.get(instance, {}).get("Tags") or ()}
    return str(tags.get(AUTO_SCALING, ""))


def _listeners(facts: ClassicFacts, groups: Groups, application: bool) -> dict[Address, Resource]:
    listeners: dict[Address, Resource] = {}
    for raw, policies in facts.listeners:
        port, secure = raw["LoadBalancerPort"], raw["Protocol"] in DECRYPTS
        fields = {
            "load_balancer": BALANCER,
            "port": port,
            "protocol": raw["Protocol"] if application else NETWORK[raw["Protocol"]],
            "certificate": AwsId(raw["SSLCertificateId"]) if secure else None,
            "ssl_policy": tls_policy(policies) if secure else None,
            "tags": user_tags(facts.tags),
            "action": Forward(groups=(WeightedGroup(group=groups.of_listener[port]),)),
        }
        listeners[Address(Listener.kind, str(port))] = Listener.model_validate(fields)
    return listeners


def _records(facts: ClassicFacts) -> tuple[dict[Address, Resource], list[NotImported]]:
    """Aliases move to the new load balancer. Other records stay as they are."""
    records: dict[Address, Resource] = {}
    left = []
    for found in facts.records:
        type = found.raw["Type"]
        if not found.is_plain_alias:
            what = f"record {type} {found.name} in zone {found.zone_name}"
            left.append(NotImported(what, "elbplan moves only plain aliases: change it after the check of the new one"))
            continue
        name = found.name if type == "A" else f"{found.name}-{type.lower()}"
        address = Address(Record.kind, name)
        address = Address(Record.kind, f"{name}-{found.zone.lower()}") if address in records else address
        records[address] = Record(
            name=found.name,
            type=type,
            zone=AwsId(found.zone),
            load_balancer=BALANCER,
            evaluate_target_health=bool(found.raw["AliasTarget"].get("EvaluateTargetHealth")),
            take_over=True,
            restore=True,
        )
    return records, left


def _differences(facts: ClassicFacts, groups: Groups, application: bool, subnets: list[str]) -> Iterator[NotImported]:
    """Everything that the new load balancer does otherwise, or not at all."""
    if len(subnets) > len(facts.raw.get("Subnets") or ()):
        zone = facts.subnets[subnets[-1]]["AvailabilityZone"]
        yield NotImported(
            "one zone", f"an application load balancer needs two, so the spec adds {subnets[-1]} in {zone}"
        )
    for raw, policies in facts.listeners:
        port = raw["LoadBalancerPort"]
        yield from _protocol_differences(raw, application)
        yield from sticky_differences(port, policies, application)
        yield from tls_differences(port, policies)
    for port in sorted({raw["InstancePort"] for raw, _ in facts.listeners}):
        yield from backend_differences(port, facts.backend_policies(port))
    yield from health_differences(facts, list(groups.groups.values()))
    yield from attribute_differences(facts, application)
    yield from _lost_instances(facts)


def _protocol_differences(raw: Mapping[str, object], application: bool) -> Iterator[NotImported]:
    port, front, back = raw["LoadBalancerPort"], str(raw["Protocol"]), raw.get("InstanceProtocol") or raw["Protocol"]
    if not application and front in ("HTTP", "HTTPS"):
        why = "beside TCP listeners it becomes one of a network load balancer: no X-Forwarded-For, no cookies"
        yield NotImported(f"listener {port}/{front}", why)
    if not application and front not in DECRYPTS and back in DECRYPTS:
        yield NotImported(f"encryption to the instances of listener {port}", "a TCP listener only passes bytes on")
    if ":iam:" in str(raw.get("SSLCertificateId") or ""):
        what = f"certificate of listener {port}"
        yield NotImported(what, "it is an IAM certificate, which nobody renews; one of ACM is better: `certificate:`")


def _lost_instances(facts: ClassicFacts) -> Iterator[NotImported]:
    ids = [instance["InstanceId"] for instance in facts.raw.get("Instances") or ()]
    for id in ids:
        if id not in facts.instances:
            yield NotImported(f"instance {id}", "it is terminated")
    for group in sorted({name for id in ids if (name := _scaled(facts, id))}):
        why = (
            "it registers its instances itself: after the apply, attach the target groups to it with"
            " aws autoscaling attach-load-balancer-target-groups"
        )
        yield NotImported(f"targets of Auto Scaling group {group}", why)


def _labels(facts: ClassicFacts) -> dict[str, str]:
    labels = {id: raw["GroupName"] for id, raw in facts.security_groups.items()}
    labels |= {id: raw["AvailabilityZone"] for id, raw in facts.subnets.items()}
    labels |= {record.zone: record.zone_name for record in facts.records}
    for id, raw in facts.instances.items():
        named = [tag["Value"] for tag in raw.get("Tags") or () if tag["Key"] == "Name"]
        labels |= {id: named[0]} if named else {}
    return labels
