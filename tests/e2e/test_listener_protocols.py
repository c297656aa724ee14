"""Every protocol of a listener lives on the simulator: created, planned again, changed in place, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from .stage import Stage

HEAD = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
"""
QUIC_ID = 'quic_server_id: {172.31.0.9: "0x0123456789abcdef"}'
BARE = "network: {security_groups: []}\n"
SPECS = {
    "TCP": HEAD + "groups: {web: {ips: [172.31.0.9], port: 80}}\nlisteners: [{listen: 80/tcp}]\n",
    "UDP": HEAD + "groups: {web: {ips: [172.31.0.9], port: 53, protocol: udp}}\nlisteners: [{listen: 53/udp}]\n",
    "TCP_UDP": HEAD
    + "groups: {web: {ips: [172.31.0.9], port: 53, protocol: tcp_udp}}\nlisteners: [{listen: 53/tcp_udp}]\n",
    "QUIC": HEAD
    + BARE
    + f"groups: {{web: {{ips: [172.31.0.9], port: 443, protocol: quic, {QUIC_ID}}}}}\n"
    + "listeners: [{listen: 443/quic}]\n",
    "TCP_QUIC": HEAD
    + BARE
    + f"groups: {{web: {{ips: [172.31.0.9], port: 443, protocol: tcp_quic, {QUIC_ID}}}}}\n"
    + "listeners: [{listen: 443/tcp_quic}]\n",
    "GENEVE": HEAD.replace("network", "gateway") + "groups: {web: {ips: [172.31.0.9]}}\nlisteners: [{forward: web}]\n",
}


def only_listener(stage: Stage) -> dict[str, Any]:
    elb = stage.client("elbv2")
    balancer = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    return dict(listener)


@pytest.mark.parametrize("protocol", SPECS)
def test_a_listener_of_each_protocol_lives_and_ends(stage: Stage, protocol: str) -> None:
    stage.apply(SPECS[protocol])
    assert only_listener(stage).get("Protocol") == (None if protocol == "GENEVE" else protocol)
    stage.destroy(SPECS[protocol])


def test_tcp_becomes_tcp_udp_in_place_with_a_new_group(stage: Stage) -> None:
    stage.apply(SPECS["TCP"].replace("80", "53"))
    before = only_listener(stage)["ListenerArn"]
    stage.apply(SPECS["TCP_UDP"])
    after = only_listener(stage)
    assert (after["ListenerArn"], after["Protocol"]) == (before, "TCP_UDP")
    stage.destroy(SPECS["TCP_UDP"])
