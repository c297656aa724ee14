"""The settings of an instance that moto drops: kept on moto's object, so that its answers have them."""

from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from . import volumes

BURSTABLE = ("t2.", "t3.", "t3a.", "t4g.", "t8i.")
KEPT = (
    "CpuOptions", "HibernationOptions", "EnclaveOptions", "PrivateDnsNameOptions", "NetworkPerformanceOptions",
    "CapacityReservationSpecification",
)  # fmt: skip
"""Members of RunInstances that DescribeInstances returns as they are."""
PLACED = {"Tenancy": "tenancy", "GroupName": "group_name", "HostId": "host_id", "PartitionNumber": "partition_number"}


def install() -> None:
    """Makes moto answer with the owner of a public address: AWS's own, or the account's Elastic IP."""
    owner: Any = NetworkInterface
    moto_association = owner.association.fget

    def association(interface: NetworkInterface) -> dict[str, Any]:
        found: dict[str, Any] = moto_association(interface)
        if found and "allocationId" not in found:
            found["ipOwnerId"] = "amazon"
        return found

    owner.association = property(association)


def with_template(context: CallContext, params: Params) -> Params:
    """The request with what its launch template adds: API_RunInstances (LaunchTemplate)."""
    given = params.get("LaunchTemplate")
    if not given:
        return params
    try:
        template = context.ec2._get_template_from_args(given)
    except Exception as error:
        name = given.get("LaunchTemplateName") or given.get("LaunchTemplateId")
        by_name = bool(given.get("LaunchTemplateName"))
        code = f"InvalidLaunchTemplate{'Name.NotFoundException' if by_name else 'Id.NotFound'}"
        raise AwsError(code, f"The specified launch template, {name}, does not exist.") from error
    return {**template.data, **params}


@rule(47)
def check_launch(context: CallContext, params: Params) -> None:
    """What a launch refuses of the settings.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (HibernationOptions)
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html (1 to 64)
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html (MaxPrice)
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-stop-protection.html ("You can't enable stop protection for
    Spot Instances")
    """
    check_metadata(params.get("MetadataOptions") or {})
    spot = (params.get("InstanceMarketOptions") or {}).get("MarketType") == "spot"
    if spot and (params.get("DisableApiTermination") or params.get("DisableApiStop")):
        raise AwsError("InvalidParameterCombination", "Protection is not supported for Spot Instances.")
    price = ((params.get("InstanceMarketOptions") or {}).get("SpotOptions") or {}).get("MaxPrice")
    if price is not None and float(price) <= 0.001:
        raise AwsError("InvalidParameterValue", "Value for parameter price must be more than 0.001")
    hibernates = (params.get("HibernationOptions") or {}).get("Configured")
    if hibernates and (params.get("EnclaveOptions") or {}).get("Enabled"):
        raise AwsError("InvalidParameterCombination", "Hibernation and Nitro Enclaves cannot be enabled together.")
    kind = str(params.get("InstanceType") or "")
    if params.get("CreditSpecification") and not kind.startswith(BURSTABLE):
        raise AwsError("InvalidParameterCombination", f"The {kind} instance type does not support CPU credits.")
    if params.get("NetworkInterfaces") and (params.get("SubnetId") or params.get("SecurityGroupIds")):
        what = "Network interfaces and an instance-level subnet ID or security groups may not be specified"
        raise AwsError("InvalidParameterCombination", f"{what} on the same request")
    image = context.ec2.amis.get(params.get("ImageId") or "")
    volumes.check_mappings(params.get("BlockDeviceMappings") or [], image.root_device_name if image else "")


def check_metadata(options: Params) -> None:
    hops = options.get("HttpPutResponseHopLimit")
    if hops is not None and not 1 <= int(hops) <= 64:
        raise AwsError("InvalidParameterValue", f"HttpPutResponseHopLimit {hops} is not between 1 and 64")


def keep(context: CallContext, instance: Any, params: Params) -> None:
    """Keeps the settings of a launch on the instance."""
    instance.disable_api_termination = bool(params.get("DisableApiTermination"))
    instance.disable_api_stop = bool(params.get("DisableApiStop"))
    given = (interface.get("NetworkInterfaceId") for interface in params.get("NetworkInterfaces") or ())
    instance.given_interfaces = frozenset(filter(None, given))
    instance.maintenance_options = {"AutoRecovery": "default", **(params.get("MaintenanceOptions") or {})}
    if (params.get("InstanceMarketOptions") or {}).get("MarketType") == "spot":
        instance.instance_lifecycle = "spot"
    if instance.instance_type.startswith(BURSTABLE):
        default = "standard" if instance.instance_type.startswith("t2.") else "unlimited"
        instance.cpu_credits = (params.get("CreditSpecification") or {}).get("CpuCredits", default)
    for member in KEPT:
        if member in params:
            setattr(instance, member, params[member])
    for member, name in PLACED.items():
        if member in (params.get("Placement") or {}):
            setattr(instance.placement, name, params["Placement"][member])
    specifications = params.get("TagSpecifications") or ()
    tags = [tag for given in specifications if given["ResourceType"] == "volume" for tag in given["Tags"]]
    mappings = params.get("BlockDeviceMappings") or []
    volumes.make_volumes(context, instance, mappings, {tag["Key"]: tag["Value"] for tag in tags})
