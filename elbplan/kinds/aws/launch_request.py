"""The members of RunInstances that follow from the settings of a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .server_settings import METADATA, ServerSettings
from .server_volumes import block_device

OF_INTERFACE = {
    "Ipv6AddressCount": "Ipv6AddressCount",
    "Ipv6Addresses": "Ipv6Addresses",
    "EnablePrimaryIpv6": "PrimaryIpv6",
    "PrivateIpAddress": "PrivateIpAddress",
}
"""Members that AWS takes only without `NetworkInterfaces`, with their names inside of it."""


def settings_params(new: ServerSettings, root_device: str) -> dict[str, Any]:
    """The members beside image, type, network and tags; `root_device` is the name of the image's root device.

    Without a launch template, which may say otherwise, a server starts with IMDSv2 only.
    """
    params: dict[str, Any] = {key: value for key, value in new.options.items() if key != "NetworkInterfaces"}
    metadata = {member: getattr(new, name) for name, member in METADATA.items() if getattr(new, name) is not None}
    if not new.launch_template and metadata.get("HttpEndpoint") != "disabled":
        metadata = {"HttpTokens": "required", **metadata}
    if metadata:
        params["MetadataOptions"] = metadata
    if new.volumes:
        volumes = [block_device(volume, root_device) for volume in new.volumes]
        params["BlockDeviceMappings"] = [*volumes, *params.get("BlockDeviceMappings", ())]
    if new.monitoring is not None:
        params["Monitoring"] = {"Enabled": new.monitoring}
    if new.cpu_credits:
        params["CreditSpecification"] = {"CpuCredits": new.cpu_credits}
    if new.auto_recovery:
        params["MaintenanceOptions"] = {"AutoRecovery": new.auto_recovery}
    if new.instance_initiated_shutdown_behavior:
        params["InstanceInitiatedShutdownBehavior"] = new.instance_initiated_shutdown_behavior
    if new.disable_api_termination is not None:
        params["DisableApiTermination"] = new.disable_api_termination
    if new.disable_api_stop is not None:
        params["DisableApiStop"] = new.disable_api_stop
    return params | _market(new) | _template(new)


def _market(new: ServerSettings) -> dict[str, Any]:
    if not new.market:
        return {}
    price = {"MaxPrice": new.spot_max_price} if new.spot_max_price else {}
    return {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time", **price}}}


def _template(new: ServerSettings) -> dict[str, Any]:
    if new.launch_template is None:
        return {}
    name = new.launch_template.name
    key = "LaunchTemplateId" if name.startswith("lt-") else "LaunchTemplateName"
    return {"LaunchTemplate": {key: name, "Version": new.launch_template.version}}


def with_network(params: Mapping[str, Any], new: ServerSettings, subnet: str, groups: Sequence[str]) -> dict[str, Any]:
    """The request with subnet and security groups.

    AWS takes them at the top, or in the first network interface if the request has one.
    """
    interfaces = list(new.options.get("NetworkInterfaces", ()))
    if new.associate_public_ip_address is None and not interfaces:
        return {**params, "SubnetId": subnet} | ({"SecurityGroupIds": list(groups)} if groups else {})
    given: Mapping[str, Any] = next((interface for interface in interfaces if not interface.get("DeviceIndex")), {})
    others = [interface for interface in interfaces if interface is not given]
    first = {"DeviceIndex": 0, **given}
    if "NetworkInterfaceId" not in first:
        first = {"SubnetId": subnet} | ({"Groups": list(groups)} if groups else {}) | first
    if new.associate_public_ip_address is not None:
        first["AssociatePublicIpAddress"] = new.associate_public_ip_address
    first |= {inner: params[outer] for outer, inner in OF_INTERFACE.items() if outer in params}
    rest = {key: value for key, value in params.items() if key not in OF_INTERFACE}
    return {**rest, "NetworkInterfaces": [first, *others]}
