"""Sessions of profiles and roles: shared, assumed again before they expire, and with errors that help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.credentials import CredentialProvider

from elbplan.core.call import Call
from elbplan.core.identity import Identity
from elbplan.errors import AwsProblem
from elbplan.live.client import Aws
from elbplan.live.sessions import AssumedRole, Sessions, assume_role, session_name, with_provider
from elbplan.sandbox.box import Box

REGION = "eu-central-1"
PROD = "210987654321"
ROLE = f"arn:aws:iam::{PROD}:role/deploy"
PROFILES = f"""
[profile prod]
aws_access_key_id = {PROD}
aws_secret_access_key = secret
region = eu-west-1
"""


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture
def box(shared_box: Box) -> Box:
    shared_box.reset()
    return shared_box


class Opener:
    """Opens sessions from a file of profiles, and counts them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "config"
        self.file.write_text(PROFILES)
        self.opened: list[str] = []

    def __call__(self, profile: str, account: str, provider: CredentialProvider | None) -> boto3.session.Session:
        self.opened.append(profile)
        no = (None, None, str(self.file.parent / "none"), None)
        variables: dict[str, Any] = {"config_file": (None, None, str(self.file), None), "credentials_file": no}
        inner = with_provider(botocore.session.Session(profile=profile or None, session_vars=variables), provider)
        keys = (None, None) if provider or profile else ("AKIAX", "secret")
        return boto3.session.Session(*keys, botocore_session=inner)


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    return Opener(tmp_path)


@pytest.fixture
def sessions(box: Box, opener: Opener) -> Sessions:
    return Sessions(opener, box.url)


def account(box: Box, session: boto3.session.Session) -> str:
    return Aws(REGION, endpoint=box.url, session=session).account()


def test_each_identity_is_in_its_account(box: Box, sessions: Sessions) -> None:
    assert account(box, sessions.of(Identity())) == box.account_id
    assert account(box, sessions.of(Identity("prod"))) == PROD
    assert account(box, sessions.of(Identity(role=ROLE), REGION, ["web"])) == PROD


def test_stacks_with_the_same_identity_share_a_session_and_its_credentials(box: Box, sessions: Sessions) -> None:
    first, second = (sessions.of(Identity(role=ROLE), region, ["web", "shop"]) for region in (REGION, "us-east-1"))
    assert first is second
    box.clear_calls()
    for region in (REGION, "us-east-1"):
        Aws(region, endpoint=box.url, session=first).send(Call("ec2", "DescribeVpcs"))
    (assumed,) = [call for call in box.calls if call.action == "AssumeRole"]
    assert assumed.params["RoleSessionName"] == "elbplan-web-and-1-more"
    assert "ExternalId" not in assumed.params


def test_the_profile_assumes_the_role_with_the_external_id(box: Box, sessions: Sessions) -> None:
    box.clear_calls()
    assume_role(sessions.of(Identity("prod", ROLE, "team-7"), REGION, ["web"]))
    (call,) = box.calls
    assert (call.action, call.key, call.params["ExternalId"]) == ("AssumeRole", PROD, "team-7")
    assert call.params["RoleSessionName"] == "elbplan-web"


def test_a_role_is_assumed_again_before_its_credentials_expire(box: Box, opener: Opener) -> None:
    now = datetime.now(UTC)
    role = AssumedRole(opener("", "", None), Identity(role=ROLE), REGION, ["web"], box.url, lambda: now)
    credentials = role.load()
    first = credentials.get_frozen_credentials().access_key
    now += timedelta(minutes=40)
    assert credentials.get_frozen_credentials().access_key == first
    now += timedelta(minutes=12)
    assert credentials.get_frozen_credentials().access_key != first


def test_a_role_that_cannot_be_assumed_names_the_role_the_stacks_and_what_to_do(box: Box, sessions: Sessions) -> None:
    message = f"User: arn:aws:iam::1:user/ann is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    box.fault("error", action="AssumeRole", code="AccessDenied", message=message, status=403)
    session = sessions.of(Identity("prod", ROLE, "team-7"), REGION, ["a", "b", "c", "d", "e"])
    with pytest.raises(AwsProblem) as raised:
        Aws(REGION, endpoint=box.url, session=session).send(Call("ec2", "DescribeVpcs"))
    assert (
        raised.value.what
        == f"{ROLE}, the role of stacks a, b, c and 2 more, cannot be assumed: AccessDenied: {message}"
    )
    assert "must allow sts:AssumeRole for the profile prod" in raised.value.hint
    assert "the external id must match" in raised.value.hint
    assert "team-7" not in str(raised.value), "the external id is no secret for AWS, but nobody needs it here"


def test_no_connection_to_sts_is_not_a_denial(opener: Opener) -> None:
    session = Sessions(opener, "http://127.0.0.1:1").of(Identity(role=ROLE), REGION, ["web"])
    with pytest.raises(AwsProblem, match="the role of stack web, cannot be assumed: no connection to AWS STS"):
        assume_role(session)


def test_the_name_of_a_session_is_one_that_aws_accepts() -> None:
    assert session_name(["web"]) == "elbplan-web"
    assert session_name(["a" * 24, *"bcdefgh"]) == f"elbplan-{'a' * 24}-and-7-more"
    assert session_name([]) == "elbplan"
