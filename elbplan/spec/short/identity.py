"""`account:`, `profile:` and `role:`: in which account a stack is, and with whose credentials elbplan works there."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ..errors import SpecValueError
from ..messages import shown_value
from .words import ShortModel, TextOrNumber, text_is

ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
PROFILE = re.compile(r"[^\s\x00-\x1f\x7f\[\]]([^\x00-\x1f\x7f\[\]]*[^\s\x00-\x1f\x7f\[\]])?")
ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}", re.ASCII)
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""


def _account(value: str) -> str:
    if not ACCOUNT.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not an AWS account", "write the twelve digits of its id")
    return value


def _profile(value: str) -> str:
    if not PROFILE.fullmatch(value):
        hint = "write the name of a profile in ~/.aws/config; aws configure list-profiles lists them"
        raise SpecValueError(f"{shown_value(value)} is not the name of a profile", hint)
    return value


def _role(value: str) -> str:
    if not ROLE.fullmatch(value):
        hint = "write the ARN of an IAM role: arn:aws:iam::123456789012:role/deploy"
        raise SpecValueError(f"{shown_value(value)} is not the ARN of a role", hint)
    return value


def _external_id(value: str) -> str:
    if not EXTERNAL_ID.fullmatch(value):
        hint = "2 to 1224 letters, digits and + = , . @ : / - _"
        raise SpecValueError(f"{shown_value(value)} is not an external id", hint)
    return value


class Role(ShortModel):
    """An IAM role that elbplan assumes."""

    arn: Annotated[
        Annotated[str, AfterValidator(_role)],
        Field(description="the ARN of the role", examples=["arn:aws:iam::123456789012:role/deploy"]),
    ]
    external_id: Annotated[
        Annotated[TextOrNumber, AfterValidator(_external_id)] | None,
        Field(description="the external id that the role's trust policy requires"),
    ] = None


Account = Annotated[TextOrNumber, AfterValidator(_account)]
Profile = Annotated[str, AfterValidator(_profile)]
AssumedRole = Annotated[Role, text_is("arn")]
