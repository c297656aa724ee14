"""What other services attach to a load balancer: a web ACL, protections of Shield Advanced, and reserved capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.call import Answer, Call, ReadProgram
from ..kinds.aws import shield_calls as shield
from ..kinds.aws.capacity_reservation import reserved_units
from ..kinds.aws.ownership import owner_in_tags, tag_mapping
from ..kinds.aws.web_acls import web_acl_of
from .source import NotImported
from .unread import readable, spared, unread

PERMISSIONS = (
    "elasticloadbalancing:DescribeCapacityReservation",
    "shield:DescribeProtection",
    "shield:ListTagsForResource",
    "wafv2:GetWebACLForResource",
)


@dataclass(frozen=True)
class Protection:
    """A protection of Shield Advanced: of the load balancer, or of an Elastic IP of it.

    settings   what it does beside the protection, and no spec can say
    """

    name: str
    elastic_ip: str
    tags: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[str, ...] = ()

    @property
    def user_tags(self) -> dict[str, str]:
        """The tags of people."""
        return {key: value for key, value in sorted(self.tags.items()) if not key.startswith(("aws:", "elbplan:"))}


@dataclass(frozen=True)
class Associations:
    """The web ACL, the protections and the reserved capacity units; empty and 0 for none, or if AWS does not tell.

    is_managed  whether Firewall Manager made the web ACL, and associates it again after every change
    unread      what AWS did not let elbplan read
    """

    web_acl: str = ""
    web_acl_arn: str = ""
    is_managed: bool = False
    protections: tuple[Protection, ...] = ()
    capacity_units: int = 0
    unread: tuple[NotImported, ...] = ()

    @property
    def own_protections(self) -> tuple[Protection, ...]:
        """The protections that can become a stack's: those of no other stack of elbplan."""
        return tuple(protection for protection in self.protections if owner_in_tags(protection.tags) is None)


def read_associations(balancer: Mapping[str, Any]) -> ReadProgram[Associations]:
    """Reads all of it in two rounds. A denial is noted, and no problem.

    Only application load balancers have a web ACL; of a network load balancer, Shield protects the Elastic IPs:
    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-ec2-nlb.html
    """
    arn, type = balancer["LoadBalancerArn"], balancer.get("Type")
    words = (shield.BALANCER,) if type == "application" else shield.allocations_of(balancer)
    asks = {"reserved capacity": Call("elbv2", "DescribeCapacityReservation", {"LoadBalancerArn": arn})}
    asks |= {"web ACL of AWS WAF": web_acl_of(arn, needed=False)} if type == "application" else {}
    asks |= {
        f"protection of {word} by Shield Advanced": shield.describe(shield.Place.of("", arn, word).arn, needed=False)
        for word in words
    }
    asks = {what: spared(call) for what, call in asks.items()}
    answers = dict(zip(asks, (yield list(asks.values())), strict=True))
    reserved, *others = map(readable, answers.values())
    acl = (others.pop(0).get("WebACL") or {}) if type == "application" else {}
    protections = yield from _protections(words, others)
    return Associations(
        web_acl=acl.get("Name") or "",
        web_acl_arn=acl.get("ARN") or "",
        is_managed=bool(acl.get("ManagedByFirewallManager")),
        protections=protections,
        capacity_units=reserved_units(reserved),
        unread=tuple(unread((what, asks[what], answer) for what, answer in answers.items())),
    )


def _protections(words: Sequence[str], answers: Sequence[Answer]) -> ReadProgram[tuple[Protection, ...]]:
    """The protections in these answers, which are about these places, with their tags."""
    held = [(word, answer["Protection"]) for word, answer in zip(words, answers, strict=True) if "Protection" in answer]
    calls = [spared(shield.tags_of(raw["ProtectionArn"])) for _, raw in held]
    listed = (yield calls) if calls else []
    return tuple(
        Protection(
            raw.get("Name") or raw["Id"],
            "" if word == shield.BALANCER else word,
            tag_mapping(readable(tags).get("Tags")),
            tuple(_settings(raw)),
        )
        for (word, raw), tags in zip(held, listed, strict=True)
    )


def _settings(raw: Mapping[str, Any]) -> Iterator[str]:
    """What a protection does beside protecting.

    https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_Protection.html
    """
    if checks := raw.get("HealthCheckIds"):
        yield f"health checks {', '.join(checks)} (HealthCheckIds)"
    if (raw.get("ApplicationLayerAutomaticResponseConfiguration") or {}).get("Status") == "ENABLED":
        yield "automatic response at the application layer (ApplicationLayerAutomaticResponseConfiguration)"
