"""The account as plain data, for comparing before with after."""

from dataclasses import asdict
from typing import Any

from ..account import Account, CallContext
from ..ec2 import facts
from ..server.moto_bridge import known_regions
from ..state.route53 import canonical
from .tags import tags_by_arn

VOLATILE = ("attached", "detached", "released", "records_found_at", "changed", "drained_at", "settings")


def regions(account: Account) -> list[str]:
    known = {*account.elbs, *(arn.split(":")[3] for arn in account.certificates), "us-east-1"}
    return sorted(known | set(known_regions(account.id)))


def everything(account: Account, region: str | None = None) -> dict[str, Any]:
    """Every resource by ARN or id, each with all that a call could change about it."""
    found: dict[str, Any] = {}
    for one in [region] if region else regions(account):
        context = CallContext(account, one)
        found.update(_elb(context))
        found.update({arn: _plain(one) for arn, one in context.certificates.items()})
        found.update(_ec2(context))
        found.update(_parameters(context))
    found.update(_zones(account))
    return found


def _plain(one: Any) -> dict[str, Any]:
    told = {key: value for key, value in asdict(one).items() if key not in VOLATILE}
    told.pop("rules", None)
    if "targets" in told:
        told["targets"] = sorted(f"{target['id']}:{target['port']}" for target in told["targets"].values())
    return told


def _elb(context: CallContext) -> dict[str, Any]:
    elb = context.elb
    found = {one.arn: _plain(one) for some in (elb.balancers, elb.groups, elb.listeners) for one in some.values()}
    found.update({arn: asdict(one) for arn, (one, _) in elb.rules().items()})
    found.update({arn: dict(one) for arn, one in elb.trust_stores.items()})
    for arn, tags in elb.tags.items():
        found[arn]["tags"] = dict(tags)
    return found


def _ec2(context: CallContext) -> dict[str, Any]:
    ec2, found = context.ec2, {}
    for some in ec2.groups.values():
        for group in some.values():
            found[group.id] = {
                "name": group.name, "description": group.description, "vpc": group.vpc_id,
                "ingress": sorted(_rule(one) for one in group.ingress_rules),
                "egress": sorted(_rule(one) for one in group.egress_rules),
            }  # fmt: skip
    for one in facts.instances(context):
        if one.state != "terminated":
            groups = sorted(facts.instance_groups(one))
            found[one.id] = {
                "state": one.state,
                "type": one.instance_type,
                "groups": groups,
                "image": one.image_id,
            }
    for address in ec2.addresses:
        at = address.eni.id if address.eni is not None else ""
        found[address.allocation_id] = {"address": address.public_ip, "at": at}
    return {name: {**fields, "tags": dict(ec2.tags.get(name, {}))} for name, fields in found.items()}


def _rule(one: Any) -> str:
    return f"{one.ip_protocol} {one.from_port}-{one.to_port} {facts.source_of(one)} {one.description or ''}".rstrip()


def _parameters(context: CallContext) -> dict[str, Any]:
    ssm = context.backend("ssm")
    own = [
        versions[-1] for versions in ssm._parameters.values() if versions and not versions[-1].name.startswith("/aws/")
    ]
    return {
        context.arn("ssm", f"parameter/{one.name.lstrip('/')}"): {"value": one.value, "version": one.version}
        for one in own
    }


def _zones(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for zone in account.dns.zones.values():
        found[zone.id] = {"name": zone.name, "private": zone.private, "tags": dict(zone.tags)}
        for (name, kind, identifier), record in zone.records.items():
            found[f"{zone.id}/{name}/{kind}/{identifier}".rstrip("/")] = dict(record)
    return found


def tagged(account: Account, key: str, value: str) -> dict[str, dict[str, str]]:
    """The tags, by ARN, of every resource with this tag. Terminated instances are left out."""
    found: dict[str, dict[str, str]] = {}
    for region in regions(account):
        found.update(
            {arn: tags for arn, tags in tags_by_arn(CallContext(account, region)).items() if tags.get(key) == value}
        )
    return found


def records(account: Account, zone: str) -> list[dict[str, Any]]:
    """The records of a zone, by its id or name."""
    wanted = zone.removeprefix("/hostedzone/")
    for one in account.dns.zones.values():
        if wanted == one.id or canonical(wanted) == one.name:
            return [dict(record) for _, record in one.sorted_records()]
    raise KeyError(f"no hosted zone {zone!r}")
