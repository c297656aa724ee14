"""An attribute that the spec leaves out is AWS's default, whatever the default depends on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from elbplan.core.address import AwsId
from elbplan.kinds.aws.load_balancer_attributes import NEVER_BACK, attribute_defaults
from elbplan.kinds.aws.target_group_attributes import DRAINING, TERMINATES, change_attributes, defaults
from elbplan.kinds.listener import KIND as LISTENERS
from elbplan.kinds.listener import Listener
from elbplan.kinds.target_group import TargetGroup
from elbplan.sandbox.elbv2.attribute_tables import balancer_defaults, group_defaults

from .kit import BALANCER, CERTIFICATE, GROUP, LISTENER, at, play


@pytest.mark.parametrize("type", ["application", "network", "gateway"])
@pytest.mark.parametrize("scheme", ["internet-facing", "internal"])
def test_every_documented_attribute_of_a_balancer_has_its_default(type: str, scheme: str) -> None:
    documented = balancer_defaults(SimpleNamespace(type=type, scheme=scheme))  # type: ignore[arg-type]
    never = NEVER_BACK[type]
    assert attribute_defaults(type, scheme) == {k: v for k, v in documented.items() if k not in never}


GROUPS: dict[str, dict[str, Any]] = {
    "http": {},
    "http2": {"protocol_version": "HTTP2"},
    "grpc": {"protocol_version": "GRPC"},
    "tcp": {"protocol": "TCP"},
    "tcp ip": {"protocol": "TCP", "target_type": "ip"},
    "tls ip": {"protocol": "TLS", "target_type": "ip"},
    "udp": {"protocol": "UDP"},
    "udp ip": {"protocol": "UDP", "target_type": "ip"},
    "tcp_udp": {"protocol": "TCP_UDP"},
    "gateway": {"protocol": "GENEVE"},
    "lambda": {"protocol": None, "target_type": "lambda", "port": None},
}


@pytest.mark.parametrize("name", GROUPS)
def test_every_documented_attribute_of_a_group_has_its_default(name: str) -> None:
    group = TargetGroup(**{"port": 80, **GROUPS[name]})
    fields = {"Protocol": group.protocol, "TargetType": group.target_type, "ProtocolVersion": group.protocol_version}
    documented = group_defaults(SimpleNamespace(fields=fields))  # type: ignore[arg-type]
    assert defaults(group) == documented


def test_what_aws_takes_only_while_another_is_off_goes_back_first() -> None:
    before, after = {TERMINATES: "false", DRAINING: "60", "a": "1"}, {TERMINATES: "true", DRAINING: "0", "a": "2"}
    calls, _ = play(change_attributes(GROUP, before, after))
    assert [[pair["Key"] for pair in call.params["Attributes"]] for call in calls] == [[DRAINING], ["a", TERMINATES]]
    calls, _ = play(change_attributes(GROUP, after, before))
    assert len(calls) == 1


def test_an_alpn_policy_that_the_spec_drops_goes() -> None:
    door = {"load_balancer": AwsId(BALANCER), "port": 443, "protocol": "TLS", "certificate": AwsId(CERTIFICATE)}
    action = {"type": "forward", "groups": [{"group": AwsId(GROUP)}]}
    want = Listener(**door, action=action)
    there = Listener(**door, action=action, alpn="HTTP2Preferred")
    assert Listener(**door, action=action, alpn="None") == want
    calls, _ = play(LISTENERS.update(there, LISTENERS.with_live_defaults(want, there), at(LISTENERS, id=LISTENER)))
    assert [call.params["AlpnPolicy"] for call in calls] == [["None"]]
