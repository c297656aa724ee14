"""Decides what around a load balancer becomes the stack's, and what stays a stranger that the spec only names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from ..errors import Refused, UsageProblem
from ..kinds.aws.ownership import owner_in_tags
from .source import NotImported
from .survey import Survey, forwarded_groups

BALANCER = Address("load_balancer", "main")
LONGEST_NAME = 24
"""The largest number of characters of a name in the short form."""


@dataclass
class Claims:
    """The AWS ids of what becomes the stack's, by address; and what stays a stranger, with the reason."""

    ids: dict[Address, str] = field(default_factory=dict)
    strangers: list[NotImported] = field(default_factory=list)

    def leave(self, what: str, why: str) -> None:
        """Notes a stranger."""
        self.strangers.append(NotImported(what, why))


def claims_of(seen: Survey) -> Claims:
    """What becomes the stack's. Raises Refused if the load balancer belongs to a stack of elbplan."""
    if owner := owner_in_tags(seen.tags.get(seen.arn, {})):
        what = f"{seen.balancer['LoadBalancerName']} belongs to {owner}"
        raise Refused(what, hint=f"its spec has it already: elbplan status shows the stack `{owner.stack}`")
    claims = Claims({BALANCER: seen.arn})
    _security_groups(seen, claims)
    _certificates(seen, claims)
    _groups(seen, claims)
    _listeners(seen, claims)
    return claims


def _other_stack(seen: Survey, id: str, what: str, claims: Claims) -> bool:
    """True for a resource of a stack of elbplan, which the claims then note."""
    owner = owner_in_tags(seen.tags.get(id, {}))
    if owner:
        claims.leave(what, f"it belongs to {owner}")
    return owner is not None


def _security_groups(seen: Survey, claims: Claims) -> None:
    own = []
    for id, raw in sorted(seen.security_groups.items()):
        what = f"security group {raw['GroupName']} ({id})"
        if _other_stack(seen, id, what, claims):
            continue
        if why := _use_of_security_group(seen, id):
            claims.leave(what, f"{why}, so the spec only names it")
        else:
            own.append((id, raw))
    names = _names([raw["GroupName"] for _, raw in own], "group")
    for number, (id, _) in enumerate(own):
        claims.ids[Address("security_group", "lb" if number == 0 else names[number])] = id


def _use_of_security_group(seen: Survey, id: str) -> str:
    """Who uses the group besides the load balancer; "" if nobody does."""
    raw = seen.security_groups[id]
    if raw["GroupName"] == "default":
        return "it is the default group of its VPC"
    own = f"ELB {seen.arn.partition('loadbalancer/')[2]}"
    others = [i["NetworkInterfaceId"] for i in seen.interfaces.get(id, ()) if i.get("Description") != own]
    if others:
        return f"other network interfaces use it ({_some(others)})"
    if referring := seen.referring.get(id):
        return f"rules of other security groups refer to it ({_some(referring)})"
    return ""


def _some(ids: Iterable[str]) -> str:
    names = sorted(set(ids))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _certificates(seen: Survey, claims: Claims) -> None:
    used = list(dict.fromkeys(arn for arns in seen.certificates.values() for arn in arns))
    own = []
    for arn in used:
        raw = seen.described.get(arn)
        what = f"certificate {raw['DomainName'] if raw else arn.rpartition('/')[2]} ({arn})"
        if raw is not None and _other_stack(seen, arn, what, claims):
            continue
        if why := _use_of_certificate(seen, raw) or _unread_records(seen):
            claims.leave(what, f"{why}, so the spec only names it")
        elif raw is not None:
            own.append((arn, raw))
    for number, (arn, raw) in enumerate(own):
        name = min([raw["DomainName"], *(raw.get("SubjectAlternativeNames") or ())]).replace("*", "wildcard", 1)
        same = sum(address.name.startswith(name) for address in claims.ids if address.kind == "certificate")
        claims.ids[Address("certificate", "main" if number == 0 else f"{name}-{same + 1}" if same else name)] = arn


def _use_of_certificate(seen: Survey, raw: Mapping[str, Any] | None) -> str:
    """Why the certificate is not only this load balancer's, or not one that elbplan can request; "" if it is."""
    if raw is None:
        return "it is not a certificate of ACM"
    if raw.get("Type") == "IMPORTED":
        return "it was imported into ACM, which never returns its private key"
    if raw.get("RootHierarchyType"):
        return f"it chains to another root of Amazon ({raw['RootHierarchyType']})"
    if raw.get("Status") != "ISSUED":
        return f"its status is {raw.get('Status')}"
    if others := [arn for arn in raw.get("InUseBy") or () if arn != seen.arn]:
        return f"others use it ({_some(others)})"
    if any(option.get("ValidationMethod") == "HTTP" for option in raw.get("DomainValidationOptions") or ()):
        return "it is validated by HTTP"
    return ""


def _unread_records(seen: Survey) -> str:
    """Why the validation records of a certificate cannot be managed; "" if they can."""
    return "" if seen.has_records else "AWS does not let elbplan read its validation records"


def _groups(seen: Survey, claims: Claims) -> None:
    used = [arn for arn in dict.fromkeys(forwarded_groups(seen)) if arn in seen.groups]
    own = [
        arn
        for arn in used
        if not _other_stack(seen, arn, f"target group {seen.groups[arn]['TargetGroupName']}", claims)
    ]
    names = _names([_without_tail(seen.groups[arn]["TargetGroupName"]) for arn in own], "group")
    for number, arn in enumerate(own):
        claims.ids[Address("target_group", "web" if len(own) == 1 else names[number])] = arn


def _without_tail(name: str) -> str:
    """`shop` for `shop-tg`: a target group need not say what it is."""
    return re.sub(r"[-_]?(tg|target-?group)$", "", name, flags=re.IGNORECASE) or name


def _listeners(seen: Survey, claims: Claims) -> None:
    for arn, raw in seen.listeners.items():
        port = raw.get("Port")
        if _other_stack(seen, arn, f"listener {port}/{raw.get('Protocol')}", claims):
            continue
        name = str(port) if port else "main"
        claims.ids[Address("listener", name)] = arn
        rules = [rule for rule in seen.rules[arn] if not _other_stack(seen, rule["RuleArn"], _rule(rule, name), claims)]
        for rule, label in zip(rules, _rule_names(seen, rules), strict=True):
            claims.ids[Address("rule", f"{name}-{label}")] = rule["RuleArn"]


def _rule(raw: Mapping[str, Any], listener: str) -> str:
    return f"rule {raw['Priority']} of listener {listener}"


def _rule_names(seen: Survey, rules: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The name in the tag `Name`, as the console writes it; else `r1`, `r2`... by the position."""
    taken: set[str] = set()
    for number, rule in enumerate(rules, 1):
        name = slug(seen.tags.get(rule["RuleArn"], {}).get("Name", ""), 60)
        if not name or name in taken or re.fullmatch(r"r\d+.*", name):
            name = f"r{number}"
        taken.add(name)
        yield name


def slug(text: str, longest: int = LONGEST_NAME) -> str:
    """The text as a name of the short form: `Web Servers` is `web-servers`; "" if nothing is left."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    plain = plain if plain[:1].isalpha() else re.sub(r"^[^a-z]+", "", plain)
    return plain[:longest].rstrip("-")


def stack_name(name: str) -> str:
    """The name of a stack for a load balancer of this name. Raises UsageProblem if it has no letter."""
    if made := slug(name):
        return made
    raise UsageProblem(f"{name!r} cannot be the name of a stack", hint="choose one: --stack NAME")


def _names(texts: Iterable[str], otherwise: str) -> list[str]:
    """A name for each text; no two are equal."""
    names: list[str] = []
    for text in texts:
        base = slug(text) or otherwise
        name, number = base, 1
        while name in names:
            number += 1
            name = f"{base[: LONGEST_NAME - 3]}-{number}"
        names.append(name)
    return names
