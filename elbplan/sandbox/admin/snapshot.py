"""The resources of an account as plain data, for comparison."""

from dataclasses import asdict
from typing import Any

from ..account import Account, CallContext
from ..classic.tags import arn_of
from ..ec2 import facts
from ..server.moto_bridge import known_regions
from ..state.acm import StoredCertificate
from ..state.classic import StoredClassicBalancer
from ..state.elbv2 import StoredBalancer, StoredGroup, StoredListener
from ..state.route53 import canonical
from .tags import tags_by_arn

Stored = StoredBalancer | StoredGroup | StoredListener | StoredCertificate | StoredClassicBalancer
VOLATILE = ("attached", "detached", "released", "records_found_at", "changed", "drained_at", "settings", "key")
"""Fields that change without a call, that only repeat others, or that are secret."""


def regions(account: Account) -> list[str]:
    known = {*account.elbs, *account.classic, *(arn.split(":")[3] for arn in account.certificates), "us-east-1"}
    return sorted(known | set(known_regions(account.id)))


def everything(account: Account, region: str | None = None) -> dict[str, Any]:
    """Returns every resource by ARN or id, with everything that a call can change."""
    resources: dict[str, Any] = {}
    for name in [region] if region else regions(account):
        context = CallContext(account, name)
        resources.update(_elb(context))
        resources.update({arn_of(context, name): _fields(found) for name, found in context.classic.items()})
        resources.update({arn: _fields(certificate) for arn, certificate in context.certificates.items()})
        resources.update(_ec2(context))
        resources.update(_parameters(context))
    resources.update(_edge(account))
    resources.update(_zones(account))
    return resources


def _fields(stored: Stored) -> dict[str, Any]:
    fields = {key: value for key, value in asdict(stored).items() if key not in VOLATILE}
    fields.pop("rules", None)
    if "targets" in fields:
        fields["targets"] = sorted(f"{target['id']}:{target['port']}" for target in fields["targets"].values())
    return fields


def _elb(context: CallContext) -> dict[str, Any]:
    elb = context.elb
    stored: list[StoredBalancer | StoredGroup | StoredListener] = [
        *elb.balancers.values(),
        *elb.groups.values(),
        *elb.listeners.values(),
    ]
    resources = {resource.arn: _fields(resource) for resource in stored}
    resources.update({arn: asdict(rule) for arn, (rule, _) in elb.rules().items()})
    stores = elb.trust_stores.items()
    resources.update({arn: {k: v for k, v in store.items() if k not in VOLATILE} for arn, store in stores})
    for arn, tags in elb.tags.items():
        resources[arn]["tags"] = dict(tags)
    return resources


def _ec2(context: CallContext) -> dict[str, Any]:
    ec2, resources = context.ec2, {}
    for group in (group for by_id in ec2.groups.values() for group in by_id.values()):
        resources[group.id] = {
            "name": group.name, "description": group.description, "vpc": group.vpc_id,
            "ingress": sorted(_rule(rule) for rule in group.ingress_rules),
            "egress": sorted(_rule(rule) for rule in group.egress_rules),
        }  # fmt: skip
    for instance in facts.instances(context):
        if instance.state != "terminated":
            resources[instance.id] = {
                "state": instance.state, "type": instance.instance_type, "image": instance.image_id,
                "groups": sorted(facts.instance_groups(instance)),
            }  # fmt: skip
    for address in ec2.addresses:
        interface = address.eni.id if address.eni is not None else ""
        resources[address.allocation_id] = {"address": address.public_ip, "at": interface}
    return {id: {**fields, "tags": dict(ec2.tags.get(id, {}))} for id, fields in resources.items()}


def _rule(rule: Any) -> str:
    text = f"{rule.ip_protocol} {rule.from_port}-{rule.to_port} {facts.source_of(rule)} {rule.description or ''}"
    return text.rstrip()


def _parameters(context: CallContext) -> dict[str, Any]:
    """The parameters of the account, without those that AWS publishes."""
    latest = [versions[-1] for versions in context.backend("ssm")._parameters.values() if versions]
    return {
        context.arn("ssm", f"parameter/{parameter.name.lstrip('/')}"): {
            "value": parameter.value,
            "version": parameter.version,
        }
        for parameter in latest
        if not parameter.name.startswith("/aws/")
    }


def _edge(account: Account) -> dict[str, Any]:
    """The associations of web ACLs, the protections of Shield, and the buckets."""
    balancers = {balancer.arn for balancer in account.balancers()}
    associations = account.memory("web acls").items()
    resources: dict[str, Any] = {f"{arn}#web_acl": {"web_acl": acl} for arn, acl in associations if arn in balancers}
    resources.update({f"protection/{id}": dict(held) for id, held in account.memory("protections").items()})
    buckets = account.memory("buckets").values()
    resources.update(
        {f"arn:aws:s3:::{bucket.name}": {**vars(bucket), "objects": sorted(bucket.objects)} for bucket in buckets}
    )
    return resources


def _zones(account: Account) -> dict[str, Any]:
    resources: dict[str, Any] = {}
    for zone in account.dns.zones.values():
        resources[zone.id] = {"name": zone.name, "private": zone.private, "tags": dict(zone.tags), "vpcs": zone.vpcs}
        for (name, kind, identifier), record in zone.records.items():
            resources[f"{zone.id}/{name}/{kind}/{identifier}".rstrip("/")] = dict(record)
    for check in account.dns.health_checks.values():
        resources[check.id] = {"config": dict(check.config), "tags": dict(check.tags)}
    return resources


def tagged(account: Account, key: str, value: str) -> dict[str, dict[str, str]]:
    """Returns the tags, by ARN, of every resource with this tag. Terminated instances are left out."""
    matching: dict[str, dict[str, str]] = {}
    for region in regions(account):
        matching.update(
            {arn: tags for arn, tags in tags_by_arn(CallContext(account, region)).items() if tags.get(key) == value}
        )
    return matching


def records(account: Account, zone: str) -> list[dict[str, Any]]:
    """Returns the records of a zone, which is named by id or name."""
    id_or_name = zone.removeprefix("/hostedzone/")
    for stored in account.dns.zones.values():
        if id_or_name == stored.id or canonical(id_or_name) == stored.name:
            return [dict(record) for _, record in stored.sorted_records()]
    raise KeyError(f"no hosted zone {zone!r}")
