"""The settings of a load balancer in the words of the short form: addresses, attributes, capacity and pools. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import AwsId
from ..core.duration import duration_text
from ..kinds.aws.fixed_addresses import pins_by_subnet
from ..kinds.aws.load_balancer_attributes import LOGS, PROTECTION, SECONDARY_ADDRESSES, attribute_defaults
from ..kinds.load_balancer import LoadBalancer
from ..spec.expand.balancer_settings import ROUTING, WORDS
from .words import Words

SHORT = {key: word for word, key in WORDS.items()}
ZONES = {value: word for word, value in ROUTING.items()}
DURATIONS = ("idle_timeout", "keep_alive")
NUMBERS = ("secondary_addresses",)
KEY_OF_PIN = {
    "elastic_ip": "allocation",
    "private_address": "address",
    "ipv6_address": "ipv6_address",
    "source_nat_prefix": "source_nat_prefix",
}


def subnet_entries(balancer: LoadBalancer, letters: Mapping[AwsId, str]) -> list[Any]:
    """The entries of `network.subnets`: zones by letter, or ids; or maps with the addresses of the load balancer."""
    pins = pins_by_subnet(balancer.pins)
    entries: dict[str, Any] = {}
    for subnet in balancer.subnets:
        pin, name = pins.get(subnet), letters.get(subnet, str(subnet)) if isinstance(subnet, AwsId) else str(subnet)
        named = {word: str(getattr(pin, key)) for word, key in KEY_OF_PIN.items() if pin and getattr(pin, key)}
        entries[name] = {"subnet": name, **named} if named else name
    return [entries[name] for name in sorted(entries)]


def setting_words(balancer: LoadBalancer) -> Words:
    """Every setting that does not have AWS's default. Logs and deletion protection have keys of their own."""
    rules = balancer.enforce_security_group_inbound_rules_on_private_link_traffic
    words = {
        "attributes": _attribute_words(balancer),
        "capacity": balancer.minimum_capacity_units,
        "ipam_pool": balancer.ipv4_ipam_pool,
        "outpost_pool": balancer.customer_owned_ipv4_pool,
    }
    given: Words = {key: value for key, value in words.items() if value}
    return given | ({"private_link_rules": False} if rules == "off" else {})


def _attribute_words(balancer: LoadBalancer) -> Words:
    defaults = {SECONDARY_ADDRESSES: "0", **attribute_defaults(balancer.type, balancer.scheme)}
    words: Words = {}
    for key, value in sorted(balancer.attributes.items()):
        if key != PROTECTION and not key.startswith(LOGS) and defaults.get(key, value) != value:
            word = SHORT.get(key, key)
            words[word] = _value(word, value)
    return words


def _value(word: str, value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    if word in DURATIONS:
        return duration_text(int(value))
    return int(value) if word in NUMBERS else ZONES.get(value, value)
