"""Every error code that AWS's models name for a call of elbplan has an explanation, or a reason why it needs none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from botocore.exceptions import ClientError

from elbplan.core.call import Call
from elbplan.explain.words import find
from elbplan.live.errors import HINTS, explain_refusal
from elbplan.live.read_retries import Tries
from elbplan.live.service_hints import SERVICE_HINTS
from elbplan.permissions.policy import policy

from ..knobs.models import ACTIONS, SERVICES, operation_model

NAMES = {"tag": "resourcegroupstaggingapi", "servicequotas": "service-quotas", **SERVICES}
BY_THE_WAY = ("iam", "kms")
"""Services that AWS itself calls for elbplan: their errors come with the code of the call."""

PARAMETER = "AWS's message names the parameter; elbplan refuses what AWS documents as invalid before it asks"
OWN_CALL = "elbplan does not send what the error is about"
PAGE = "a page of a list is no longer valid: the same command reads it again"
INSIDE = "a failure inside AWS: elbplan tries again, and the message says so"
KNOWN = "elbplan takes it as the answer that the thing does not exist"

NEEDLESS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "InvalidArgsException", "InvalidArnException", "InvalidParameterException", "InvalidTagException",
            "ValidationException", "InvalidParameterValueException", "InvalidInput", "IllegalArgumentException",
            "WAFInvalidParameterException",
        ),
        PARAMETER,
    ),
    **dict.fromkeys(
        (
            "DuplicateTagKeys", "IncompatibleVersion", "NoSuchHealthCheckSource",
            "HierarchyLevelLimitExceededException",
            "HierarchyTypeMismatchException", "IncompatiblePolicyException", "InvalidAllowedPatternException",
            "InvalidFilterKey", "InvalidFilterOption", "InvalidFilterValue", "InvalidPolicyAttributeException",
            "InvalidPolicyTypeException", "ParameterMaxVersionLimitExceeded", "ParameterPatternMismatchException",
            "PoliciesLimitExceededException", "UnsupportedParameterType",
        ),
        OWN_CALL,
    ),
    **dict.fromkeys(("InvalidNextToken", "PaginationTokenExpiredException"), PAGE),
    **dict.fromkeys(
        (
            "ServiceException", "InternalServiceException", "InternalServiceError", "InternalErrorException",
            "InternalServerError", "WAFInternalErrorException",
        ),
        INSIDE,
    ),
    "ResourceNotFoundException": KNOWN,
    "NoSuchResourceException": KNOWN,
    "NoSuchChange": KNOWN,
    "ParameterAlreadyExists": "the lock of another run, which the screen explains",
}  # fmt: skip
"""Codes without an explanation, and why."""


def codes() -> Iterator[str]:
    """The codes of every operation for which elbplan needs a permission."""
    for action in policy(None).actions:
        prefix, name = action.split(":")
        service = NAMES.get(prefix, prefix)
        model = None if service in BY_THE_WAY else operation_model((service, ACTIONS.get(name, name)))
        for shape in model.error_shapes if model else ():
            yield shape.metadata.get("error", {}).get("code") or shape.name


CODES = sorted(set(codes()))


def test_every_code_is_explained_or_has_a_reason() -> None:
    assert len(CODES) > 100
    unknown = [code for code in CODES if find(code) is None and code not in NEEDLESS]
    assert unknown == [], "elbplan explain CODE knows nothing: a hint in live/service_hints.py, or a reason"
    assert [code for code in NEEDLESS if code not in CODES or find(code) is not None] == [], "needs no reason"


def test_no_hint_is_for_an_error_that_aws_does_not_know() -> None:
    assert sorted(set(SERVICE_HINTS) - set(CODES)) == []


@pytest.mark.parametrize("code", ["WAFUnavailableEntityException", "NoSuchHealthCheck", "InvalidCaCertificatesBundle"])
def test_the_hint_stands_beside_the_message_of_aws(code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}, "CreateHealthCheck")
    call = Call("route53", "CreateHealthCheck", {})
    problem = explain_refusal(error, Tries(call, "eu-west-1"))
    assert problem.hint == HINTS[code] != ""
