"""Attributes of listeners: AWS's defaults are none, unknown ones stay, dropped ones return to the default."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import AwsId
from elbplan.core.resource import plain
from elbplan.kinds import listener as listeners
from elbplan.kinds.aws.listener_attributes import DEFAULTS, HSTS, IDLE_TIMEOUT, SERVER, change_attributes
from elbplan.kinds.listener import Listener

from .kit import BALANCER, GROUP, LISTENER, one, owned, play, read


def tcp(**attributes: str) -> Listener:
    action = {"type": "forward", "groups": [{"group": GROUP}]}
    values = {key.replace("__", "."): value for key, value in attributes.items()}
    return Listener(load_balancer=AwsId(BALANCER), port=80, protocol="TCP", action=action, attributes=values)


def found(protocol: str | None, attributes: dict[str, str]) -> tuple[Listener, list[str]]:
    """The live listener, and the operations that read it."""
    asked: list[str] = []
    raw: dict[str, Any] = {"ListenerArn": LISTENER, "LoadBalancerArn": BALANCER, "DefaultActions": []}
    raw |= {"Protocol": protocol, "Port": 80} if protocol else {}

    def described(_: Any) -> dict[str, Any]:
        asked.append("DescribeListenerAttributes")
        return {"Attributes": [{"Key": key, "Value": value} for key, value in attributes.items()]}

    answers: dict[str, Any] = {
        "DescribeLoadBalancers": {
            "LoadBalancers": [{"LoadBalancerArn": BALANCER, "LoadBalancerName": "shop", "Type": "network"}]
        },
        "DescribeListeners": {"Listeners": [raw]},
        "DescribeListenerAttributes": described,
        "DescribeListenerCertificates": {"Certificates": []},
        "DescribeLoadBalancerAttributes": {"Attributes": []},
        "tags": {BALANCER: owned("load_balancer.main"), LISTENER: owned("listener.80")},
    }
    return one(read(listeners.KIND, answers)).model, asked


def test_values_that_are_aws_defaults_are_none() -> None:
    assert tcp(tcp__idle_timeout__seconds="350") == tcp()
    live, _ = found("TCP", dict(DEFAULTS["TCP"]))
    assert live.attributes == {}
    assert "attributes" not in plain(tcp()), "older fingerprints stay valid"


@pytest.mark.parametrize("protocol", ["TLS", "UDP", "QUIC", "TCP_QUIC"])
def test_aws_is_not_asked_for_attributes_that_it_refuses_to_describe(protocol: str) -> None:
    assert found(protocol, {})[1] == []
    assert found("TCP", {})[1] == ["DescribeListenerAttributes"]


def test_an_attribute_that_elbplan_does_not_know_is_left_alone_unless_the_spec_has_it() -> None:
    live, _ = found("TCP", {"tcp.new": "on", IDLE_TIMEOUT: "60"})
    assert live.attributes == {"tcp.new": "on", IDLE_TIMEOUT: "60"}
    assert listeners.KIND.with_live_defaults(tcp(), live).attributes == {"tcp.new": "on"}
    assert listeners.KIND.with_live_defaults(tcp(tcp__new="off"), live).attributes == {"tcp.new": "off"}


def test_a_dropped_attribute_gets_its_default_and_others_are_not_sent() -> None:
    before, after = {HSTS: "max-age=1", SERVER: "false"}, {SERVER: "false"}
    (call,), _ = play(change_attributes(LISTENER, "HTTPS", before, after))
    assert call.params["Attributes"] == [{"Key": HSTS, "Value": ""}]


def test_an_attribute_that_the_new_protocol_does_not_have_is_not_reset() -> None:
    assert play(change_attributes(LISTENER, "TLS", {IDLE_TIMEOUT: "60"}, {}))[0] == []


def test_more_than_twenty_attributes_are_two_calls() -> None:
    after = {f"key{number:02}": "1" for number in range(21)}
    calls, _ = play(change_attributes(LISTENER, "HTTPS", {}, after))
    assert [len(call.params["Attributes"]) for call in calls] == [20, 1]
