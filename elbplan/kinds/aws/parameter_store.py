"""Errors and limits of SSM Parameter Store, which keeps the records of runs and the DNS records that were replaced."""

from __future__ import annotations

from ...core.call import DENIED, OUTCOME_UNKNOWN

PASSING = ("TooManyUpdates", "InternalServerError", "InternalFailure", "ServiceUnavailable", OUTCOME_UNKNOWN)
"""Errors that pass without action. SSM answers TooManyUpdates if two callers write one parameter at the same moment, or
if a name is written again within 30 seconds after it was deleted."""

PATIENCE = 45.0
"""Seconds for which elbplan retries a call."""

UNUSABLE = (
    *DENIED, "NotAuthorized", "OptInRequired", "Unreachable", "UnknownOperationException", "UnknownOperation",
    "InvalidAction", "NotImplemented", "UnsupportedOperation", "ServiceNotSupported", "404", "405", "501",
)  # fmt: skip
"""No permission for Parameter Store, no connection, or an endpoint that does not offer it."""

LARGEST_VALUE = 4096
"""Bytes of a standard parameter, which is free.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""

PERMISSIONS = "ssm:GetParametersByPath, ssm:GetParameter, ssm:PutParameter and ssm:DeleteParameters"
"""All permissions for Parameter Store, as docs/runs.md lists them."""
