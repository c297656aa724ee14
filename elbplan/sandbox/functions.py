"""Lambda: the resource policies of functions. The sandbox has no functions and accepts every function ARN."""

import json
from collections.abc import Callable
from typing import Any

from .account import CallContext
from .errors import AwsError
from .params import Params
from .rules import rule

ELB = "elasticloadbalancing.amazonaws.com"


def policy_of(context: CallContext, function: str) -> dict[str, Any]:
    """Returns the statements of a function's policy by their id."""
    statements: dict[str, Any] = context.account.memory("function policies").setdefault(function, {})
    return statements


@rule(15)
def add_permission(context: CallContext, params: Params) -> Params:
    """A statement id is unique in a policy: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html"""
    function, id = params["FunctionName"], params["StatementId"]
    statements = policy_of(context, function)
    if id in statements:
        words = f"The statement id ({id}) provided already exists. Please provide a new statement id, or remove the"
        raise AwsError("ResourceConflictException", f"{words} existing statement.", 409)
    statements[id] = {"Principal": params["Principal"], "SourceArn": params.get("SourceArn", "")}
    return {"Statement": json.dumps(_statement(function, id, statements[id]))}


def _statement(function: str, id: str, held: Params) -> Params:
    """A statement in AWS's form: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"""
    condition = {"Condition": {"ArnLike": {"AWS:SourceArn": held["SourceArn"]}}} if held["SourceArn"] else {}
    principal = {"Principal": {"Service": held["Principal"]}, "Action": "lambda:InvokeFunction"}
    return {"Sid": id, "Effect": "Allow", **principal, "Resource": function, **condition}


@rule(15)
def remove_permission(context: CallContext, params: Params) -> Params:
    """An unknown statement is an error: https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html"""
    if policy_of(context, params["FunctionName"]).pop(params["StatementId"], None) is None:
        words = f"Statement {params['StatementId']} is not found in resource policy."
        raise AwsError("ResourceNotFoundException", words, 404)
    return {}


def get_function_configuration(context: CallContext, params: Params) -> Params:
    """Every function exists, and can be invoked: API_GetFunctionConfiguration."""
    arn = params["FunctionName"]
    return {"FunctionName": arn.split(":")[6], "FunctionArn": arn, "State": "Active"}


def get_policy(context: CallContext, params: Params) -> Params:
    function = params["FunctionName"]
    statements = policy_of(context, function)
    if not statements:
        raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    listed = [_statement(function, id, held) for id, held in statements.items()]
    return {"Policy": json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": listed})}


@rule(15)
def check_invocable(context: CallContext, function: str, group: str) -> None:
    """The function's policy must let Elastic Load Balancing invoke it for this group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#prepare-lambda-function;
    the error: https://github.com/ansible/ansible/issues/52253
    """
    for statement in policy_of(context, function).values():
        if statement["Principal"] == ELB and statement["SourceArn"] in ("", group):
            return
    words = f"elasticloadbalancing principal does not have permission to invoke {function} from target group {group}"
    raise AwsError("AccessDenied", words, 403)


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
    "GetPolicy": get_policy,
    "GetFunctionConfiguration": get_function_configuration,
}
