"""Two stacks in two regions share a name or a zone: neither touches the other, also if runs are killed."""

from __future__ import annotations

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import ElbplanError
from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.run.outcome import Outcome

from .crashing_aws import CrashingAws
from .stage import REGION, Stage
from .test_validation_records import validation
from .test_weighted_records import sets

EUROPE = "eu-central-1"
PLAIN = """
name: {name}
region: {region}
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {{name: shop.example.com, {domain}}}
"""
CERTIFIED = """
name: {name}
region: {region}
remove_validation: {remove}
domain: {{name: {domain}}}
targets: {{ips: [172.31.0.5], port: 80}}
"""
LIVES = {
    "failover": (
        "policy: {failover: primary}, health_check: /health",
        "policy: {failover: secondary}, health_check: /health",
    ),
    "latency": ("policy: latency, health_check: /health", "policy: latency"),
}
"""The domains of the stack in Asia and of that in Europe."""


@pytest.fixture
def regions(stage: Stage) -> dict[str, Aws]:
    """The clients of both regions."""
    stage.box.create_defaults(EUROPE)
    europe = Aws(EUROPE, endpoint=stage.box.url, session=stage.aws._session, parallel=8)
    return {REGION: stage.aws, EUROPE: europe}


def turn(stage: Stage, regions: dict[str, Aws], text: str) -> None:
    """Turns the stage to the region of this spec."""
    (stack,) = stage.stacks(text)
    stage.aws = regions[str(stack.region)]


def applied(stage: Stage, regions: dict[str, Aws], text: str) -> None:
    turn(stage, regions, text)
    stage.apply(text)


def settled(stage: Stage, regions: dict[str, Aws], *texts: str) -> None:
    for text in texts:
        turn(stage, regions, text)
        stage.assert_settled(text)


def ended(stage: Stage, regions: dict[str, Aws], text: str) -> tuple[Plan, Outcome]:
    turn(stage, regions, text)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(text), KINDS)
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    return plan, outcome


def health_checks(stage: Stage) -> list[str]:
    return sorted(raw["Id"] for raw in stage.client("route53").list_health_checks()["HealthChecks"])


def killed_after(stage: Stage, writes: int, plan: Plan) -> bool:
    """Runs a plan whose process dies after so many writes. True if it died."""
    try:
        outcome = workflow.apply(CrashingAws(stage.aws, writes), plan, KINDS, lambda event: None, stage.clock)
    except ElbplanError:
        return True
    finally:
        stage.box.advance(3600)
    return not outcome.complete


@pytest.mark.parametrize("name", LIVES)
def test_a_killed_run_in_one_region_never_touches_what_the_other_one_has(
    stage: Stage, regions: dict[str, Aws], name: str
) -> None:
    asia, europe = (
        PLAIN.format(name=stack, region=region, domain=domain)
        for stack, region, domain in zip(("asia", "europe"), (REGION, EUROPE), LIVES[name], strict=True)
    )
    applied(stage, regions, asia)
    (record,), checks = sets(stage), health_checks(stage)
    for writes in (2, 4, 6, 8):
        turn(stage, regions, europe)
        assert killed_after(stage, writes, stage.plan(europe)) or writes > 6
        assert record in sets(stage)
        settled(stage, regions, asia)
        applied(stage, regions, europe)
        assert len(sets(stage)) == 2
        settled(stage, regions, asia, europe)
        (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(europe), KINDS)
        killed_after(stage, writes // 2, plan)
        settled(stage, regions, asia)
        ended(stage, regions, europe)
        assert sets(stage) == [record]
        assert health_checks(stage) == checks
    applied(stage, regions, europe)
    ended(stage, regions, asia)
    assert {raw["SetIdentifier"] for raw in sets(stage)} == {"europe"}
    settled(stage, regions, europe)
    ended(stage, regions, europe)
    assert (sets(stage), health_checks(stage)) == ([], [])


def zones(stage: Stage) -> list[str]:
    listed = stage.client("route53").list_hosted_zones()["HostedZones"]
    return [raw["Name"] for raw in listed if raw["Name"] == "own.net."]


@pytest.mark.parametrize("first", ["maker", "user"])
def test_a_zone_of_one_stack_stays_while_the_other_one_uses_it_and_then_goes(
    stage: Stage, regions: dict[str, Aws], first: str
) -> None:
    maker = CERTIFIED.format(
        name="maker",
        region=REGION,
        remove="false",
        domain="app.own.net, policy: {failover: primary}, zone: {name: own.net, create: true}",
    )
    user = CERTIFIED.format(
        name="user",
        region=EUROPE,
        remove="true",
        domain="app.own.net, policy: {failover: secondary}, zone: own.net",
    )
    applied(stage, regions, maker)
    applied(stage, regions, user)
    settled(stage, regions, maker, user)
    if first == "maker":
        plan, outcome = ended(stage, regions, maker)
        screen = " ".join("\n".join(map(str, outcome_screen(plan, outcome, Style(width=100), END))).split())
        assert "this stack did not make its records A app.own.net" in screen
        assert "destroy this stack again" in screen
        assert "1 hosted zone" not in screen
        settled(stage, regions, user)
    ended(stage, regions, user)
    assert zones(stage) == ["own.net."]
    ended(stage, regions, maker)
    assert zones(stage) == []


END = EndScreen(destroyed=True)


def test_the_last_of_two_regions_removes_the_validation_record_that_the_first_one_made(
    stage: Stage, regions: dict[str, Aws]
) -> None:
    asia, europe = (
        CERTIFIED.format(name=name, region=region, remove="true", domain="api.example.com, policy: latency")
        for name, region in (("asia", REGION), ("europe", EUROPE))
    )
    applied(stage, regions, asia)
    applied(stage, regions, europe)
    ended(stage, regions, asia)
    assert validation(stage)
    settled(stage, regions, europe)
    ended(stage, regions, europe)
    assert validation(stage) == []
