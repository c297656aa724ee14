"""Instances: launched once per token, and changing their state over time."""

import base64
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from ..account import CallContext
from ..elbv2.find import is_visible, mark_new
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest
from . import facts, images, offerings, server_settings
from .common import rewritten, without
from .tag_filters import mark_created

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
HOUR = 3600.0
MAX_USER_DATA = 16 * 1024


def before_run(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | HttpReply | None:
    params = call.params
    if reply := reply_for_token(context, params):
        return reply
    complete = server_settings.with_template(context, params)
    check_launch(context, complete)
    server_settings.check_launch(context, complete)
    count = str(params.get("MaxCount") or params.get("MinCount") or 1)
    return rewritten(without(incoming, "BlockDeviceMapping."), {"MinCount": count})


def _request(params: Params) -> Params:
    return {key: value for key, value in params.items() if key != "DryRun"}


@rule(28)
def reply_for_token(context: CallContext, params: Params) -> HttpReply | None:
    """The same token gives the same instances; with other parameters it is refused.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html (IdempotentParameterMismatch)
    """
    token = params.get("ClientToken")
    earlier = context.account.memory("run tokens").get((context.region, token)) if token else None
    if earlier is None or params.get("DryRun"):
        return None
    if earlier[0] != _request(params):
        raise AwsError(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    reply: HttpReply = earlier[1]
    return reply


@rule(28)
def check_launch(context: CallContext, params: Params) -> None:
    """Checks of image, type, groups and addresses that moto does not make.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    if params.get("ImageId"):
        images.check_exists(context, params["ImageId"])
    kind = params.get("InstanceType")
    if kind and kind not in INSTANCE_TYPES:
        raise AwsError("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
    raw = base64.b64decode(params.get("UserData") or "")
    if len(raw) > MAX_USER_DATA:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")
    nics = params.get("NetworkInterfaces") or [{}]
    subnet_id = params.get("SubnetId") or nics[0].get("SubnetId")
    groups = (params.get("SecurityGroupIds") or []) + (nics[0].get("Groups") or [])
    if subnet_id:
        _check_subnet(context, subnet_id, groups, int(params.get("MaxCount") or 1))
        offerings.check_offered(context, kind, subnet_id)


@rule(28)
def _check_subnet(context: CallContext, subnet_id: str, groups: list[str], count: int) -> None:
    """The groups are in the subnet's VPC, and each instance gets an address.

    API_RunInstances (InvalidParameter, InsufficientFreeAddressesInSubnet).
    """
    subnet = facts.subnet(context, subnet_id)
    if subnet is None:
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    for group_id in groups:
        group = facts.security_group(context, group_id)
        if group is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        if group.vpc_id != subnet.vpc_id:
            raise AwsError(
                "InvalidParameter",
                f"Security group {group_id} and subnet {subnet_id} belong to different networks.",
            )
    if subnet.available_ip_address_count < count:
        raise AwsError(
            "InsufficientFreeAddressesInSubnet",
            f"There are not enough free addresses in subnet '{subnet_id}'",
        )


def after_run(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    launched = next(reversed(context.ec2.reservations.values())).instances
    for instance in launched:
        put_in_state(instance, "running")
        server_settings.keep(context, instance, server_settings.with_template(context, call.params))
        mark_new(context, instance.id)
        mark_created(context, instance.id)
        started(context, instance, first=True)
        change_state(context, instance, "pending", then="running")
    if token := call.params.get("ClientToken"):
        context.account.memory("run tokens")[(context.region, token)] = (_request(call.params), reply)
    reply.body = reply.body.replace(b"<code>16</code><name>running</name>", b"<code>0</code><name>pending</name>")
    return reply


@rule(28)
def change_state(context: CallContext, instance: Any, state: str, then: str) -> None:
    """Puts an instance into `state` now, and into `then` later.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    _set(instance, state)

    def finish() -> None:
        if instance.state == state:
            _set(instance, then)
            if then == "terminated":
                _release_resources(context, instance)

    context.later(context.timing.instance_state, finish)


def put_in_state(instance: Any, state: str) -> None:
    """Puts an instance into a state, with the groups of its first interface: moto keeps two lists that differ."""
    instance.security_groups = list(instance.nics[0]._group_set)
    _set(instance, state)


def _set(instance: Any, state: str) -> None:
    instance._state.name, instance._state.code = state, CODES[state]


@rule(28)
def _release_resources(context: CallContext, instance: Any) -> None:
    """A terminated instance frees its interfaces and addresses, and is no longer listed after an hour.

    An interface that existed before the instance stays: the default of DeleteOnTermination is false for it.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html
    """
    backend = context.ec2
    for address in backend.addresses:
        if address.instance is instance or (address.eni is not None and address.eni.instance is instance):
            facts.disassociate(address)
    for nic in instance.nics.values():
        nic.public_ip = None
        if nic.id in getattr(instance, "given_interfaces", ()):  # fixtures have none
            nic.instance = nic.attachment_id = nic.attach_time = nic.device_index = None
            nic.status = "available"
        else:
            backend.enis.pop(nic.id, None)
    subnet = backend.get_subnet(instance.subnet_id)
    for private in instance._private_ips:
        # moto frees them when Python collects the object, and gives them to the next server without a fixed address.
        subnet._subnet_ips.pop(private, None)
    instance._private_ips.clear()
    instance.security_groups = []

    def remove() -> None:
        for reservation in backend.reservations.values():
            if instance in reservation.instances:
                reservation.instances.remove(instance)

    context.later(HOUR, remove)


def after_modify(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """The groups of an instance are those of its first interface: moto keeps two lists that differ."""
    instance = facts.instance(context, call.params["InstanceId"])
    if call.params.get("Groups") and instance is not None:
        instance.nics[0]._group_set = list(instance.security_groups)
    return reply


def after_modify_interface(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    nic = context.ec2.enis.get(call.params["NetworkInterfaceId"])
    if nic is not None and nic.instance is not None and nic.device_index == 0:
        nic.instance.security_groups = list(nic._group_set)
    return reply


def known_instances(context: CallContext, instance_ids: list[str]) -> list[Any]:
    by_id = {instance.id: instance for instance in facts.instances(context)}
    if missing := [id for id in instance_ids if id not in by_id or not is_visible(context, id)]:
        raise AwsError("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(missing)}' do not exist")
    return [by_id[id] for id in instance_ids]


def before_start(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    for instance in known_instances(context, call.params.get("InstanceIds") or []):
        if instance.state not in ("stopped", "running", "pending"):
            raise AwsError(
                "IncorrectInstanceState",
                f"The instance '{instance.id}' is not in a state from which it can be started.",
            )


def after_start(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    for instance in known_instances(context, call.params.get("InstanceIds") or []):
        started(context, instance)
        change_state(context, instance, "pending", then="running")
    return reply


@rule(28)
def started(context: CallContext, instance: Any, *, first: bool = False) -> None:
    """The launch time of an instance is that of its last start; its first network interface keeps that of the first.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (launchTime: "To determine the time that
    instance was first launched, see the attachment time of the primary network interface")
    """
    instance.launch_time = context.account.clock.stamp().replace(tzinfo=None)
    for interface in instance.nics.values() if first else ():
        interface.attach_time = instance.launch_time


def before_describe(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    if call.params.get("InstanceIds"):
        known_instances(context, call.params["InstanceIds"])


@rule(28)
def before_modify(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Type and user data change on a stopped instance only: API_ModifyInstanceAttribute (IncorrectInstanceState)."""
    params = call.params
    if params.get("InstanceType") or params.get("UserData") or params.get("Attribute") in ("instanceType", "userData"):
        for instance in known_instances(context, [params["InstanceId"]]):
            if instance.state != "stopped":
                raise AwsError("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")
