"""Changes of the settings of an existing instance."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest, answer
from .instances import known_instances
from .server_settings import check_metadata

METADATA = {
    "HttpTokens": "http_tokens",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
    "HttpEndpoint": "http_endpoint",
    "HttpProtocolIpv6": "http_protocol_ipv6",
    "InstanceMetadataTags": "instance_metadata_tags",
}


def monitor(context: CallContext, params: Params) -> Params:
    return _monitor(context, params, "enabled")


def unmonitor(context: CallContext, params: Params) -> Params:
    return _monitor(context, params, "disabled")


def _monitor(context: CallContext, params: Params, state: str) -> Params:
    found = known_instances(context, params.get("InstanceIds") or [])
    for instance in found:
        instance.monitoring_state = state
    return {"InstanceMonitorings": [{"InstanceId": i.id, "Monitoring": {"State": state}} for i in found]}


def maintenance(context: CallContext, params: Params) -> Params:
    (instance,) = known_instances(context, [params["InstanceId"]])
    instance.maintenance_options = {"AutoRecovery": params.get("AutoRecovery") or "default"}
    return {"InstanceId": instance.id, **instance.maintenance_options}


@rule(47)
def modify_credits(context: CallContext, params: Params) -> Params:
    """Only burstable types have credits: API_ModifyInstanceCreditSpecification (UnsuccessfulInstanceCredit...)."""
    done, refused = [], []
    for wanted in params.get("InstanceCreditSpecifications") or []:
        (instance,) = known_instances(context, [wanted["InstanceId"]])
        if hasattr(instance, "cpu_credits"):
            instance.cpu_credits = wanted["CpuCredits"]
            done.append({"InstanceId": instance.id})
        else:
            error = {"Code": "InstanceCreditSpecification.NotSupported", "Message": "The type has no CPU credits."}
            refused.append({"InstanceId": instance.id, "Error": error})
    return {
        "SuccessfulInstanceCreditSpecifications": done,
        "UnsuccessfulInstanceCreditSpecifications": refused,
    }


def describe_credits(context: CallContext, params: Params) -> Params:
    wanted = set(params.get("InstanceIds") or ())
    for filter in params.get("Filters") or ():
        if filter["Name"] == "instance-id":
            wanted |= set(filter["Values"])
    found = [instance for instance in context.ec2.all_instances() if not wanted or instance.id in wanted]
    return {
        "InstanceCreditSpecifications": [
            {"InstanceId": instance.id, "CpuCredits": instance.cpu_credits}
            for instance in found
            if hasattr(instance, "cpu_credits") and instance.state != "terminated"
        ]
    }


@rule(47)
def metadata(context: CallContext, params: Params) -> Params:
    """What the request leaves out stays: API_ModifyInstanceMetadataOptions ("the existing value ... is preserved")."""
    (instance,) = known_instances(context, [params["InstanceId"]])
    check_metadata(params)
    options = instance.metadata_options
    for member, name in METADATA.items():
        if member in params:
            setattr(options, name, params[member])
    return {
        "InstanceId": instance.id,
        "InstanceMetadataOptions": {"State": "pending"} | {m: getattr(options, n) for m, n in METADATA.items()},
    }


@rule(47)
def before_interface(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply | None:
    """A public address comes and goes with the setting of the primary interface.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
    (AssociatePublicIpAddress)
    """
    wanted = call.params.get("AssociatePublicIpAddress")
    if wanted is None:
        return None
    interface = context.ec2.enis.get(call.params["NetworkInterfaceId"])
    if interface is None:
        id = call.params["NetworkInterfaceId"]
        raise AwsError("InvalidNetworkInterfaceID.NotFound", f"The networkInterface ID '{id}' does not exist")
    interface.public_ip_auto_assign = wanted
    _assign(interface, wanted)
    return answer(call, {"Return": True}, incoming)


def _assign(interface: Any, wanted: bool) -> None:
    held = "allocationId" in interface.association
    if wanted and not interface.public_ip and interface.instance.state in ("pending", "running"):
        interface.start()
    elif not wanted and not held:
        interface.public_ip = None


@rule(47)
def before_attribute(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply | None:
    """A Spot Instance takes no protection; the behaviour at a shutdown changes at any time.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-stop-protection.html ("You can't enable stop protection for
    Spot Instances"), API_ModifyInstanceAttribute (InstanceInitiatedShutdownBehavior)
    """
    params = call.params
    protects = any((params.get(member) or {}).get("Value") for member in ("DisableApiTermination", "DisableApiStop"))
    behavior = (params.get("InstanceInitiatedShutdownBehavior") or {}).get("Value")
    if not protects and not behavior:
        return None
    (instance,) = known_instances(context, [params["InstanceId"]])
    if protects and getattr(instance, "instance_lifecycle", "") == "spot":
        raise AwsError("UnsupportedOperation", "Protection is not supported for Spot Instances.")
    if behavior:
        instance.instance_initiated_shutdown_behavior = behavior
        return answer(call, {}, incoming)
    return None
