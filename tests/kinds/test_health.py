"""Why a target is not healthy: every reason AWS gives has a cause and something to do."""

from __future__ import annotations

import pytest

from elbplan.kinds.aws.target_health import CAUSES, NEVER, gate_status_of, health_text

from .kit import service

REASONS = service("elbv2").shape_for("TargetHealthReasonEnum").enum
PASSING = {"Elb.RegistrationInProgress", "Elb.InitialHealthChecking", "Target.DeregistrationInProgress"}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_that_does_not_pass_by_itself_has_a_cause(reason):
    assert reason in CAUSES or reason in PASSING


def test_no_cause_is_told_for_what_aws_never_says():
    assert set(CAUSES) <= set(REASONS)
    assert set(NEVER) <= set(CAUSES)


def test_what_is_told_names_the_target_the_reason_and_the_cause():
    health = {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}
    text = health_text("i-1", health)
    assert text.startswith("i-1 is unhealthy: Target.Timeout (Request timed out): ")
    assert "security group" in text


def test_only_the_unhealthy_are_failing():
    assert gate_status_of({"State": "healthy"}) == "ready"
    assert gate_status_of({"State": "unhealthy"}) == "failing"
    assert gate_status_of({"State": "initial"}) == "waiting"
