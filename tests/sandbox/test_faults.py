"""Trouble on demand."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ConnectionError as Unreachable
from botocore.exceptions import HTTPClientError

from .kit import REGION, Kit, refused


@pytest.fixture
def troubled(kit: Kit) -> Iterator[Kit]:
    kit.box.clear_calls()
    yield kit
    kit.box.clear_faults()


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("elbv2", "Throttling"),
        ("ec2", "RequestLimitExceeded"),
        ("acm", "ThrottlingException"),
        ("route53", "Throttling"),
        ("ssm", "ThrottlingException"),
    ],
)
def test_each_service_throttles_in_its_own_words(troubled: Kit, service: str, code: str) -> None:
    troubled.box.fault("throttle", service=service)
    ask = {
        "elbv2": "describe_load_balancers",
        "ec2": "describe_instances",
        "acm": "list_certificates",
        "route53": "list_hosted_zones",
        "ssm": "describe_parameters",
    }[service]
    with refused(code):
        getattr(troubled.box.client(service, "eu-central-1"), ask)()


def test_botocore_gets_through_throttling(troubled: Kit) -> None:
    troubled.box.fault("throttle", limit=2)
    patient = troubled.box.client("elbv2", "eu-central-1", retries={"total_max_attempts": 5, "mode": "standard"})
    assert patient.describe_load_balancers()["LoadBalancers"] == []
    assert [call.outcome for call in troubled.box.calls] == ["Throttling", "Throttling", "ok"]


def test_a_lost_answer_has_its_effect(troubled: Kit) -> None:
    troubled.box.fault("lost", nth_write=2)
    troubled.group("one")
    with pytest.raises((Unreachable, HTTPClientError)):
        troubled.group("two")
    names = [one["TargetGroupName"] for one in troubled.elb.describe_target_groups()["TargetGroups"]]
    assert names == ["one", "two"]
    assert [call.outcome for call in troubled.box.writes()] == ["ok", "ok, lost"]


def test_a_dropped_request_has_none(troubled: Kit) -> None:
    troubled.box.fault("drop", action="Create*", limit=1)
    with pytest.raises((Unreachable, HTTPClientError)):
        troubled.group("one")
    assert troubled.elb.describe_target_groups()["TargetGroups"] == []


def test_errors_of_any_kind_by_parameter_and_number(troubled: Kit) -> None:
    troubled.box.fault("error", code="AccessDenied", status=403, match='"Name": "two"')
    troubled.box.fault("5xx", action="DescribeTargetGroups", nth=2)
    troubled.group("one")
    with refused("AccessDenied"):
        troubled.group("two")
    troubled.elb.describe_target_groups()
    with refused("ServiceUnavailable"):
        troubled.elb.describe_target_groups()
    troubled.elb.describe_target_groups()


def test_chance_is_the_same_every_time(troubled: Kit) -> None:
    seen = []
    for _ in range(2):
        troubled.box.clear_faults()
        troubled.box.clear_calls()
        troubled.box.fault("throttle", probability=0.5, seed=3)
        for _ in range(12):
            try:
                troubled.elb.describe_load_balancers()
            except troubled.elb.exceptions.ClientError:
                continue
        seen.append([call.outcome for call in troubled.box.calls])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 2


def test_a_delay_does_not_hold_up_the_others(troubled: Kit) -> None:
    troubled.box.fault("delay", seconds=0.2, limit=1)
    begun = time.monotonic()
    troubled.elb.describe_load_balancers()
    assert time.monotonic() - begun >= 0.2


def test_kill_strikes_after_the_effect(troubled: Kit) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    troubled.box.fault("kill", nth_write=1, pid=victim.pid)
    troubled.elb.describe_load_balancers()
    with pytest.raises((Unreachable, HTTPClientError)):
        troubled.group("one")
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert len(troubled.elb.describe_target_groups()["TargetGroups"]) == 1


def test_the_answer_to_every_write_lost_once(troubled: Kit) -> None:
    troubled.box.fault("lost", each_write=True)
    elb = troubled.box.client("elbv2", REGION, retries={"total_max_attempts": 2})
    for name in ("one", "two"):
        elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=troubled.vpc)
    elb.describe_target_groups()
    outcomes = [call.outcome for call in troubled.box.calls if call.action == "CreateTargetGroup"]
    assert outcomes == ["ok, lost", "ok", "ok, lost", "ok"]


def test_a_parameter_takes_one_update_at_a_time(troubled: Kit) -> None:
    """The first update takes a while; a second of the same parameter meets it, one of another does not."""
    troubled.box.fault("delay", action="PutParameter", seconds=1.0, limit=1)
    put = {"Value": "x", "Type": "String"}
    slow = threading.Thread(target=lambda: troubled.ssm.put_parameter(Name="/a/1", **put))
    slow.start()
    while not troubled.box.counts()["PutParameter"]:
        time.sleep(0.01)
    with refused("TooManyUpdates"):
        troubled.ssm.put_parameter(Name="/a/1", **put)
    troubled.ssm.put_parameter(Name="/a/2", **put)
    slow.join()
    with refused("ParameterAlreadyExists"):
        troubled.ssm.put_parameter(Name="/a/1", **put)


def test_a_request_that_arrives_in_part_is_not_acted_on(troubled: Kit) -> None:
    """Its caller died, or thought better of it, between the head and the body."""
    host, _, port = troubled.box.url.removeprefix("http://").partition(":")
    head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as caller:
        caller.sendall(f"{head}Action=CreateThing".encode())
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(100) == b""
    assert troubled.box.calls == []


def test_the_log_tells_who_called(troubled: Kit) -> None:
    session = boto3.session.Session("AKIASOMEBODY", "secret", region_name=REGION)
    session.client("ssm", endpoint_url=troubled.box.url).describe_parameters()
    assert [call.key for call in troubled.box.calls] == ["AKIASOMEBODY"]
