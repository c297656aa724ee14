"""The checks of what AWS says, without a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.call import Answer, Call
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.core.resource import rebuilt
from elbplan.core.security_edge import SecurityEdge
from elbplan.errors import AwsProblem
from elbplan.kinds.listener import Listener
from elbplan.live.serving import ServingIds, read_serving
from elbplan.verification.network import NoNetwork
from elbplan.verification.stack import ServedStack
from elbplan.verification.verifier import with_facts

from .kit import certificate, failures, found, served, target, verified

NOWHERE = NoNetwork("not asked")
MAIN = Address("load_balancer", "main")
GROUP = Address("target_group", "web")


def facts_of(kind: str, value: Any) -> dict[str, Any]:
    reads = served().reads
    ids = {"balancers": reads.balancers, "listeners": reads.balancers, "health": reads.groups}
    return {kind: dict.fromkeys(ids[kind], value)}


def test_a_stack_of_which_aws_has_nothing() -> None:
    verification = verified(NOWHERE, replace(served(), ids={}))
    assert failures(verification) == {"load-balancer": "nothing of this stack is in AWS"}
    assert verification.failures[0].command == "elbplan apply web.yaml"


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"Code": "provisioning"}, "provisioning"),
        ({"Code": "failed", "Reason": "Internal error"}, "failed: Internal error"),
    ],
)
def test_a_load_balancer_that_is_not_active(state: dict[str, str], text: str) -> None:
    stack = served(**facts_of("balancers", {"State": state, "DNSName": ""}))
    assert failures(verified(NOWHERE, stack)) == {"load-balancer": text}


def test_a_listener_with_another_protocol() -> None:
    raws = [{"Port": 443, "Protocol": "TLS"}, {"Port": 80, "Protocol": "HTTP"}]
    assert failures(verified(NOWHERE, served(**facts_of("listeners", raws)))) == {
        "listener": "its protocol is TLS, the spec says HTTPS"
    }


def test_a_zone_without_a_healthy_target_is_named() -> None:
    raws = [target("i-0a", "healthy"), target("i-0c", "unhealthy", "Target.FailedHealthChecks")]
    (check,) = found(verified(NOWHERE, served(**facts_of("health", raws))), "targets")
    assert (check.state, check.warning) == ("ok", True)
    assert check.text.startswith("1 of 2 healthy (1 in 2a; none in 2c): i-0c port 80 refuses or breaks")


def test_a_group_without_targets() -> None:
    stack = served(**facts_of("health", []))
    assert failures(verified(NOWHERE, stack)) == {"targets": "no target is registered: the load balancer answers 503"}
    by_others = {a: r for a, r in stack.resources.items() if a.kind != "targets"}
    (check,) = found(verified(NOWHERE, replace(stack, resources=by_others)), "targets")
    assert check.state == "skipped"


def test_what_aws_does_not_let_us_read_is_skipped() -> None:
    def send(call: Call) -> Answer:
        raise AwsProblem(f"{call.operation} is denied")

    verification = verified(NOWHERE, with_facts(served(), send))
    assert failures(verification) == {}
    assert {check.name: check.text for check in verification.checks if check.name in ("targets", "certificate")} == {
        "targets": "DescribeTargetHealth is denied", "certificate": "DescribeCertificate is denied"
    }  # fmt: skip


def test_few_calls_read_everything() -> None:
    sent: list[str] = []

    def send(call: Call) -> Answer:
        sent.append(call.operation)
        health = [target("i-0a", "healthy"), target("i-0c", "healthy")]
        return {"TargetHealthDescriptions": health, "Certificate": {}, "LoadBalancers": [], "Reservations": []}

    read_serving(send, served().reads)
    assert sorted(sent) == [
        "DescribeCertificate", "DescribeInstances", "DescribeListeners", "DescribeLoadBalancers",
        "DescribeTargetHealth", "GetHostedZone",
    ]  # fmt: skip
    sent.clear()
    read_serving(send, ServingIds())
    assert sent == []


def test_a_closed_group_is_named_with_its_command() -> None:
    edge = SecurityEdge(
        "balancer", MAIN, Address("listener", "443"), 443, "tcp", ("listener",), "missing", "0.0.0.0/0",
        group="sg-0", rule="443 from 0.0.0.0/0", command="aws ec2 authorize-security-group-ingress",
    )  # fmt: skip
    (check,) = verified(NOWHERE, replace(served(), path=(edge,))).failures
    assert (check.name, check.command) == ("security-path", edge.command)
    assert check.text == "load_balancer.main is closed on port 443 for 0.0.0.0/0"
    unknown = replace(served(), path=(replace(edge, state="unknown", why="its rules cannot be read"),))
    (skipped,) = found(verified(NOWHERE, unknown), "security-path")
    assert (skipped.state, skipped.text) == (
        "skipped", "1 of 1 connections are not known: its rules cannot be read"
    )  # fmt: skip


def test_the_old_side_of_a_replacement_serves_until_the_new_one_exists() -> None:
    stack = served()
    lives = {a: LiveResource(a, stack.ids[a], r) for a, r in stack.resources.items() if a != GROUP}
    old = LiveResource(GROUP._replace(deposed="old"), "arn:old", rebuilt(stack.resources[GROUP], port=8000))
    plan = Plan("web", stack.region, "1", lives={**lives, old.address: old}, desired=stack.resources)
    assert ServedStack.of(plan).id(GROUP) == "arn:old"
    assert ServedStack.of(plan).resources[GROUP] == old.model


def test_a_listener_on_the_load_balancer_of_others() -> None:
    stack = served()
    address = Address("listener", "443")
    theirs = rebuilt(stack.resources[address], load_balancer=AwsId("arn:theirs"))
    assert isinstance(theirs, Listener)
    facts = replace(stack.facts, listeners={"arn:theirs": [{"Port": 443, "Protocol": "HTTPS"}]})
    resources = {address: theirs, GROUP: stack.resources[GROUP]}
    verification = verified(NOWHERE, replace(stack, resources=resources, facts=facts))
    assert "arn:theirs" in replace(stack, resources=resources).reads.balancers
    assert [check.state for check in found(verification, "listener")] == ["ok"]
    assert [check.text for check in found(verification, "connection")] == [
        "a load balancer of another stack: verify that stack"
    ]


def test_a_certificate_that_somebody_imported() -> None:
    raw = certificate(3, Type="IMPORTED")
    known = dict.fromkeys(served().reads.certificates, raw)
    (check,) = found(verified(NOWHERE, served(certificates=known)), "certificate")
    assert check.fix.startswith("AWS does not renew an imported certificate")
