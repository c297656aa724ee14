"""Who carries which tags: as it is, and as the tagging API sees it, which is later.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .account import Account, CallContext
from .ec2 import facts
from .errors import AwsError
from .params import Params
from .rules import rule
from .server.moto_bridge import backend

Tags = dict[str, str]
EC2_KINDS = {
    "i": "instance", "sg": "security-group", "sgr": "security-group-rule", "eipalloc": "elastic-ip", "vpc":
    "vpc",
    "subnet": "subnet", "igw": "internet-gateway", "eni": "network-interface", "rtb": "route-table",
    "vol": "volume", "nat": "natgateway",
}  # fmt: skip
TYPE = re.compile(r"[a-z0-9-]+(:[a-z0-9-/]+)?")


def truth(site: CallContext) -> dict[str, Tags]:
    """Every tagged thing of a region (hosted zones in us-east-1), by ARN."""
    found = {arn: dict(tags) for arn, tags in site.elb.tags.items()}
    found.update({arn: dict(one.tags) for arn, one in site.certificates.items()})
    found.update(dict(_ec2(site)))
    found.update(dict(_parameters(site)))
    if site.region == "us-east-1":
        zones = site.world.dns.zones.values()
        found.update({f"arn:aws:route53:::hostedzone/{zone.id}": dict(zone.tags) for zone in zones})
    return {arn: tags for arn, tags in found.items() if tags}


def _ec2(site: CallContext) -> Iterator[tuple[str, Tags]]:
    standing = _standing(site)
    for resource, tags in facts.backend(site).tags.items():
        prefix = resource.split("-")[0]
        if prefix in EC2_KINDS and tags and resource in standing.get(prefix, (resource,)):
            yield site.arn("ec2", f"{EC2_KINDS[prefix]}/{resource}"), dict(tags)


def _standing(site: CallContext) -> dict[str, set[str]]:
    """What is still there, by prefix of its id: moto keeps the tags of what was deleted."""
    ec2 = facts.backend(site)
    groups = [one for some in ec2.groups.values() for one in some.values()]
    return {
        "i": {one.id for one in facts.instances(site) if one.state != "terminated"},
        "sg": {group.id for group in groups},
        "sgr": {one.id for group in groups for one in (*group.ingress_rules, *group.egress_rules)},
        "eipalloc": {one.allocation_id for one in ec2.addresses},
        "eni": set(ec2.enis),
    }


def _parameters(site: CallContext) -> Iterator[tuple[str, Tags]]:
    ssm = backend("ssm", site.account, site.region)
    for name, tags in list(ssm._resource_tags.get("Parameter", {}).items()):
        if tags and ssm.get_parameters([name]):
            yield site.arn("ssm", f"parameter/{name.lstrip('/')}"), dict(tags)


def note_changes(world: Account) -> None:
    """After each write: what the tagging API will come to know, and when. Nothing to do while it does
    not lag.
    """
    if not world.timing.tagging_lag:
        return
    for region in list(world.elbs):
        _note(CallContext(world, region))


def _note(site: CallContext) -> None:
    history = site.world.note("tag history").setdefault(site.region, {})
    now = truth(site)
    for arn in {*now, *history}:
        past = history.setdefault(arn, [])
        if not past or past[-1][1] != now.get(arn):
            past.append((site.now + site.timing.tagging_lag, now.get(arn)))


@rule(30)
def published(site: CallContext) -> dict[str, Tags]:
    """What the tagging API knows by now: new tags come late, deleted things stay as ghosts.

    https://github.com/boto/boto3/issues/3341 and terraform-provider-aws's own warnings about eventual
    consistency
    """
    if not site.timing.tagging_lag:
        return truth(site)
    told: dict[str, Tags] = {}
    for arn, past in site.world.note("tag history").get(site.region, {}).items():
        known = [tags for due, tags in past if site.now >= due]
        if known and known[-1]:
            told[arn] = known[-1]
    return told


def get_resources(site: CallContext, params: Params) -> Params:
    _checked(params)
    found = [(arn, tags) for arn, tags in sorted(published(site).items()) if _wanted(arn, tags, params)]
    size = min(int(params.get("ResourcesPerPage") or 50), 100, site.world.quota("page"))
    start = int(params.get("PaginationToken") or 0)
    some = found[start : start + size]
    token = str(start + size) if start + size < len(found) else ""
    mappings = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for arn, tags in some
    ]
    return {"ResourceTagMappingList": mappings, "PaginationToken": token}


@rule(30)
def _checked(params: Params) -> None:
    """At most 100 a page, types that can be ones, ARNs or filters but not both: API_GetResources."""
    if params.get("ResourceARNList") and (params.get("TagFilters") or params.get("ResourceTypeFilters")):
        raise AwsError("InvalidParameterException", "ResourceARNList cannot be used with filters")
    if not 1 <= int(params.get("ResourcesPerPage") or 50) <= 100:
        raise AwsError("InvalidParameterException", "ResourcesPerPage must be between 1 and 100")
    for kind in params.get("ResourceTypeFilters") or []:
        if not TYPE.fullmatch(kind):
            raise AwsError("InvalidParameterException", f"The resource type '{kind}' is not valid")


def _wanted(arn: str, tags: Tags, params: Params) -> bool:
    if params.get("ResourceARNList"):
        return arn in params["ResourceARNList"]
    kinds = params.get("ResourceTypeFilters") or []
    if kinds and not any(_is_kind(arn, kind) for kind in kinds):
        return False
    for one in params.get("TagFilters") or []:
        if one["Key"] not in tags or (one.get("Values") and tags[one["Key"]] not in one["Values"]):
            return False
    return True


def _is_kind(arn: str, kind: str) -> bool:
    service, _, rest = kind.partition(":")
    parts = arn.split(":", 5)
    return parts[2] == service and (not rest or parts[5] == rest or parts[5].startswith(rest + "/"))


def get_tag_keys(site: CallContext, _params: Params) -> Params:
    return {
        "TagKeys": sorted({key for tags in published(site).values() for key in tags}),
        "PaginationToken": "",
    }


def get_tag_values(site: CallContext, params: Params) -> Params:
    values = {tags[params["Key"]] for tags in published(site).values() if params["Key"] in tags}
    return {"TagValues": sorted(values), "PaginationToken": ""}


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "GetResources": get_resources,
    "GetTagKeys": get_tag_keys,
    "GetTagValues": get_tag_values,
}
