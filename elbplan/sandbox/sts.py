"""Security Token Service: who calls, and the temporary credentials of roles."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .account import Account, CallContext, RoleSession
from .errors import AwsError, validation
from .params import Params
from .partitions import partition_of
from .rules import rule
from .server.call_log import LoggedCall

ACCOUNT = re.compile(r"[0-9]{12}")
ROLE = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):role/(.+)")
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")


@rule(38)
def account_of(root: Account, key: str) -> Account:
    """The account of an access key: a key belongs to one account, and the credentials of a role to the role's account.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html. As with other simulators, a key of
    twelve digits belongs to the account with that number, and any other key to the default account.
    """
    if key in root.sessions:
        return root.with_id(root.sessions[key].account)
    return root.with_id(key if ACCOUNT.fullmatch(key) else "")


@rule(38)
def expired(root: Account, call: LoggedCall) -> AwsError | None:
    """Refuses temporary credentials after their time.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html; the codes:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html (ExpiredTokenException),
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (RequestExpired).
    """
    session = root.sessions.get(call.key)
    if session is None or root.clock.now() < session.expires:
        return None
    code = {"ec2": "RequestExpired", "elbv2": "ExpiredToken"}.get(call.service, "ExpiredTokenException")
    call.outcome = code
    return AwsError(code, "The security token included in the request is expired", 403)


@rule(38)
def assume_role(context: CallContext, params: Params) -> dict[str, Any]:
    """Gives credentials in the account of the role, for an hour unless the call asks for another time.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. Every role exists and trusts everybody.
    """
    role = ROLE.fullmatch(params["RoleArn"])
    if role is None:
        raise validation(f"{params['RoleArn']} is invalid")
    if not SESSION_NAME.fullmatch(params["RoleSessionName"]):
        raise validation("Value at 'roleSessionName' failed to satisfy constraint")
    seconds = params.get("DurationSeconds") or 3600
    if not 900 <= seconds <= 43200:
        raise validation("Value at 'durationSeconds' failed to satisfy constraint")
    key, id = f"ASIA{secrets.token_hex(8).upper()}", f"AROA{secrets.token_hex(8).upper()}"
    name, partition = params["RoleSessionName"], partition_of(context.region).id
    arn = f"arn:{partition}:sts::{role[1]}:assumed-role/{role[2].rsplit('/', 1)[-1]}/{name}"
    session = RoleSession(role[1], arn, f"{id}:{name}", context.account.clock.now() + seconds)
    root = context.account.root
    root.sessions[key] = session
    root.with_id(role[1])
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": secrets.token_hex(20),
            "SessionToken": secrets.token_hex(32),
            "Expiration": datetime.fromtimestamp(session.expires, UTC),
        },
        "AssumedRoleUser": {"AssumedRoleId": session.id, "Arn": arn},
        "PackedPolicySize": 0,
    }


def get_caller_identity(context: CallContext, params: Params) -> dict[str, Any]:
    session = context.account.root.sessions.get(context.key)
    if session:
        return {"UserId": session.id, "Account": session.account, "Arn": session.arn}
    partition = partition_of(context.region).id
    arn = f"arn:{partition}:iam::{context.account_id}:user/sandbox"
    return {"UserId": "AIDASANDBOX0000000000", "Account": context.account_id, "Arn": arn}


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
}
