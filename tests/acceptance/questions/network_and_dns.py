"""Questions about security groups, DNS, regions and Parameter Store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..aws import CallRefused, public_zones, tag_specifications
from .asker import Asker, Finding, Question, compared


def _security_group(asker: Asker, suffix: str) -> str:
    answer = asker.ask(
        "ec2", "create_security_group", GroupName=asker.name(suffix), Description="elbplan acceptance",
        VpcId=asker.network.vpc, TagSpecifications=tag_specifications(asker.tags, "security-group"),
    )  # fmt: skip
    return str(answer["GroupId"])


def ports_of_an_esp_rule(asker: Asker) -> Finding:
    group = _security_group(asker, "esp")
    permission = {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    asker.ask("ec2", "authorize_security_group_ingress", GroupId=group, IpPermissions=[permission])
    (found,) = asker.ask("ec2", "describe_security_groups", GroupIds=[group])["SecurityGroups"]
    port = found["IpPermissions"][0].get("FromPort")
    return compared(port is None, "no FromPort" if port is None else f"FromPort {port}")


def default_egress_for_ipv6(asker: Asker) -> Finding:
    if not asker.network.ipv6:
        raise LookupError("the endpoint gave the VPC no IPv6 block")
    (found,) = asker.ask("ec2", "describe_security_groups", GroupIds=[_security_group(asker, "egress")])[
        "SecurityGroups"
    ]
    ranges = [source["CidrIpv6"] for rule in found["IpPermissionsEgress"] for source in rule.get("Ipv6Ranges", [])]
    return compared("::/0" in ranges, f"outbound rules for IPv6: {', '.join(ranges) or 'none'}")


def alias_without_dualstack(asker: Asker) -> Finding:
    if not asker.settings.domain:
        raise LookupError("no domain: set ELBPLAN_ACCEPTANCE_DOMAIN")
    if not asker.network.ipv6:
        raise LookupError("the endpoint gave the VPC no IPv6 block, so no load balancer has IPv6 addresses")
    zone = hosted_zone(asker)
    asker.wait_until_active(asker.arn)
    answers = {}
    for prefix in ("", "dualstack."):
        name = f"{prefix.rstrip('.') or 'plain'}.{asker.settings.stack}.{asker.settings.domain}"
        target = {
            "HostedZoneId": asker.balancer["CanonicalHostedZoneId"], "EvaluateTargetHealth": False,
            "DNSName": prefix + asker.balancer["DNSName"],
        }  # fmt: skip
        record = {"Name": name, "Type": "AAAA", "AliasTarget": target}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        asker.ask("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=batch)
        asker.aws.clock.sleep(60 if asker.aws.is_real else 0)
        answer = asker.ask("route53", "test_dns_answer", HostedZoneId=zone, RecordName=name, RecordType="AAAA")
        answers[prefix] = len(answer.get("RecordData", []))
    text = f"addresses without the prefix: {answers['']}, with it: {answers['dualstack.']}"
    return compared(bool(answers["dualstack."]), text) if not answers[""] else compared(True, f"{text}; both work")


def hosted_zone(asker: Asker) -> str:
    """The id of the public zone of the domain. Raises CallFailed."""
    name = f"{asker.settings.domain}."
    return str(next(zone["Id"] for zone in public_zones(asker.aws) if zone["Name"] == name))


DISABLED = {
    "ec2": ("describe_vpcs", "AuthFailure"),
    "elbv2": ("describe_load_balancers", "InvalidClientTokenId"),
    "acm": ("list_certificates", "UnrecognizedClientException"),
}


def disabled_region(asker: Asker) -> Finding:
    filters = [{"Name": "opt-in-status", "Values": ["not-opted-in"]}]
    regions = asker.ask("ec2", "describe_regions", AllRegions=True, Filters=filters)["Regions"]
    disabled = [region["RegionName"] for region in regions if region["OptInStatus"] == "not-opted-in"]
    if not disabled:
        raise LookupError("every region of the account is enabled")
    codes = {service: _code(asker, service, call, disabled[0]) for service, (call, _) in DISABLED.items()}
    text = ", ".join(f"{service}: {code}" for service, code in codes.items())
    return compared(all(codes[service] == code for service, (_, code) in DISABLED.items()), f"{disabled[0]}: {text}")


def _code(asker: Asker, service: str, operation: str, region: str) -> str:
    try:
        asker.aws.ask(service, operation, region=region)
    except CallRefused as refused:
        return refused.code
    return "accepted"


WRITERS = 12


def concurrent_writes(asker: Asker) -> Finding:
    name = f"/elbplan-acceptance/{asker.settings.run}"
    asker.ask("ssm", "put_parameter", Name=name, Value="0", Type="String", Tags=asker.tag_list)
    with ThreadPoolExecutor(WRITERS) as pool:
        codes = set(pool.map(lambda number: _written(asker, name, number), range(WRITERS)))
    if codes == {""}:
        return Finding("not settled", f"{WRITERS} writes at once were all accepted")
    refused = sorted(codes - {""})
    return compared(refused == ["TooManyUpdates"], f"refused with {', '.join(refused)}")


def _written(asker: Asker, name: str, number: int) -> str:
    settings: dict[str, Any] = {"Name": name, "Value": str(number), "Type": "String", "Overwrite": True}
    refused = asker.refusal("ssm", "put_parameter", **settings)
    return refused.code if refused else ""


QUESTIONS = (
    Question(
        "esp-ports",
        "Which FromPort has a security group rule for ESP (protocol 50)?",
        "none",
        "elbplan/kinds/aws/ingress_rules.py: rules without ports would need their ports",
        ports_of_an_esp_rule,
    ),
    Question(
        "ipv6-egress",
        "Does a new security group in a VPC with IPv6 have the outbound rule ::/0?",
        "yes",
        "elbplan/kinds/security_group.py: `egress:` removes it only if it exists",
        default_egress_for_ipv6,
    ),
    Question(
        "aaaa-alias",
        "Does an AAAA alias without `dualstack.` lead to the IPv6 addresses of a load balancer?",
        "nobody knows; elbplan writes `dualstack.`, which is right in both cases",
        "nothing, as long as the prefix works; elbplan/kinds/record.py if it does not",
        alias_without_dualstack,
    ),
    Question(
        "disabled-region",
        "With which codes do EC2, ELB and ACM refuse a region that is not enabled?",
        "AuthFailure, InvalidClientTokenId, UnrecognizedClientException",
        "elbplan/live/errors.py: the hint; elbplan/sandbox/ec2/regions.py",
        disabled_region,
    ),
    Question(
        "concurrent-writes",
        "With which code does Parameter Store refuse simultaneous writes of one parameter?",
        "TooManyUpdates",
        "elbplan/run/lock/run_store.py: the codes after which the lock tries again",
        concurrent_writes,
    ),
)
