"""What elbplan reads of its servers beside DescribeInstances: only what a spec, or an earlier spec, gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.call import Answer, Ask, Call
from .ownership import unpack
from .server_settings import METADATA, LaunchTemplate, ServerSettings
from .server_volumes import ROOT, live_volumes, volume_id

SETTINGS = "elbplan:settings"
"""The tag with the names of the settings that the spec gives."""
LAUNCH = "elbplan:launch"
"""The tag with what the launch was told and AWS does not return: `price=0.05 template=web:3 options=sha256:...`."""

ATTRIBUTES = {
    "disable_api_termination": ("disableApiTermination", "DisableApiTermination"),
    "disable_api_stop": ("disableApiStop", "DisableApiStop"),
    "instance_initiated_shutdown_behavior": ("instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"),
}
MOST_VALUES = 200
"""The most values of a filter: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""


def settings_tags(server: ServerSettings) -> dict[str, str]:
    """The tag that names the server's settings; no tag without settings."""
    return {SETTINGS: " ".join(server.settings)} if server.settings else {}


def launch_tags(server: ServerSettings) -> dict[str, str]:
    """The tags that a launch writes about itself."""
    template = server.launch_template
    words = {
        "price": server.spot_max_price,
        "template": f"{template.name}:{template.version}" if template else None,
        "options": server.options_digest,
    }
    text = " ".join(f"{key}={value}" for key, value in words.items() if value)
    return settings_tags(server) | ({LAUNCH: text} if text else {})


@dataclass(frozen=True)
class Details:
    """Answers of AWS about servers: attributes by instance and field, credits by instance, volumes by id."""

    attributes: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    credits: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


NO_DETAILS = Details()


def detail_asks(wanted: Mapping[str, Collection[str]]) -> list[Ask]:
    """The calls for the settings of each instance, by its id."""
    asks: list[Ask] = []
    for instance, names in wanted.items():
        asks += [_attribute(instance, attribute) for name, (attribute, _) in ATTRIBUTES.items() if name in names]
    asks += _filtered("DescribeInstanceCreditSpecifications", "instance-id", wanted, "cpu_credits")
    asks += _filtered("DescribeVolumes", "attachment.instance-id", wanted, "volumes")
    return asks


def _attribute(instance: str, attribute: str) -> Call:
    params = {"InstanceId": instance, "Attribute": attribute}
    gone = ("InvalidInstanceID.NotFound",)
    return Call("ec2", "DescribeInstanceAttribute", params, done_if=gone, may_be_denied=attribute.startswith("disable"))


def _filtered(operation: str, filter: str, wanted: Mapping[str, Collection[str]], name: str) -> list[Call]:
    ids = sorted(instance for instance, names in wanted.items() if name in names)
    chunks = [ids[start : start + MOST_VALUES] for start in range(0, len(ids), MOST_VALUES)]
    return [Call("ec2", operation, {"Filters": [{"Name": filter, "Values": chunk}]}) for chunk in chunks]


def details_of(asks: Sequence[Ask], answers: Sequence[Answer]) -> Details:
    """The details in these answers."""
    attributes: dict[tuple[str, str], Any] = {}
    credits: dict[str, str] = {}
    volumes: dict[str, Mapping[str, Any]] = {}
    for ask, answer in zip(asks, answers, strict=True):
        assert isinstance(ask, Call)
        for name, (attribute, key) in ATTRIBUTES.items():
            if ask.params.get("Attribute") == attribute and key in answer:
                attributes[ask.params["InstanceId"], name] = answer[key].get("Value")
        credits |= {raw["InstanceId"]: raw["CpuCredits"] for raw in answer.get("InstanceCreditSpecifications", ())}
        volumes |= {raw["VolumeId"]: raw for raw in answer.get("Volumes", ())}
    return Details(attributes, credits, volumes)


def settings_fields(raw: Mapping[str, Any], tags: Mapping[str, str], details: Details) -> dict[str, Any]:
    """The fields of `ServerSettings` for an instance of DescribeInstances."""
    metadata = raw.get("MetadataOptions") or {}
    launch = dict(word.split("=", 1) for word in tags.get(LAUNCH, "").split() if "=" in word)
    name, _, version = launch.get("template", "").rpartition(":")
    fields = {name: metadata.get(member) for name, member in METADATA.items()}
    fields |= {name: details.attributes.get((raw["InstanceId"], name)) for name in ATTRIBUTES}
    return {
        **fields,
        "monitoring": _is_monitored(raw),
        "auto_recovery": (raw.get("MaintenanceOptions") or {}).get("AutoRecovery"),
        "cpu_credits": details.credits.get(raw["InstanceId"]),
        "volumes": live_volumes(raw, details.volumes) or None,
        "associate_public_ip_address": _has_public_address(raw),
        "market": "spot" if raw.get("InstanceLifecycle") == "spot" else None,
        "spot_max_price": launch.get("price"),
        "launch_template": LaunchTemplate(name=name, version=version) if name else None,
        "options_digest": launch.get("options"),
        "settings": unpack(SETTINGS, tags),
    }


def _is_monitored(raw: Mapping[str, Any]) -> bool | None:
    state = (raw.get("Monitoring") or {}).get("State")
    return state in ("enabled", "pending") if state else None


def _has_public_address(raw: Mapping[str, Any]) -> bool | None:
    """None where AWS does not tell: a stopped instance has no address, and an Elastic IP takes the place of the other.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    first = next((nic for nic in raw.get("NetworkInterfaces") or () if _is_first(nic)), None)
    if first is None or raw["State"]["Name"] not in ("pending", "running"):
        return None
    association = first.get("Association")
    return None if association and association.get("IpOwnerId") != "amazon" else bool(association)


def _is_first(interface: Mapping[str, Any]) -> bool:
    return (interface.get("Attachment") or {}).get("DeviceIndex") == 0


def detail_facts(raw: Mapping[str, Any]) -> dict[str, str]:
    """The facts that an update needs: the ids of the first network interface and of the volumes by device."""
    first: Mapping[str, Any] = next((nic for nic in raw.get("NetworkInterfaces") or () if _is_first(nic)), {})
    facts = {"interface": str(first.get("NetworkInterfaceId") or ""), "root": raw.get("RootDeviceName") or ""}
    return facts | {f"volume:{device}": id for device, id in _volumes(raw)}


def _volumes(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for mapping in raw.get("BlockDeviceMappings") or ():
        device = str(mapping.get("DeviceName"))
        yield (ROOT if device == raw.get("RootDeviceName") else device), volume_id(mapping)
