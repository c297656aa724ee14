"""More names in a certificate than the first quota of an account allows."""

from __future__ import annotations

import pytest

from elbplan.sandbox.box import Box

from . import specs
from .stage import Stage

ELEVEN = ", ".join(f"n{number}.example.com" for number in range(11))
SPEC = specs.COURSE.replace("domain: api.example.com", f"domain: [{ELEVEN}]")


def test_aws_decides_and_the_hint_says_what_to_ask_for(stage: Stage) -> None:
    outcome = stage.run(stage.plan(SPEC))
    (failed,) = outcome.failed
    assert failed.step.id == "create certificate.main"
    assert "10 names in a certificate" in failed.hint
    assert "Service Quotas" in failed.hint
    stage.destroy(SPEC)


@pytest.fixture
def raised(box: Box, stage: Stage) -> Stage:
    box.quota("names_per_certificate", 20)
    return stage


def test_with_a_raised_quota_it_works(raised: Stage) -> None:
    raised.apply(SPEC)
    raised.destroy(SPEC)
