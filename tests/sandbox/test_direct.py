"""Requests to a sandbox of this process need no socket, except while a fault is set."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from elbplan.sandbox.box import Box
from tests.direct import direct_session

ONCE = Config(retries={"total_max_attempts": 1})


def test_only_with_a_fault_a_request_needs_the_socket() -> None:
    with Box() as box:
        ec2 = direct_session("test", "test").client("ec2", "eu-west-1", endpoint_url=box.url, config=ONCE)
        box.switch("clock_skew", 200.0)
        box.server.stop()
        dated = ec2.describe_instances()["ResponseMetadata"]["HTTPHeaders"]["date"]
        assert parsedate_to_datetime(dated).timestamp() > time.time() + 100, "AWS's time is shifted"
        with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
            ec2.describe_security_groups(GroupIds=["sg-0123456789abcdef0"])
        assert [call.action for call in box.calls] == ["DescribeInstances", "DescribeSecurityGroups"]
        box.fault("drop")
        with pytest.raises(EndpointConnectionError):
            ec2.describe_instances()
