"""Instances: made once per token, and never from one moment to the next."""

import base64
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from ..account import CallContext
from ..elbv2.find import is_visible, mark_new
from ..elbv2.targets import drop_terminated
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest
from . import facts, images
from .common import rewritten

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
HOUR = 3600.0
MOST_USER_DATA = 16 * 1024


def before_run(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | HttpReply | None:
    params = call.params
    if known := reply_for_token(context, params):
        return known
    check_launch(context, params)
    return rewritten(incoming, {"MinCount": str(params.get("MaxCount") or params.get("MinCount") or 1)})


def _request(params: Params) -> Params:
    return {key: value for key, value in params.items() if key != "DryRun"}


@rule(28)
def reply_for_token(context: CallContext, params: Params) -> HttpReply | None:
    """The same token gives the same instances; with other parameters it is refused.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html (IdempotentParameterMismatch)
    """
    token = params.get("ClientToken")
    kept = context.account.memory("run tokens").get((context.region, token)) if token else None
    if kept is None or params.get("DryRun"):
        return None
    if kept[0] != _request(params):
        raise AwsError(
            "IdempotentParameterMismatch",
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
        )
    reply: HttpReply = kept[1]
    return reply


@rule(28)
def check_launch(context: CallContext, params: Params) -> None:
    """Image, type, groups, addresses: what moto lets pass.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    if params.get("ImageId"):
        images.check_exists(context, params["ImageId"])
    kind = params.get("InstanceType")
    if kind and kind not in INSTANCE_TYPES:
        raise AwsError("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
    raw = base64.b64decode(params.get("UserData") or "")
    if len(raw) > MOST_USER_DATA:
        raise AwsError("InvalidParameterValue", "User data is limited to 16384 bytes")
    nics = params.get("NetworkInterfaces") or [{}]
    subnet_id = params.get("SubnetId") or nics[0].get("SubnetId")
    groups = (params.get("SecurityGroupIds") or []) + (nics[0].get("Groups") or [])
    if subnet_id:
        _check_subnet(context, subnet_id, groups, int(params.get("MaxCount") or 1))


@rule(28)
def _check_subnet(context: CallContext, subnet_id: str, groups: list[str], count: int) -> None:
    """Groups of the subnet's VPC, and an address for each: InvalidParameter,
    InsufficientFreeAddressesInSubnet.
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
    made = next(reversed(context.ec2.reservations.values())).instances
    for one in made:
        put_in_state(one, "running")
        mark_new(context, one.id)
        change_state(context, one, "pending", then="running")
    if token := call.params.get("ClientToken"):
        context.account.memory("run tokens")[(context.region, token)] = (_request(call.params), reply)
    reply.body = reply.body.replace(b"<code>16</code><name>running</name>", b"<code>0</code><name>pending</name>")
    return reply


@rule(28)
def change_state(context: CallContext, one: Any, state: str, then: str) -> None:
    """pending, then running; shutting-down, then terminated; stopping, then stopped.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    _set(one, state)

    def arrive() -> None:
        if one.state == state:
            _set(one, then)
            if then == "terminated":
                _release_resources(context, one)

    context.later(context.timing.instance_state, arrive)


def put_in_state(one: Any, state: str) -> None:
    """In a state, with the groups of its first interface: moto keeps two lists that drift apart."""
    one.security_groups = list(one.nics[0]._group_set)
    _set(one, state)


def _set(one: Any, state: str) -> None:
    one._state.name, one._state.code = state, CODES[state]


@rule(28)
def _release_resources(context: CallContext, one: Any) -> None:
    """A terminated instance frees its interfaces and addresses, and is not shown after an hour.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
    """
    backend = context.ec2
    for address in backend.addresses:
        if address.instance is one or (address.eni is not None and address.eni.instance is one):
            facts.disassociate(address)
    for nic in one.nics.values():
        backend.enis.pop(nic.id, None)
        nic.public_ip = None
    one.security_groups = []

    def forgotten() -> None:
        for reservation in backend.reservations.values():
            if one in reservation.instances:
                reservation.instances.remove(one)

    context.later(HOUR, forgotten)


def after_modify(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """An instance's groups are its first interface's: moto keeps two lists that drift apart."""
    one = facts.instance(context, call.params["InstanceId"])
    if call.params.get("Groups") and one is not None:
        one.nics[0]._group_set = list(one.security_groups)
    return reply


def after_modify_interface(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    nic = context.ec2.enis.get(call.params["NetworkInterfaceId"])
    if nic is not None and nic.instance is not None and nic.device_index == 0:
        nic.instance.security_groups = list(nic._group_set)
    return reply


def _instances(context: CallContext, instance_ids: list[str]) -> list[Any]:
    found = {one.id: one for one in facts.instances(context)}
    if missing := [one for one in instance_ids if one not in found or not is_visible(context, one)]:
        raise AwsError("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(missing)}' do not exist")
    return [found[one] for one in instance_ids]


def terminate(context: CallContext, params: Params) -> Params:
    told = []
    found = _instances(context, params.get("InstanceIds") or [])
    for one in found:
        if one.disable_api_termination:
            raise AwsError(
                "OperationNotPermitted",
                f"The instance '{one.id}' may not be terminated. Modify its "
                "'disableApiTermination' instance attribute and try again.",
            )
    for one in found:
        before = {"Name": one.state, "Code": one.state_code}
        if one.state not in ("terminated", "shutting-down"):
            _terminate(context, one)
            drop_terminated(context, one.id)
        told.append(
            {
                "InstanceId": one.id,
                "PreviousState": before,
                "CurrentState": {"Name": one.state, "Code": one.state_code},
            }
        )
    return {"TerminatingInstances": told}


def _terminate(context: CallContext, one: Any) -> None:
    for nic in one.nics.values():
        nic.delete_on_termination = False
    one.terminate()
    change_state(context, one, "shutting-down", then="terminated")


def before_start(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    for one in _instances(context, call.params.get("InstanceIds") or []):
        if one.state not in ("stopped", "running", "pending"):
            raise AwsError(
                "IncorrectInstanceState",
                f"The instance '{one.id}' is not in a state from which it can be started.",
            )


def after_start(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    for one in _instances(context, call.params.get("InstanceIds") or []):
        change_state(context, one, "pending", then="running")
    return reply


def after_stop(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    for one in _instances(context, call.params.get("InstanceIds") or []):
        change_state(context, one, "stopping", then="stopped")
    return reply


def before_describe(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    if call.params.get("InstanceIds"):
        _instances(context, call.params["InstanceIds"])


@rule(28)
def before_modify(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Type and user data change on a stopped instance only: API_ModifyInstanceAttribute
    (IncorrectInstanceState).
    """
    params = call.params
    if params.get("InstanceType") or params.get("UserData") or params.get("Attribute") in ("instanceType", "userData"):
        for one in _instances(context, [params["InstanceId"]]):
            if one.state != "stopped":
                raise AwsError("IncorrectInstanceState", f"The instance '{one.id}' is not in the 'stopped' state.")
