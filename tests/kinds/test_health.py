"""Why a target is not healthy: every reason of AWS has a cause, and something to do unless it passes by itself."""

from __future__ import annotations

import pytest

from elbplan.core.address import AwsId
from elbplan.core.cause import UNKNOWN_SERVER, Cause, ServerFacts
from elbplan.core.hidden import Hidden
from elbplan.kinds.aws.response_codes import FIXES
from elbplan.kinds.aws.target_health import CAUSES, NEVER, DescribedTarget, HealthContext, gate_status_of
from elbplan.kinds.target_group import TargetGroup

from .kit import REGION, service

REASONS = service("elbv2").shape_for("TargetHealthReasonEnum").enum
PASSING = {"Elb.RegistrationInProgress", "Elb.InitialHealthChecking", "Elb.InternalError"}
NOTHING_TO_DO = {"Target.NotInUse", "Target.HealthCheckDisabled"}
GROUP = TargetGroup.model_validate({"port": 8080, "vpc": AwsId("vpc-1"), "health": {"path": "/health"}})
SERVERS = {"i-1": ServerFacts("server-a", "eu-west-1d"), "i-2": ServerFacts("server-c")}


def cause(reason: str, description: str = "", id: str = "i-1", **rest: object) -> Cause:
    (found,) = causes((id, reason, description), **rest)
    return found


def causes(*targets: tuple[str, str, str], group: TargetGroup = GROUP, servers=SERVERS) -> tuple[Cause, ...]:
    words = HealthContext(REGION, lambda id: servers.get(id, UNKNOWN_SERVER), group)
    described = [
        DescribedTarget(id, {"State": "unhealthy", "Reason": reason, "Description": description}, "8080")
        for id, reason, description in targets
    ]
    return words.causes(described)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_cause_and_a_fix_unless_it_passes(reason: str) -> None:
    found = cause(reason, "Health checks failed with these codes: [404]")
    assert found.code == reason
    assert found.text
    assert "{" not in f"{found.text}{found.fix}{found.command}"
    assert bool(found.fix) == (reason not in PASSING | NOTHING_TO_DO)


def test_only_reasons_of_aws_have_causes() -> None:
    assert set(CAUSES) == set(REASONS)
    assert set(NEVER) <= set(CAUSES)


def test_the_port_the_path_and_the_timeout_are_those_of_the_check() -> None:
    assert cause("Target.Timeout").text == "no answer on port 8080 within 5 s"
    assert cause("Target.FailedHealthChecks").fix.endswith("on the server try: curl -i http://localhost:8080/health")
    tcp = TargetGroup.model_validate({"port": 53, "protocol": "TCP", "vpc": AwsId("vpc-1")})
    assert cause("Target.FailedHealthChecks", group=tcp).fix.endswith("on the server try: ss -ltn")


@pytest.mark.parametrize("code", [*FIXES, "418", "503"])
def test_each_code_of_the_health_page_has_its_own_fix(code: str) -> None:
    found = cause("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{code}]")
    assert found.text == f"HTTP {code} on /health"
    assert "{" not in found.fix


def test_a_missing_page_is_to_be_created_or_replaced() -> None:
    codes = "Health checks failed with these codes: [404]"
    assert cause("Target.ResponseCodeMismatch", codes).fix == "create that page, or set health: /"
    root = GROUP.model_copy(update={"health": GROUP.health.model_copy(update={"path": "/"})})
    assert cause("Target.ResponseCodeMismatch", codes, group=root).fix.endswith("health: to a page that exists")


def test_a_path_with_braces_stays_as_it_is() -> None:
    odd = GROUP.model_copy(update={"health": GROUP.health.model_copy(update={"path": "/{port}"})})
    assert cause("Target.ResponseCodeMismatch", "[404]", group=odd).text == "HTTP 404 on /{port}"


def test_the_value_of_a_variable_is_not_shown() -> None:
    path = Hidden("/t0p-secret", "/${TOKEN}")
    secret = TargetGroup.model_validate({"port": 80, "vpc": AwsId("vpc-1"), "health": {"path": path}})
    for reason in ("Target.ResponseCodeMismatch", "Target.FailedHealthChecks"):
        text = str(cause(reason, "[404]", group=secret))
        assert "t0p-secret" not in text
        assert "${TOKEN}" in text


def test_targets_with_one_cause_are_together_and_have_names() -> None:
    first, second = causes(
        ("i-1", "Target.Timeout", ""), ("i-3", "Target.FailedHealthChecks", ""), ("i-2", "Target.Timeout", "")
    )
    assert first.labels == ("server-a (i-1)", "server-c (i-2)")
    assert (second.labels, second.short_labels) == (("i-3",), ("i-3",))


def test_a_group_that_is_known_to_be_closed_is_named_with_the_command() -> None:
    closed = Cause("no inbound rule of sg-1 allows port 8080", "open it", "aws ec2 ...")
    found = cause("Target.Timeout", servers={"i-1": ServerFacts("server-a", closed=closed)})
    assert (found.text, found.command, found.targets) == (closed.text, closed.command, ("i-1",))


def test_a_closed_group_is_named_before_the_first_check_fails() -> None:
    facts = {"i-1": ServerFacts("server-a", closed=Cause("no inbound rule of sg-1 allows port 8080"))}
    found = cause("Elb.InitialHealthChecking", servers=facts)
    assert (found.text, found.code) == ("no inbound rule of sg-1 allows port 8080", "")
    assert cause("Elb.InitialHealthChecking").text == "the first health checks are running"


def test_stopped_servers_get_one_command_that_starts_them() -> None:
    (found,) = causes(*((id, "Target.InvalidState", "Target is in the stopped state") for id in SERVERS))
    assert found.text == "it is stopped"
    assert found.command == f"aws ec2 start-instances --region {REGION} --instance-ids i-1 i-2"
    ended = cause("Target.InvalidState", "Target is in the terminated state")
    assert (ended.text, ended.command) == ("it is terminated and cannot start again", "")


def test_a_zone_without_the_load_balancer_is_named() -> None:
    words = "Target is in an Availability Zone that is not enabled for the load balancer"
    assert "eu-west-1d" in cause("Target.NotInUse", words).text
    assert gate_status_of({"State": "unused", "Reason": "Target.NotInUse", "Description": words}) == "failing"


def test_only_the_unhealthy_are_failing() -> None:
    assert gate_status_of({"State": "healthy"}) == "ready"
    assert gate_status_of({"State": "unhealthy"}) == "failing"
    assert gate_status_of({"State": "initial"}) == "waiting"
    assert gate_status_of({"State": "unused", "Reason": "Target.NotInUse"}) == "waiting"
