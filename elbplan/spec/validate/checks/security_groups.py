"""Checks security groups: names, texts, protocols, and how many a load balancer can have.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html (GroupName, GroupDescription)
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html (IpProtocol)
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html (Description)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.ingress_rules import IngressRule
from ....kinds.security_group import SecurityGroup
from .subject import Subject

TEXT = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*", re.ASCII)
LEGAL = "use letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "all")
MOST_GROUPS = 16
"""The largest quota of security groups for a network interface; AWS's default is 5.

https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
"""


def check(subject: Subject) -> None:
    """Reports what AWS refuses of security groups."""
    for address, group in subject.of("security_group"):
        _group(subject, address, group)
    for address, balancer in subject.of("load_balancer"):
        count = len(balancer.security_groups or ())
        if count > MOST_GROUPS:
            what = f"{count} security groups are too many"
            subject.problem(address, ("security_groups",), what, f"AWS allows at most {MOST_GROUPS}")


def _group(subject: Subject, address: Address, group: SecurityGroup) -> None:
    if group.name and group.name.lower().startswith("sg-"):
        what = 'the name of a security group cannot start with "sg-"'
        subject.problem(address, ("name",), what, "use another name, or remove the line")
    for field in ("name", "description"):
        if not TEXT.fullmatch(text := getattr(group, field) or ""):
            what = f"the {field} of a security group cannot have {_first_wrong(text)}"
            subject.problem(address, (field,), what, LEGAL, near=text)
    for field, rules in (("ingress", group.ingress), ("egress", group.egress or ())):
        for rule in rules:
            for what, hint, near in _rule(rule):
                subject.problem(address, (field,), what, hint, near=near)


def _rule(rule: IngressRule) -> Iterator[tuple[str, str, str]]:
    protocol, description = rule.protocol, rule.description or ""
    if protocol not in PROTOCOLS and not (protocol.isascii() and protocol.isdigit() and int(protocol[:9]) <= 255):
        hint = f"write {', '.join(PROTOCOLS)}, or a number from 0 to 255"
        yield f'"{protocol}" is not a protocol', hint, protocol
    if not TEXT.fullmatch(description):
        yield f"the description of a rule cannot have {_first_wrong(description)}", LEGAL, description


def _first_wrong(text: str) -> str:
    return repr(next(character for character in text if not TEXT.fullmatch(character)))
