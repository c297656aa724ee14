"""`adopt:` of a spec: resources that exist, by the address that they get in the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..core.address import Address
from ..kinds.aws.expiry import DURATION
from .messages import shown_value
from .report import ProblemReport
from .short.document import Short

ARN = r"arn:aws[\w-]*:{}:[a-z0-9-]+:\d{{12}}:{}"
FORMS = {
    "load_balancer": ARN.format("elasticloadbalancing", r"loadbalancer/(app|net|gwy)/[\w-]+/[0-9a-f]+"),
    "security_group": r"sg-[0-9a-f]+",
    "target_group": ARN.format("elasticloadbalancing", r"targetgroup/[\w-]+/[0-9a-f]+"),
    "certificate": ARN.format("acm", r"certificate/[\w-]+"),
    "listener": ARN.format("elasticloadbalancing", r"listener/(app|net|gwy)/[\w-]+/[0-9a-f]+/[0-9a-f]+"),
    "trust_store": ARN.format("elasticloadbalancing", r"truststore/[\w-]+/[0-9a-f]+"),
    "rule": ARN.format("elasticloadbalancing", r"listener-rule/app/[\w-]+/[0-9a-f]+/[0-9a-f]+/[0-9a-f]+"),
}
"""The form of the AWS id of each kind that can be adopted."""

FOLLOWERS = {
    "targets": "their target group",
    "auto_scaling_attachment": "its target group",
    "record": "the load balancer that it points at",
    "web_acl_association": "its load balancer",
    "shield_protection": "its load balancer",
}
"""Kinds that have no id of their own in `adopt:`, and what they follow."""


def adopted(short: Short) -> dict[Address, str]:
    """The AWS ids by address; without the lines that `check_adopt` reports."""
    return {address: id for key, id in (short.adopt or {}).items() if (address := _address(key))}


def check_adopt(short: Short, report: ProblemReport) -> None:
    """Adds a problem for each line that is no address, or names an id of another form.

    The address may be none of the stack's: after the adoption, a resource can leave the spec and its line stay.
    """
    seen: dict[str, str] = {}
    for key, id in (short.adopt or {}).items():
        for what, hint, of_key in _problems(key, id, seen):
            report.at(("adopt", key), what, hint, key=of_key)
        seen.setdefault(id, key)
    if short.adopt and DURATION.fullmatch(short.expires or ""):
        what = f"expires: {short.expires} counts from the creation of the oldest resource, and adopt: names older ones"
        report.at(("expires",), what, "write the moment, like 2026-12-01T18:00Z: else the stack may expire at once")


def _problems(key: str, id: str, seen: dict[str, str]) -> Iterator[tuple[str, str, bool]]:
    address = _address(key)
    if address is None:
        yield f"{shown_value(key)} is not an address", "write KIND.NAME, like target_group.web", True
    elif address.kind in FOLLOWERS:
        yield f"{address} needs no line in adopt:", f"remove it: elbplan adopts it with {FOLLOWERS[address.kind]}", True
    elif address.kind not in FORMS:
        yield f"elbplan cannot adopt {address}", f"it adopts: {', '.join(FORMS)}", True
    elif not re.fullmatch(FORMS[address.kind], id, re.ASCII):
        form = "its id, like sg-0abc1234def567890" if address.kind == "security_group" else "its ARN"
        yield f"{shown_value(id)} is not the AWS id of a {address.kind.replace('_', ' ')}", f"write {form}", False
    elif id in seen:
        yield f"{seen[id]} already adopts {id}", "keep one of the two lines", False


def _address(key: str) -> Address | None:
    """The address of a key; None if it is none."""
    kind, dot, name = key.partition(".")
    return Address(kind, name) if dot and kind and name else None
