"""Expands the addresses, attributes and reservations of the load balancer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...core.address import Address, Points, Ref
from ...core.suggest import did_you_mean
from ..short.balancer_settings import ShortAttributes, given_attributes
from ..short.network import ShortSubnet
from ..values import as_text
from ..yaml.tree import YamlPath
from .context import ExpandContext, PlacedListener, by_name

WORDS = {
    "idle_timeout": "idle_timeout.timeout_seconds",
    "keep_alive": "client_keep_alive.seconds",
    "http2": "routing.http2.enabled",
    "desync": "routing.http.desync_mitigation_mode",
    "drop_invalid_headers": "routing.http.drop_invalid_header_fields.enabled",
    "preserve_host": "routing.http.preserve_host_header.enabled",
    "client_port": "routing.http.xff_client_port.enabled",
    "forwarded_for": "routing.http.xff_header_processing.mode",
    "tls_headers": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "waf_fail_open": "waf.fail_open.enabled",
    "cross_zone": "load_balancing.cross_zone.enabled",
    "client_routing": "dns_record.client_routing_policy",
    "secondary_addresses": "secondary_ips.auto_assigned.per_subnet",
    "zonal_shift": "zonal_shift.config.enabled",
}
"""AWS's keys of the short words."""

ROUTING = {
    "any": "any_availability_zone",
    "partial": "partial_availability_zone_affinity",
    "zone": "availability_zone_affinity",
}
UDP = ("UDP", "TCP_UDP")
PINS: YamlPath = ("network", "subnets")

Places = dict[YamlPath, YamlPath]


def settings_of(context: ExpandContext, listeners: Sequence[PlacedListener]) -> tuple[dict[str, Any], Places]:
    """The fields of the load balancer that these settings give, and their places. Adds the stack's own Elastic IPs."""
    short = context.short
    rules = short.private_link_rules
    fields = {
        "pins": tuple(_pins(context)) or None,
        "enable_prefix_for_ipv6_source_nat": "on" if _needs_source_nat(context, listeners) else None,
        "enforce_security_group_inbound_rules_on_private_link_traffic": _switch(rules),
        "ipv4_ipam_pool": short.ipam_pool,
        "customer_owned_ipv4_pool": short.outpost_pool,
        "minimum_capacity_units": short.capacity,
    }
    places: Places = {
        ("pins",): PINS,
        ("enable_prefix_for_ipv6_source_nat",): PINS,
        ("enforce_security_group_inbound_rules_on_private_link_traffic",): ("private_link_rules",),
        ("ipv4_ipam_pool",): ("ipam_pool",),
        ("customer_owned_ipv4_pool",): ("outpost_pool",),
        ("minimum_capacity_units",): ("capacity",),
    }
    return fields, places


def _switch(value: bool | None) -> str | None:
    return None if value is None else "on" if value else "off"


def _entries(context: ExpandContext) -> list[ShortSubnet]:
    network = context.short.network
    return network.subnets or [] if network else []


def _pins(context: ExpandContext) -> Iterator[dict[str, Any]]:
    for index, entry in enumerate(_entries(context)):
        pin = {
            "allocation": _allocation(context, entry, (*PINS, index)),
            "address": entry.private_address,
            "ipv6_address": entry.ipv6_address,
            "source_nat_prefix": entry.source_nat_prefix,
        }
        given = {key: value for key, value in pin.items() if value is not None}
        if given:
            yield {"subnet": by_name("subnet", entry.subnet), **given}


def _allocation(context: ExpandContext, entry: ShortSubnet, path: YamlPath) -> Any:
    """The Elastic IP of an entry; adds one that the stack owns."""
    ref = elastic_ip_of(entry)
    if isinstance(ref, Address):
        context.add(ref, {}, (*path, "elastic_ip"))
    return ref


def elastic_ip_of(entry: ShortSubnet) -> Ref | None:
    """The Elastic IP of an entry. One that the stack owns has the name of its subnet, so it survives another order.

    `lb-a` would look like the id of a load balancer.
    """
    if entry.elastic_ip in (None, False):
        return None
    if entry.elastic_ip is not True:
        return Points("elastic_ip").parse(str(entry.elastic_ip))
    return Address("elastic_ip", f"lb-in-{subnet_label(entry)}")


def subnet_label(entry: ShortSubnet) -> str:
    """The subnet of an entry as a part of names."""
    return re.sub("[^A-Za-z0-9._-]", "-", entry.subnet)[:100]


def _needs_source_nat(context: ExpandContext, listeners: Sequence[PlacedListener]) -> bool:
    """True if the spec names a prefix, or if a dualstack load balancer listens for UDP, which needs one."""
    short = context.short
    udp = any(listener.protocol in UDP for listener in listeners)
    named = any(entry.source_nat_prefix for entry in _entries(context))
    return named or (short.type == "network" and short.ip == "dualstack" and udp)


def attributes_of(context: ExpandContext) -> tuple[dict[str, Any], Places]:
    """The attributes by AWS's keys, and their places. Reports words that nobody knows, and keys that are set twice."""
    given = given_attributes(context.short.attributes)
    known = [*ShortAttributes.model_fields]
    attributes: dict[str, Any] = {}
    places: Places = {}
    for word, value in given.items():
        path = ("attributes", word)
        key = WORDS.get(word, word)
        if word not in WORDS and "." not in word:
            context.report.at(path, f'unknown key "{word}" in attributes', did_you_mean(word, known), key=True)
        elif key in attributes:
            other = places["attributes", key][-1]
            context.report.at(path, f"{other} and {word} set the same attribute", "keep one of them", key=True)
        else:
            attributes[key] = ROUTING[value] if word == "client_routing" else value
            places["attributes", key] = path
    return as_text(attributes), places
