"""Faults on demand."""

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
from botocore.exceptions import HTTPClientError, ReadTimeoutError

from .kit import REGION, Kit, refused


@pytest.fixture
def faulty(kit: Kit) -> Iterator[Kit]:
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
def test_each_service_throttles_with_its_own_error(faulty: Kit, service: str, code: str) -> None:
    faulty.box.fault("throttle", service=service)
    ask = {
        "elbv2": "describe_load_balancers",
        "ec2": "describe_instances",
        "acm": "list_certificates",
        "route53": "list_hosted_zones",
        "ssm": "describe_parameters",
    }[service]
    with refused(code):
        getattr(faulty.box.client(service, "eu-central-1"), ask)()


def test_botocore_retries_throttled_calls(faulty: Kit) -> None:
    faulty.box.fault("throttle", limit=2)
    patient = faulty.box.client("elbv2", "eu-central-1", retries={"total_max_attempts": 5, "mode": "standard"})
    assert patient.describe_load_balancers()["LoadBalancers"] == []
    assert [call.outcome for call in faulty.box.calls] == ["Throttling", "Throttling", "ok"]


def test_a_lost_answer_has_its_effect(faulty: Kit) -> None:
    faulty.box.fault("lost", nth_write=2)
    faulty.group("one")
    with pytest.raises((Unreachable, HTTPClientError)):
        faulty.group("two")
    names = [group["TargetGroupName"] for group in faulty.elb.describe_target_groups()["TargetGroups"]]
    assert names == ["one", "two"]
    assert [call.outcome for call in faulty.box.writes()] == ["ok", "ok, lost"]


def test_a_dropped_request_has_no_effect(faulty: Kit) -> None:
    faulty.box.fault("drop", action="Create*", limit=1)
    with pytest.raises((Unreachable, HTTPClientError)):
        faulty.group("one")
    assert faulty.elb.describe_target_groups()["TargetGroups"] == []


def test_errors_of_any_kind_by_parameter_and_number(faulty: Kit) -> None:
    faulty.box.fault("error", code="AccessDenied", status=403, match='"Name": "two"')
    faulty.box.fault("5xx", action="DescribeTargetGroups", nth=2)
    faulty.group("one")
    with refused("AccessDenied"):
        faulty.group("two")
    faulty.elb.describe_target_groups()
    with refused("ServiceUnavailable"):
        faulty.elb.describe_target_groups()
    faulty.elb.describe_target_groups()


def test_random_faults_are_reproducible(faulty: Kit) -> None:
    seen = []
    for _ in range(2):
        faulty.box.clear_faults()
        faulty.box.clear_calls()
        faulty.box.fault("throttle", probability=0.5, seed=3)
        for _ in range(12):
            try:
                faulty.elb.describe_load_balancers()
            except faulty.elb.exceptions.ClientError:
                continue
        seen.append([call.outcome for call in faulty.box.calls])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 2


def test_a_delay_does_not_delay_other_calls(faulty: Kit) -> None:
    faulty.box.fault("delay", seconds=0.2, limit=1)
    begun = time.monotonic()
    faulty.elb.describe_load_balancers()
    assert time.monotonic() - begun >= 0.2


def test_a_service_that_hangs_answers_no_call_until_the_fault_is_cleared(faulty: Kit) -> None:
    faulty.box.fault("hang", service="elbv2")
    hasty = faulty.box.client("elbv2", REGION, read_timeout=0.2)
    with pytest.raises(ReadTimeoutError):
        hasty.describe_load_balancers()
    assert faulty.box.client("ec2", REGION).describe_vpcs()["Vpcs"]
    assert faulty.box.faults()[0]["kind"] == "hang"
    faulty.box.clear_faults()
    hasty.describe_load_balancers()
    assert [call.outcome for call in faulty.box.calls if call.service == "elbv2"] == ["no answer", "ok"]


def test_one_operation_fails_so_often_and_answers_then(faulty: Kit) -> None:
    faulty.box.fault("5xx", action="DescribeLoadBalancers", limit=2)
    for _ in range(2):
        with refused("ServiceUnavailable"):
            faulty.elb.describe_load_balancers()
    faulty.elb.describe_load_balancers()


def test_kill_comes_after_the_effect(faulty: Kit) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    faulty.box.fault("kill", nth_write=1, pid=victim.pid)
    faulty.elb.describe_load_balancers()
    with pytest.raises((Unreachable, HTTPClientError)):
        faulty.group("one")
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert len(faulty.elb.describe_target_groups()["TargetGroups"]) == 1


def test_the_answer_to_every_write_is_lost_once(faulty: Kit) -> None:
    faulty.box.fault("lost", each_write=True)
    elb = faulty.box.client("elbv2", REGION, retries={"total_max_attempts": 2})
    for name in ("one", "two"):
        elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=faulty.vpc)
    elb.describe_target_groups()
    outcomes = [call.outcome for call in faulty.box.calls if call.action == "CreateTargetGroup"]
    assert outcomes == ["ok, lost", "ok", "ok, lost", "ok"]


def test_a_parameter_takes_one_update_at_a_time(faulty: Kit) -> None:
    """During an update, a second one of the same parameter is refused; one of another parameter is not."""
    faulty.box.fault("delay", action="PutParameter", seconds=1.0, limit=1)
    put = {"Value": "x", "Type": "String"}
    slow = threading.Thread(target=lambda: faulty.ssm.put_parameter(Name="/a/1", **put))
    slow.start()
    while not faulty.box.counts()["PutParameter"]:
        time.sleep(0.01)
    with refused("TooManyUpdates"):
        faulty.ssm.put_parameter(Name="/a/1", **put)
    faulty.ssm.put_parameter(Name="/a/2", **put)
    slow.join()
    with refused("ParameterAlreadyExists"):
        faulty.ssm.put_parameter(Name="/a/1", **put)


def test_a_request_that_arrives_in_part_is_not_executed(faulty: Kit) -> None:
    """Its caller ended between the head and the body."""
    host, _, port = faulty.box.url.removeprefix("http://").partition(":")
    head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 40\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as caller:
        caller.sendall(f"{head}Action=CreateThing".encode())
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(100) == b""
    assert faulty.box.calls == []


def test_the_log_has_the_access_key(faulty: Kit) -> None:
    session = boto3.session.Session("AKIASOMEBODY", "secret", region_name=REGION)
    session.client("ssm", endpoint_url=faulty.box.url).describe_parameters()
    assert [call.key for call in faulty.box.calls] == ["AKIASOMEBODY"]
