"""The tags of every resource, by ARN."""

from collections.abc import Iterator

from ..account import CallContext
from ..ec2 import facts
from ..server.moto_bridge import backend
from ..tags import Tags

EC2_KINDS = {
    "i": "instance", "sg": "security-group", "sgr": "security-group-rule", "eipalloc": "elastic-ip",
    "vpc": "vpc", "subnet": "subnet", "igw": "internet-gateway", "eni": "network-interface", "rtb": "route-table",
    "vol": "volume", "nat": "natgateway",
}  # fmt: skip


def tags_by_arn(site: CallContext) -> dict[str, Tags]:
    """Every tagged resource of a region. Hosted zones belong to us-east-1."""
    tags = {arn: dict(tags) for arn, tags in site.elb.tags.items()}
    tags.update({arn: dict(certificate.tags) for arn, certificate in site.certificates.items()})
    tags.update(_ec2(site))
    tags.update(_parameters(site))
    if site.region == "us-east-1":
        zones = site.world.dns.zones.values()
        tags.update({f"arn:aws:route53:::hostedzone/{zone.id}": dict(zone.tags) for zone in zones})
    return {arn: pairs for arn, pairs in tags.items() if pairs}


def _ec2(site: CallContext) -> Iterator[tuple[str, Tags]]:
    existing = _existing(site)
    for resource, tags in facts.backend(site).tags.items():
        prefix = resource.split("-")[0]
        if prefix in EC2_KINDS and tags and resource in existing.get(prefix, (resource,)):
            yield site.arn("ec2", f"{EC2_KINDS[prefix]}/{resource}"), dict(tags)


def _existing(site: CallContext) -> dict[str, set[str]]:
    """The ids that still exist, by prefix: moto keeps the tags of deleted resources."""
    ec2 = facts.backend(site)
    groups = [group for by_id in ec2.groups.values() for group in by_id.values()]
    return {
        "i": {instance.id for instance in facts.instances(site) if instance.state != "terminated"},
        "sg": {group.id for group in groups},
        "sgr": {rule.id for group in groups for rule in (*group.ingress_rules, *group.egress_rules)},
        "eipalloc": {address.allocation_id for address in ec2.addresses},
        "eni": set(ec2.enis),
    }


def _parameters(site: CallContext) -> Iterator[tuple[str, Tags]]:
    ssm = backend("ssm", site.account, site.region)
    for name, tags in list(ssm._resource_tags.get("Parameter", {}).items()):
        if tags and ssm.get_parameters([name]):
            yield site.arn("ssm", f"parameter/{name.lstrip('/')}"), dict(tags)
