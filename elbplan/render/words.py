"""Resources as a person says them: `target group web (old)` for `target_group.web@old`."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from ..core.address import Address
from ..core.plan import Plan
from ..kinds import KINDS
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.elastic_ip import ElasticIp
from ..kinds.instance import Instance
from ..kinds.route53_health_check import Route53HealthCheck
from ..kinds.shield_protection import ShieldProtection
from ..kinds.web_acl_association import WebAclAssociation

TITLES = {
    ElasticIp.kind: "Elastic IP",
    WebAclAssociation.kind: "web ACL",
    AutoScalingAttachment.kind: "attachment",
    ShieldProtection.kind: "Shield protection",
    Route53HealthCheck.kind: "Route 53 check",
}
"""The kinds whose name is not their title."""


def title_of(kind: str) -> str:
    """Returns `target group`."""
    return TITLES.get(kind, KINDS[kind].title)


def name_in_words(address: Address) -> str:
    """Returns `web`, or `web (old)` for the old side of a replacement."""
    return f"{address.name} (old)" if address.deposed else address.name


def in_words(address: Address) -> str:
    """Returns `target group web (old)`."""
    return f"{title_of(address.kind)} {name_in_words(address)}"


def wording(plan: Plan) -> Callable[[str], str]:
    """Returns a function that replaces the plan's addresses in a text by words."""
    return words_for(
        {*plan.lives, *plan.desired, *(step.address for step in plan.steps), *(c.address for c in plan.changes)}
    )


def words_for(addresses: Iterable[Address]) -> Callable[[str], str]:
    """Returns a function that replaces these addresses in a text by words; for a server `web-1 (i-0abc)`."""
    places = {str(address): address for address in addresses}
    if not places:
        return lambda text: text
    longest_first = sorted(places, key=len, reverse=True)
    found = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w@-]|\.\w)( \(i-)?")
    return lambda text: found.sub(lambda match: _words(places[match[1]], match[2] or ""), text)


KNOWN = re.compile(rf"(?<![\w.-])(?:{'|'.join(KINDS)})\.[\w*-]+(?:@\w+)?(?![\w@-]|\.\w)")


def address_words(text: str) -> str:
    """Returns a text with words for every address of a known kind, where no plan tells which resources there are."""
    return KNOWN.sub(lambda match: in_words(Address.parse(match[0])), text)


def serving_name(address: Address, lives: Container[Address]) -> str:
    """Returns the name of a live resource: an old side is `web`, and `web (old)` only beside the new one."""
    return name_in_words(address) if address._replace(deposed="") in lives else address.name


def _words(address: Address, id: str) -> str:
    """The words for an address, before the beginning of an id if one follows. A server with its id needs no kind."""
    named = id and address.kind == Instance.kind
    return (name_in_words(address) if named else in_words(address)) + id
