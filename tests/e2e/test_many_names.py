"""More names in a certificate than the first quota of an account allows."""

from __future__ import annotations

import pytest

from elbplan.errors import Refused
from elbplan.sandbox.box import Box

from . import specs
from .stage import Stage

ELEVEN = ", ".join(f"n{number}.example.com" for number in range(11))
SPEC = specs.COURSE.replace("domain: api.example.com", f"domain: [{ELEVEN}]")


def test_more_names_than_the_quota_are_refused_before_anything_is_written(stage: Stage) -> None:
    stage.box.clear_calls()
    with pytest.raises(Refused, match=r"certificate\.main: it has 11 names, and this account's quota is 10") as caught:
        stage.plan(SPEC)
    assert "--quota-code L-FB94F0B0 --desired-value 11" in caught.value.hint
    assert stage.box.writes() == []


def test_the_quota_is_read_only_for_many_names(stage: Stage) -> None:
    stage.box.clear_calls()
    assert stage.plan(specs.COURSE).steps
    assert "acm" not in {call.params["ServiceCode"] for call in stage.box.calls if call.action == "GetServiceQuota"}


def test_without_permission_to_read_it_aws_decides_and_the_hint_says_what_to_ask_for(stage: Stage) -> None:
    stage.box.fault("error", action="GetServiceQuota", code="AccessDeniedException", status=400)
    outcome = stage.run(stage.plan(SPEC))
    (failed,) = outcome.failed
    assert failed.step.id == "create certificate.main"
    assert "10 names in a certificate" in failed.hint
    assert "Service Quotas" in failed.hint
    stage.box.clear_faults()
    stage.destroy(SPEC)


@pytest.fixture
def raised(box: Box, stage: Stage) -> Stage:
    box.quota("names_per_certificate", 20)
    return stage


def test_with_a_raised_quota_it_works(raised: Stage) -> None:
    raised.apply(SPEC)
    raised.destroy(SPEC)
