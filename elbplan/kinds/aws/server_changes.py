"""The calls that change the settings of an existing server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.call import Call
from .ownership import tag, untag
from .server_details import SETTINGS, settings_tags
from .server_settings import METADATA, ServerSettings
from .server_volumes import termination_changes, volume_changes

ATTRIBUTES = {
    "disable_api_termination": "DisableApiTermination",
    "disable_api_stop": "DisableApiStop",
    "instance_initiated_shutdown_behavior": "InstanceInitiatedShutdownBehavior",
}
"""Members of ModifyInstanceAttribute. AWS takes one in each call."""


def setting_changes(before: ServerSettings, after: ServerSettings, id: str, facts: Mapping[str, str]) -> Iterator[Call]:
    """The calls from one server to the other. The tag with the settings' names comes last."""
    yield from _metadata(before, after, id)
    for name, member in ATTRIBUTES.items():
        value = getattr(after, name)
        if value is not None and value != getattr(before, name):
            yield Call("ec2", "ModifyInstanceAttribute", {"InstanceId": id, member: {"Value": value}})
    yield from _monitoring(before, after, id)
    if after.cpu_credits and after.cpu_credits != before.cpu_credits:
        credits = [{"InstanceId": id, "CpuCredits": after.cpu_credits}]
        yield Call("ec2", "ModifyInstanceCreditSpecification", {"InstanceCreditSpecifications": credits})
    if after.auto_recovery and after.auto_recovery != before.auto_recovery:
        params = {"InstanceId": id, "AutoRecovery": after.auto_recovery}
        yield Call("ec2", "ModifyInstanceMaintenanceOptions", params)
    yield from _public_address(before, after, facts)
    if after.volumes and before.volumes:
        yield from volume_changes(before.volumes, after.volumes, _volume_ids(facts))
        yield from termination_changes(before.volumes, after.volumes, id, facts.get("root", ""))
    if before.settings != after.settings:
        yield tag(id, settings_tags(after)) if after.settings else untag(id, [SETTINGS])


def _metadata(before: ServerSettings, after: ServerSettings, id: str) -> Iterator[Call]:
    new = {name: getattr(after, name) for name in METADATA}
    changed = {METADATA[name]: v for name, v in new.items() if v is not None and v != getattr(before, name)}
    if changed:
        yield Call("ec2", "ModifyInstanceMetadataOptions", {"InstanceId": id, **changed})


def _monitoring(before: ServerSettings, after: ServerSettings, id: str) -> Iterator[Call]:
    if after.monitoring is not None and after.monitoring != before.monitoring:
        yield Call("ec2", "MonitorInstances" if after.monitoring else "UnmonitorInstances", {"InstanceIds": [id]})


def _public_address(before: ServerSettings, after: ServerSettings, facts: Mapping[str, str]) -> Iterator[Call]:
    wanted = after.associate_public_ip_address
    if wanted is not None and wanted != before.associate_public_ip_address and facts.get("interface"):
        params: dict[str, Any] = {"NetworkInterfaceId": facts["interface"], "AssociatePublicIpAddress": wanted}
        yield Call("ec2", "ModifyNetworkInterfaceAttribute", params)


def _volume_ids(facts: Mapping[str, str]) -> dict[str, str]:
    return {fact.removeprefix("volume:"): id for fact, id in facts.items() if fact.startswith("volume:")}
