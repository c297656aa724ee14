"""The tags of every resource, by ARN."""

from collections.abc import Iterator

from ..account import CallContext
from ..classic.tags import arn_of
from ..ec2 import facts
from ..tags import Tags

EC2_KINDS = {
    "i": "instance", "sg": "security-group", "sgr": "security-group-rule", "eipalloc": "elastic-ip",
    "vpc": "vpc", "subnet": "subnet", "igw": "internet-gateway", "eni": "network-interface", "rtb": "route-table",
    "vol": "volume", "nat": "natgateway",
}  # fmt: skip


def tags_by_arn(context: CallContext) -> dict[str, Tags]:
    """Every tagged resource of a region. Hosted zones and health checks belong to us-east-1."""
    tags = {arn: dict(tags) for arn, tags in context.elb.tags.items()}
    tags.update({arn: dict(certificate.tags) for arn, certificate in context.certificates.items()})
    tags.update({arn_of(context, name): dict(balancer.tags) for name, balancer in context.classic.items()})
    tags.update(_ec2(context))
    tags.update(_parameters(context))
    buckets = (bucket for bucket in context.account.memory("buckets").values() if bucket.region == context.region)
    tags.update({f"arn:aws:s3:::{bucket.name}": dict(bucket.tags) for bucket in buckets})
    if context.region == "us-east-1":
        zones = context.account.dns.zones.values()
        protections = context.account.memory("protections").items()
        account = context.account_id
        tags.update({f"arn:aws:shield::{account}:protection/{id}": dict(held["Tags"]) for id, held in protections})
        tags.update({f"arn:aws:route53:::hostedzone/{zone.id}": dict(zone.tags) for zone in zones})
        checks = context.account.dns.health_checks.values()
        tags.update({f"arn:aws:route53:::healthcheck/{check.id}": dict(check.tags) for check in checks})
    return {arn: pairs for arn, pairs in tags.items() if pairs}


def _ec2(context: CallContext) -> Iterator[tuple[str, Tags]]:
    existing = _existing(context)
    for resource, tags in context.ec2.tags.items():
        prefix = resource.split("-")[0]
        if prefix in EC2_KINDS and tags and resource in existing.get(prefix, (resource,)):
            yield context.arn("ec2", f"{EC2_KINDS[prefix]}/{resource}"), dict(tags)


def _existing(context: CallContext) -> dict[str, set[str]]:
    """The ids that still exist, by prefix: moto keeps the tags of deleted resources."""
    ec2 = context.ec2
    groups = [group for by_id in ec2.groups.values() for group in by_id.values()]
    return {
        "i": {instance.id for instance in facts.instances(context) if instance.state != "terminated"},
        "sg": {group.id for group in groups},
        "sgr": {rule.id for group in groups for rule in (*group.ingress_rules, *group.egress_rules)},
        "eipalloc": {address.allocation_id for address in ec2.addresses},
        "eni": set(ec2.enis),
        "vol": set(ec2.volumes),
        "vpc": set(ec2.vpcs),
        "subnet": {id for by_id in ec2.subnets.values() for id in by_id},
        "igw": set(ec2.internet_gateways),
    }


def _parameters(context: CallContext) -> Iterator[tuple[str, Tags]]:
    ssm = context.backend("ssm")
    for name, tags in list(ssm._resource_tags.get("Parameter", {}).items()):
        if tags and ssm.get_parameters([name]):
            yield context.arn("ssm", f"parameter/{name.lstrip('/')}"), dict(tags)
