"""Instances that are stopped or terminated."""

import time
from typing import Any

from ..account import CallContext
from ..elbv2.targets import drop_terminated
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest
from . import volumes
from .instances import change_state, known_instances


@rule(28)
def check_unprotected(instances: list[Any], attribute: str, verb: str) -> None:
    """A protected instance is neither terminated nor stopped: API_TerminateInstances, API_StopInstances.

    Stop protection also protects from termination: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/
    ec2-stop-protection.html. The attribute is `disableApiTermination` or `disableApiStop`; the code is
    OperationNotPermitted: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    field = {"disableApiTermination": "disable_api_termination", "disableApiStop": "disable_api_stop"}[attribute]
    for instance in instances:
        if getattr(instance, field):
            what = f"The instance '{instance.id}' may not be {verb}. Modify its '{attribute}' instance attribute"
            raise AwsError("OperationNotPermitted", f"{what} and try again.")


@rule(28)
def before_stop(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Only an instance that runs, or stops already, is stopped, and none whose root volume is an instance store.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html,
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (IncorrectInstanceState,
    UnsupportedOperation)
    """
    instances = known_instances(context, call.params.get("InstanceIds") or [])
    check_unprotected(instances, "disableApiStop", verb="stopped")
    for instance in instances:
        if instance.state not in ("running", "stopping", "stopped"):
            what = f"This instance '{instance.id}' is not in a state from which it can be stopped."
            raise AwsError("IncorrectInstanceState", what)
        if instance.root_device_type == "instance-store":
            what = f"The instance '{instance.id}' does not have an 'ebs' root device type and cannot be stopped"
            raise AwsError("UnsupportedOperation", what)


def after_stop(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """The moment is in GMT: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (reason)."""
    for instance in known_instances(context, call.params.get("InstanceIds") or []):
        instance._reason = time.strftime("User initiated (%Y-%m-%d %H:%M:%S GMT)", time.gmtime(context.now))
        change_state(context, instance, "stopping", then="stopped")
    return reply


def terminate(context: CallContext, params: Params) -> Params:
    changes = []
    instances = known_instances(context, params.get("InstanceIds") or [])
    for attribute in ("disableApiTermination", "disableApiStop"):
        check_unprotected(instances, attribute, verb="terminated")
    for instance in instances:
        before = {"Name": instance.state, "Code": instance.state_code}
        if instance.state not in ("terminated", "shutting-down"):
            _terminate(context, instance)
            drop_terminated(context, instance.id)
        changes.append(
            {
                "InstanceId": instance.id,
                "PreviousState": before,
                "CurrentState": {"Name": instance.state, "Code": instance.state_code},
            }
        )
    return {"TerminatingInstances": changes}


def _terminate(context: CallContext, instance: Any) -> None:
    for nic in instance.nics.values():
        nic.delete_on_termination = False
    volumes.end(context, instance)
    instance.terminate()
    change_state(context, instance, "shutting-down", then="terminated")
