"""Hints for errors about permissions, credentials, regions and new accounts."""

from __future__ import annotations

import re

from ..core.call import DENIED, Call
from ..errors import Denial
from ..kinds.permissions.zones import normalized

ENABLED_BY_DEFAULT = frozenset(
    ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1", "eu-north-1",
     "eu-west-1", "eu-west-2", "eu-west-3", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
     "ap-southeast-1", "ap-southeast-2")
)  # fmt: skip
"""Regions that an account cannot disable: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

WRONG_CREDENTIALS = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "IncompleteSignature",
    "MissingAuthenticationToken",
)
LIKE_DISABLED_REGION = ("AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException")
"""Errors of a region that is not enabled. AWS answers wrong credentials with the same errors."""

NOT_SUBSCRIBED = ("OptInRequired", "SubscriptionRequiredException", "SubscriptionRequired")

ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?")
ENCODED = re.compile(r"[. ]*Encoded authorization failure message: \S+")
"""EC2's message for administrators, several hundred characters, which only AWS can decode.

https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""
LIMITING_POLICY = re.compile(
    r"(?:explicit deny in an? |because no )"
    r"(service control policy|resource control policy|permissions boundary|VPC endpoint policy|session policy)",
    re.IGNORECASE,
)
"""Policies that limit what the policies of the user can allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

SERVICE_ROLE = "iam:CreateServiceLinkedRole"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html"""


def access_hint(code: str, message: str, call: Call, region: str) -> str:
    """The hint for an error about access to AWS; "" for other errors."""
    if code in DENIED:
        return _permission_hint(message, call)
    if code in NOT_SUBSCRIBED:
        return _region_hint(region, f"a new account can use {call.service} only when its sign-up is complete")
    if code in WRONG_CREDENTIALS:
        hint = "the credentials are not valid here: check AWS_PROFILE and `aws sts get-caller-identity`"
        return _region_hint(region, hint) if code in LIKE_DISABLED_REGION else hint
    return ""


def denial(code: str, message: str, call: Call) -> Denial | None:
    """The permission that is missing; None for another error, and if a statement in a policy would not help."""
    if code not in DENIED or LIMITING_POLICY.search(message) or "explicit deny" in message:
        return None
    named = ACTION.search(message)
    action, resource = (named[1], named[2] or "") if named else (call.permission, "")
    return Denial(action, resource, _record_conditions(call) if action == CHANGE else ())


CHANGE = "route53:ChangeResourceRecordSets"


def _record_conditions(call: Call) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The condition keys of a change of records: AWS's error does not name the records."""
    changes = call.params.get("ChangeBatch", {}).get("Changes", ())
    values = {
        "NormalizedRecordNames": {normalized(change["ResourceRecordSet"]["Name"]) for change in changes},
        "RecordTypes": {change["ResourceRecordSet"]["Type"] for change in changes},
        "Actions": {change["Action"] for change in changes},
    }
    return tuple(("ForAllValues:StringEquals", f"{CHANGE}{key}", tuple(sorted(own))) for key, own in values.items())


def _region_hint(region: str, hint: str) -> str:
    """The hint, after the question whether the region is enabled. AWS's error does not tell the two causes apart."""
    if region in ENABLED_BY_DEFAULT or region.startswith(("cn-", "us-gov-")):
        return hint
    command = f"aws account get-region-opt-status --region-name {region}"
    return f"is the region {region} enabled in this account (`{command}`)? if it is: {hint}"


def _permission_hint(message: str, call: Call) -> str:
    """The hint for a denied call: the permission that AWS names, and the policy that denies it."""
    named = ACTION.search(message)
    permission = named[1] if named else call.permission
    if policy := LIMITING_POLICY.search(message):
        return f"a {policy[1]} denies {permission}, so more permissions of the user do not help: ask its administrator"
    if "explicit deny" in message:
        return f"a Deny in a policy forbids {permission}, so more permissions do not help: change that policy"
    if permission == SERVICE_ROLE:
        command = "aws iam create-service-linked-role --aws-service-name elasticloadbalancing.amazonaws.com"
        return (
            f"the first load balancer of an account needs a service-linked role: allow {permission}, or let an "
            f"administrator run `{command}` once"
        )
    return f"the credentials need the permission {permission}"
