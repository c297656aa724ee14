"""Expands the settings of servers to the fields of the long form."""

from __future__ import annotations

from typing import Any

from ..short.server_settings import Placement, ServerSettings
from ..yaml.tree import YamlPath

PLACES: dict[YamlPath, YamlPath] = {
    ("http_tokens",): ("imdsv2",),
    ("http_put_response_hop_limit",): ("metadata", "hop_limit"),
    ("http_endpoint",): ("metadata", "enabled"),
    ("http_protocol_ipv6",): ("metadata", "ipv6"),
    ("instance_metadata_tags",): ("metadata", "tags"),
    ("volumes",): ("volumes",),
    ("associate_public_ip_address",): ("public_address",),
    ("market",): ("spot",),
    ("spot_max_price",): ("spot", "max_price"),
    ("disable_api_termination",): ("termination_protection",),
    ("disable_api_stop",): ("stop_protection",),
    ("instance_initiated_shutdown_behavior",): ("on_shutdown",),
}
"""Where a server has the fields whose names differ."""


def setting_fields(server: ServerSettings) -> dict[str, Any]:
    """The fields of the instance; None for what the spec leaves open."""
    spot = server.spot if server.spot and server.spot.use else None
    template = server.launch_template
    return {
        "http_tokens": server.imdsv2,
        **_metadata(server),
        "volumes": _volumes(server),
        "associate_public_ip_address": server.public_address,
        "market": "spot" if spot else None,
        "spot_max_price": spot.max_price if spot else None,
        "launch_template": {"name": template.name, "version": template.version} if template else None,
        "disable_api_termination": server.termination_protection,
        "disable_api_stop": server.stop_protection,
        "instance_initiated_shutdown_behavior": server.on_shutdown,
        "monitoring": server.monitoring,
        "auto_recovery": {True: "default", False: "disabled", None: None}[server.auto_recovery],
        "cpu_credits": server.cpu_credits,
        "options": _options(server) or None,
    }


def _metadata(server: ServerSettings) -> dict[str, Any]:
    given = server.metadata
    words = {True: "enabled", False: "disabled", None: None}
    if given is None:
        return {}
    return {
        "http_endpoint": words[given.enabled],
        "http_put_response_hop_limit": given.hop_limit,
        "http_protocol_ipv6": words[given.ipv6],
        "instance_metadata_tags": words[given.tags],
    }


def _volumes(server: ServerSettings) -> list[dict[str, Any]] | None:
    if server.volumes is None:
        return None
    volumes = []
    for device, volume in server.volumes.items():
        given = {name: value for name, value in volume.model_dump(exclude={"keep"}).items() if value is not None}
        volumes.append({"device": device, **given} | ({"delete_on_termination": False} if volume.keep else {}))
    return volumes


def _options(server: ServerSettings) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if server.placement:
        options["Placement"] = _placement(server.placement)
    if server.cpu:
        options["CpuOptions"] = {"CoreCount": server.cpu.cores, "ThreadsPerCore": server.cpu.threads}
    if server.capacity_reservation:
        options["CapacityReservationSpecification"] = _reservation(server.capacity_reservation)
    if server.ipv6_addresses:
        options["Ipv6AddressCount"] = server.ipv6_addresses
    if server.hibernation is not None:
        options["HibernationOptions"] = {"Configured": server.hibernation}
    if server.enclave is not None:
        options["EnclaveOptions"] = {"Enabled": server.enclave}
    return options | dict(server.options or {})


def _placement(placement: Placement) -> dict[str, Any]:
    group = placement.group or ""
    members = {
        "Tenancy": placement.tenancy,
        "GroupId" if group.startswith("pg-") else "GroupName": placement.group,
        "PartitionNumber": placement.partition,
        "HostId": placement.host,
        "HostResourceGroupArn": placement.host_group,
        "Affinity": placement.affinity,
    }
    return {member: value for member, value in members.items() if value is not None}


def _reservation(text: str) -> dict[str, Any]:
    if text.startswith("cr-"):
        return {"CapacityReservationTarget": {"CapacityReservationId": text}}
    if text.startswith("arn:"):
        return {"CapacityReservationTarget": {"CapacityReservationResourceGroupArn": text}}
    return {"CapacityReservationPreference": "capacity-reservations-only" if text == "only" else text}


def setting_places(server: ServerSettings, path: YamlPath) -> dict[YamlPath, YamlPath]:
    """The places of the fields in the document, for servers at this path."""
    volumes = {("volumes", i): (*path, "volumes", device) for i, device in enumerate(server.volumes or ())}
    return {field: (*path, *place) for field, place in PLACES.items()} | volumes
