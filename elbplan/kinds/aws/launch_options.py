"""The members of RunInstances that `options:` may give, in AWS's names: those without a field of their own.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.suggest import did_you_mean

Members = Mapping[str, Any]
INTERFACE: Members = {
    "DeviceIndex": int, "Description": str, "DeleteOnTermination": bool, "NetworkInterfaceId": str, "SubnetId": str,
    "Groups": [str], "PrivateIpAddress": str, "SecondaryPrivateIpAddressCount": int, "Ipv6AddressCount": int,
    "PrivateIpAddresses": [{"PrivateIpAddress": str, "Primary": bool}], "PrimaryIpv6": bool,
    "Ipv6Addresses": [{"Ipv6Address": str, "IsPrimaryIpv6": bool}], "AssociateCarrierIpAddress": bool,
    "InterfaceType": str, "NetworkCardIndex": int, "Ipv4PrefixCount": int, "Ipv4Prefixes": [{"Ipv4Prefix": str}],
    "Ipv6PrefixCount": int, "Ipv6Prefixes": [{"Ipv6Prefix": str}], "EnaQueueCount": int,
    "EnaSrdSpecification": {"EnaSrdEnabled": bool, "EnaSrdUdpSpecification": {"EnaSrdUdpEnabled": bool}},
    "ConnectionTrackingSpecification": {"TcpEstablishedTimeout": int, "UdpStreamTimeout": int, "UdpTimeout": int},
}  # fmt: skip
MEMBERS: Members = {
    "Placement": {
        "Tenancy": str, "GroupName": str, "GroupId": str, "PartitionNumber": int, "HostId": str, "Affinity": str,
        "HostResourceGroupArn": str,
    },
    "CpuOptions": {"CoreCount": int, "ThreadsPerCore": int, "AmdSevSnp": str, "NestedVirtualization": str},
    "CapacityReservationSpecification": {
        "CapacityReservationPreference": str,
        "CapacityReservationTarget": {"CapacityReservationId": str, "CapacityReservationResourceGroupArn": str},
    },
    "HibernationOptions": {"Configured": bool},
    "EnclaveOptions": {"Enabled": bool},
    "LicenseSpecifications": [{"LicenseConfigurationArn": str}],
    "PrivateDnsNameOptions": {
        "HostnameType": str, "EnableResourceNameDnsARecord": bool, "EnableResourceNameDnsAAAARecord": bool,
    },
    "NetworkPerformanceOptions": {"BandwidthWeighting": str},
    "EbsOptimized": bool,
    "Ipv6AddressCount": int,
    "Ipv6Addresses": [{"Ipv6Address": str, "IsPrimaryIpv6": bool}],
    "EnablePrimaryIpv6": bool,
    "PrivateIpAddress": str,
    "KernelId": str,
    "RamdiskId": str,
    "NetworkInterfaces": [INTERFACE],
    "SecondaryInterfaces": [{
        "DeleteOnTermination": bool, "DeviceIndex": int, "PrivateIpAddresses": [{"PrivateIpAddress": str}],
        "PrivateIpAddressCount": int, "SecondarySubnetId": str, "InterfaceType": str, "NetworkCardIndex": int,
    }],
    "BlockDeviceMappings": [{
        "DeviceName": str, "NoDevice": str, "VirtualName": str,
        "Ebs": {
            "DeleteOnTermination": bool, "Iops": int, "SnapshotId": str, "VolumeSize": int, "VolumeType": str,
            "KmsKeyId": str, "Throughput": int, "Encrypted": bool, "OutpostArn": str, "VolumeInitializationRate": int,
            "EbsCardIndex": int,
        },
    }],
}  # fmt: skip

ELSEWHERE = {
    "ImageId": "image:", "InstanceType": "type:", "KeyName": "key:", "SubnetId": "subnet:", "UserData": "user_data:",
    "SecurityGroupIds": "security_groups:", "IamInstanceProfile": "profile:", "TagSpecifications": "tags:",
    "LaunchTemplate": "launch_template:", "InstanceMarketOptions": "market: spot", "Monitoring": "monitoring:",
    "MetadataOptions": "http_tokens: and the fields beside it", "CreditSpecification": "cpu_credits:",
    "DisableApiTermination": "disable_api_termination:", "DisableApiStop": "disable_api_stop:",
    "InstanceInitiatedShutdownBehavior": "instance_initiated_shutdown_behavior:",
    "MaintenanceOptions": "auto_recovery:",
}  # fmt: skip
"""Members that have a field of their own."""

NOT_OFFERED = {
    "MinCount": "each server is a resource of its own",
    "MaxCount": "each server is a resource of its own",
    "ClientToken": "elbplan computes it, so that no server starts twice",
    "DryRun": "elbplan asks AWS with `plan`",
    "SecurityGroups": "names of groups work in a default VPC only; write ids in security_groups:",
    "AdditionalInfo": "AWS reserves it",
    "Operator": "AWS reserves it",
    "ElasticGpuSpecification": "AWS ended Elastic Graphics in 2024",
    "ElasticInferenceAccelerators": "AWS ended Elastic Inference in 2024",
}
"""Members of RunInstances that no spec can give, each with the reason."""

NOT_OFFERED_INSIDE = {
    "Placement.AvailabilityZone": "the subnet has it",
    "Placement.AvailabilityZoneId": "the subnet has it",
    "Placement.SpreadDomain": "AWS reserves it",
    "BlockDeviceMappings.Ebs.AvailabilityZone": "AWS does not support it in RunInstances",
    "BlockDeviceMappings.Ebs.AvailabilityZoneId": "AWS does not support it in RunInstances",
    "InstanceMarketOptions.SpotOptions.BlockDurationMinutes": "AWS no longer offers it",
    "InstanceMarketOptions.SpotOptions.SpotInstanceType": "a persistent request starts again what elbplan terminates",
    "InstanceMarketOptions.SpotOptions.ValidUntil": "only for persistent requests",
    "InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior": "only for persistent requests",
    "Monitoring.MetricCategoryIds": "AWS documents no values",
    "LaunchTemplate.LaunchTemplateId": "sent when launch_template.name begins with lt-",
    "IamInstanceProfile.Arn": "an instance profile has one name in an account",
}  # fmt: skip
NAMES = {int: "a number", bool: "true or false", str: "text"}


def option_problem(options: Mapping[str, Any]) -> str:
    """The first problem of `options:`; empty if AWS knows every member."""
    for key in options:
        if key in ELSEWHERE:
            return f"options: {key} has a field of its own: write {ELSEWHERE[key]}"
        if key in NOT_OFFERED:
            return f"options: {key} cannot be given: {NOT_OFFERED[key]}"
    return next(_problems(options, MEMBERS, "options"), "")


def _problems(value: Any, wanted: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, list):
        if not isinstance(value, list | tuple):
            yield f"{path} must be a list"
            return
        for item in value:
            yield from _problems(item, wanted[0], path)
    elif isinstance(wanted, Mapping):
        yield from _problems_of_map(value, wanted, path)
    elif type(value) is not wanted and not (wanted is str and type(value) is int):
        yield f"{path} must be {NAMES[wanted]}"


def _problems_of_map(value: Any, wanted: Members, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path} must be a map"
        return
    for key, inner in value.items():
        if key not in wanted:
            hint = did_you_mean(str(key), list(wanted))
            yield f'AWS has no "{key}" in {path}' + (f"; {hint}" if hint else "")
        else:
            yield from _problems(inner, wanted[key], f"{path}.{key}")
