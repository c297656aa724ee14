"""The visitors of two stacks that share a name by routing policies: nobody is ever left without an answer."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow

from .crashing_aws import CrashingAws
from .stage import REGION, Stage
from .test_weighted_records import NAME, end, sets, weights

STACK = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [{server}], port: 80, health: /health}}
manage: {{certificate: false}}
listeners: [{{listen: 80/http, forward: web}}]
domain: {{name: shop.example.com{policy}}}
"""
KOREAN = {"continent": "AS", "country": "KR", "region": REGION, "source": "203.0.113.9"}
GERMAN = {"continent": "EU", "country": "DE", "region": "eu-central-1", "source": "198.51.100.9"}
ROUTES = [(NAME, 80, NAME, "/", visitor) for visitor in ({}, KOREAN, GERMAN)]


class Story:
    """Two stacks, blue and green. `now` has the policy of each record."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.servers = {name: stage.box.create_fixture("instance", region=REGION) for name in ("blue", "green")}
        self.now: dict[str, str] = {}

    def spec(self, name: str, policy: str) -> str:
        return STACK.format(name=name, server=self.servers[name], policy=f", {policy}" if policy else "")

    def become(self, name: str, policy: str) -> None:
        """Gives the record of a stack another policy, with a kill after two writes. No visitor goes without."""
        writes = 2 if name in self.now else 99
        self.now[name] = self.spec(name, policy)
        self.stage.box.watch(ROUTES)
        runs = 0
        while not (plan := self.stage.plan(self.now[name])).empty:
            dying = CrashingAws(self.stage.aws, writes)
            workflow.apply(dying, plan, KINDS, self.stage.events.append, self.stage.clock, parallel=1)
            runs += 1
            assert runs < 20, "every run gets further"
        assert self.stage.box.unanswered() == [], (name, policy)

    def end(self) -> None:
        for text in self.now.values():
            end(self.stage, text)
        assert sets(self.stage) == []

    def reached(self, **visitor: str) -> str:
        """The stack whose load balancer answers."""
        answer = self.stage.box.traffic(NAME, 80, NAME, "/", **visitor)
        assert answer["ok"], answer["why"]
        return str(answer["via"][1].split("/")[2])


@pytest.fixture
def story(slow_stage: Stage) -> Story:
    return Story(slow_stage)


def test_a_canary_from_nothing_to_everything_leaves_nobody_without_an_answer(story: Story) -> None:
    story.become("blue", "")
    story.become("blue", "policy: {weighted: 100}")
    for percent in (0, 10, 100):
        story.become("green", f"policy: {{weighted: {percent}}}")
    story.become("blue", "policy: {weighted: 0}")
    assert weights(story.stage) == {"blue": 0, "green": 100}
    assert story.reached() == "green"
    story.stage.box.watch(ROUTES)
    end(story.stage, story.now.pop("blue"))
    assert story.stage.box.unanswered() == []
    story.become("green", "")
    story.end()


def test_the_secondary_stack_answers_while_the_targets_of_the_primary_are_sick(story: Story) -> None:
    story.become("blue", "policy: {failover: primary}")
    story.become("green", "policy: {failover: secondary}")
    assert story.reached() == "blue"
    story.stage.box.watch(ROUTES)
    story.stage.box.sick("blue-web")
    assert story.reached() == "green"
    story.stage.box.sick("green-web")
    assert "no healthy target" in story.stage.box.traffic(NAME, 80, NAME)["why"], "both are sick: the primary answers"
    story.stage.box.well("blue-web")
    assert story.reached() == "blue"
    story.stage.box.well("green-web")
    story.become("green", "policy: {failover: secondary}, evaluate_target_health: false")
    story.end()


PLACES = {
    "geolocation": ("policy: geolocation", "policy: {geolocation: {country: KR}}"),
    "latency": ("policy: {latency: eu-central-1}", "policy: latency"),
}


@pytest.mark.parametrize("policy", PLACES)
def test_a_second_stack_takes_over_the_visitors_of_a_place(story: Story, policy: str) -> None:
    everywhere, here = PLACES[policy]
    story.become("blue", "")
    story.become("blue", everywhere)
    story.become("green", here)
    assert (story.reached(**KOREAN), story.reached(**GERMAN)) == ("green", "blue")
    story.stage.box.sick("green-web")
    assert story.reached(**KOREAN) == "blue", "a sick place is left out"
    story.end()
