"""Parameter Store: moto's, with the refusals of AWS that moto does not have."""

import re

from .account import Account, CallContext
from .errors import AwsError
from .params import Params
from .rules import rule
from .server.call_log import LoggedCall
from .server.protocol import HttpRequest

MAX_STANDARD_BYTES = 4096
NAME = re.compile(r"[a-zA-Z0-9_.\-/]+")


def before(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    if call.action == "PutParameter":
        check_put(context, call.params)


@rule(30)
def begin_update(account: Account, call: LoggedCall) -> AwsError | None:
    """A parameter takes one update at a time; a second that arrives meanwhile is refused (TooManyUpdates).

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: "There are concurrent
    updates for a resource that supports one update at a time"; reported in hashicorp/terraform-provider-aws#1082.
    """
    if (call.service, call.action) != ("ssm", "PutParameter"):
        return None
    updates = account.memory("parameter updates")
    parameter = (call.region, call.params.get("Name"))
    if parameter in updates:
        call.outcome = "TooManyUpdates"
        return AwsError("TooManyUpdates", "")
    updates[parameter] = call.number
    return None


def end_update(account: Account, call: LoggedCall) -> None:
    """Ends the update that this call began. A call that was refused began none."""
    updates = account.memory("parameter updates")
    parameter = (call.region, call.params.get("Name"))
    if updates.get(parameter) == call.number:
        del updates[parameter]


@rule(30)
def check_put(context: CallContext, params: Params) -> None:
    """A standard value has at most 4 KB, a name has only letters, digits and `/_.-`, and a parameter keeps its type.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    (Name: "only the following symbols and letters: a-zA-Z0-9_.-"; ValidationException, HierarchyTypeMismatchException)
    """
    value, name = params.get("Value") or "", params["Name"]
    if not NAME.fullmatch(name):
        raise AwsError("ValidationException", f"Parameter name {name} must only use a-zA-Z0-9_.- and slashes.")
    if len(value.encode()) > MAX_STANDARD_BYTES and params.get("Tier", "Standard") == "Standard":
        raise AwsError(
            "ValidationException",
            "Standard tier parameters support a maximum parameter value of 4096 characters.",
        )
    before = context.backend("ssm").get_parameters([name]).get(name)
    if before is not None and params.get("Overwrite") and params.get("Type") not in (None, before.parameter_type):
        raise AwsError("HierarchyTypeMismatchException", f"The parameter {name} has the type {before.parameter_type}")
