"""The traffic of what stands before an answer: client certificates, logins, tokens, rewrites, regular expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import specs
from .specs import HEAD, NAMED, PLAIN
from .stage import REGION, Stage

CLIENT = {"certificate": {"authority": "s3://authorities/ca.pem"}}
OF_NEW = {"certificate": {"authority": "s3://authorities/new.pem"}}
REVOKED = {"certificate": {"authority": "s3://authorities/ca.pem", "revoked": "s3://authorities/b.crl"}}


@pytest.fixture
def stage(slow_stage: Stage) -> Iterator[Stage]:
    stage = slow_stage
    stage.client("ssm").put_parameter(Name="/web/oidc", Value="s3cret", Type="SecureString")
    yield stage
    stage.client("ssm").delete_parameter(Name="/web/oidc")


def accepted(stage: Stage, *visitors: dict[str, Any]) -> list[bool]:
    return [stage.box.traffic(*NAMED, **visitor)["ok"] for visitor in visitors]


def test_client_certificates_come_change_and_go_without_a_refused_client_that_is_welcome(stage: Stage) -> None:
    client = (*NAMED, CLIENT)
    stage.apply(specs.COURSE)
    stage.apply(specs.MUTUAL_TLS, watch=[client, PLAIN])
    assert accepted(stage, {}, CLIENT, OF_NEW, REVOKED) == [False, True, False, True]
    revoking = specs.MUTUAL_TLS.replace("a.crl", "b.crl")
    stage.apply(revoking, watch=[client, PLAIN])
    assert accepted(stage, {}, CLIENT, OF_NEW, REVOKED) == [False, True, False, False]
    store = revoking.replace("trust_stores: {clients: ", "trust_stores: {partners: ")
    moved = store.replace("client_certificates: clients", "client_certificates: partners")
    stage.apply(moved, watch=[client, PLAIN])
    stage.apply(moved.replace("ca.pem", "new.pem"), watch=[PLAIN])
    assert accepted(stage, {}, CLIENT, OF_NEW) == [False, False, True]
    passing = moved.replace("client_certificates: partners", "client_certificates: {mode: passthrough}")
    passing = passing[: passing.index("trust_stores:")]
    stage.apply(passing, watch=[(*NAMED, OF_NEW), PLAIN])
    assert accepted(stage, {}, CLIENT) == [True, True]
    stage.apply(specs.COURSE, watch=[NAMED, client, PLAIN])
    stage.destroy(specs.COURSE)


LOGIN = """
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    login:
      oidc:
        issuer: https://id.example.com
        authorization: https://id.example.com/authorize
        tokens: https://id.example.com/token
        user_info: https://id.example.com/user
        client_id: web
        client_secret: ssm:/web/oidc
    forward: web
    rules:
      - name: api
        path: /api/*
        token: {issuer: me, keys: "https://id.example.com/keys"}
        rewrite: {path: {regex: '^/api', to: /v1}}
        forward: web
      - {name: shop, path: {regex: '^/shop/[0-9]+$'}, rewrite: {host: {regex: '.*', to: shop.internal}}, forward: web}
"""
TO_LOGIN = (
    "https://id.example.com/authorize?client_id=web&redirect_uri=https%3A%2F%2Fapi.example.com%2Foauth2%2Fidpresponse"
    "&response_type=code&scope=openid&state=sandbox"
)
SESSION = {"headers": {"Cookie": "AWSELBAuthSessionCookie-0=x"}}
BEARER = {"headers": {"Authorization": "Bearer x"}}
API, SHOP = ("api.example.com", 443, "api.example.com", "/api/users"), (*NAMED[:3], "/shop/12")
KEPT = [
    (*NAMED, {"status": 302, "location": TO_LOGIN}),
    (*NAMED, {**SESSION, "sees": "GET api.example.com/"}),
    (*API, {"status": 401}),
    (*API, {**BEARER, "sees": "GET api.example.com/v1/users"}),
    (*SHOP, {"sees": "GET shop.internal/shop/12"}),
    (*NAMED[:3], "/shop/x", {"status": 302, "location": TO_LOGIN}),
]


def test_a_login_a_token_and_rewrites_hold_while_everything_behind_them_changes(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    protected = specs.COURSE + LOGIN
    stage.apply(protected, watch=[NAMED, (*NAMED, SESSION), PLAIN])
    replaced = protected.replace("port: 80,", "port: 8080,")
    stage.apply(replaced, watch=KEPT)
    reordered = replaced.replace("    rules:\n", "    rules:\n      - {name: old, path: /old/*, redirect: {path: /}}\n")
    stage.apply(reordered, watch=KEPT)
    stage.apply(specs.COURSE, watch=[NAMED, (*NAMED, SESSION), PLAIN])
    stage.destroy(specs.COURSE)


FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:shop"
CODE = HEAD + specs.DOMAIN + f"groups: {{web: {{lambda: {FUNCTION}}}}}\n"
SERVERS = HEAD + specs.DOMAIN + "servers: {count: 1}\ngroups: {web: {servers: web, port: 80, health: /health}}\n"


def test_a_function_takes_over_from_servers_and_gives_back(stage: Stage) -> None:
    stage.apply(CODE)
    for after in (SERVERS, CODE):
        stage.apply(after, watch=[NAMED, PLAIN])
    other = CODE.replace(":shop", ":shop:prod")
    plan = stage.plan(other)
    assert {hazard.name for hazard in plan.hazards} == {"route-interrupted"}, "a group has one function only"
    stage.box.watch([NAMED, PLAIN])
    assert stage.run(plan).complete
    assert {gap[1] for gap in stage.box.unanswered()} == {"DeregisterTargets"}, "and it is back with the next call"
    stage.destroy(other)


BOTH = (
    HEAD + specs.DOMAIN + f"groups: {{web: {{lambda: {FUNCTION}}}, next: {{lambda: {FUNCTION}:prod}}}}\n"
    "listeners:\n  - {listen: 80/http, redirect: 443/https}\n  - {listen: 443/https, forward: {web: 100, next: 0}}\n"
)


def test_another_function_takes_over_in_a_group_of_its_own(stage: Stage) -> None:
    stage.apply(BOTH)
    alone = BOTH.replace(f"web: {{lambda: {FUNCTION}}}, ", "").replace("{web: 100, next: 0}", "next")
    for after in (BOTH.replace("{web: 100, next: 0}", "{web: 10, next: 90}"), alone):
        plan = stage.apply(after, watch=[NAMED, PLAIN])
        assert not plan.hazards
    stage.destroy(alone)


DATAGRAMS = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
groups: {web: {ips: [172.31.0.9], port: 53, protocol: UDP, health: {port: 80, protocol: TCP}}}
listeners: [{listen: 53/udp, forward: web}]
"""


def test_datagrams_reach_a_target_while_their_group_is_replaced(stage: Stage) -> None:
    stage.apply(DATAGRAMS)
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    name = balancer["DNSName"]
    assert stage.box.traffic(name, 53, name, "/")["ok"]
    after = DATAGRAMS.replace("port: 53", "port: 5353")
    stage.apply(after, watch=[(name, 53, name, "/")])
    stage.destroy(after)
    assert [gap[1] for gap in stage.box.unanswered()][:1] == ["DeleteListener"]


QUIC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
network: {security_groups: []}
groups:
  web: {ips: [172.31.0.9], port: 443, protocol: quic, quic_server_id: {172.31.0.9: "0x0123456789abcdef"}}
listeners: [{listen: 443/quic, forward: web}]
"""
OPTIMIZED = HEAD + "servers: {count: 2}\ntargets: {port: 80, health: /health, control_port: 9000}\n"


@pytest.mark.parametrize(
    ("before", "after", "port"),
    [(QUIC, QUIC.replace("port: 443", "port: 8443"), 443), (OPTIMIZED, OPTIMIZED.replace("9000", "9001"), 80)],
    ids=["quic", "control port"],
)
def test_every_request_is_answered_while_the_group_is_replaced(
    stage: Stage, before: str, after: str, port: int
) -> None:
    stage.apply(before)
    name = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["DNSName"]
    assert stage.box.traffic(name, port, name, "/")["ok"]
    plan = stage.apply(after, watch=[(name, port, name, "/")])
    assert stage.box.traffic(name, port, name, "/")["ok"]
    assert "replace" in {change.action for change in plan.changes}
    stage.destroy(after)
    assert stage.box.unanswered()


INNER = HEAD + "access: internal\nservers: {count: 1}\ntargets: {port: 80, health: /health}\n"
OUTER = """
name: front
region: ap-northeast-2
zones: [a, c]
type: network
groups: {web: {load_balancer: my-web, port: 80, health: /health}}
listeners: [{listen: 80/tcp, forward: web}]
"""


def test_behind_a_network_load_balancer_an_application_load_balancer_changes(stage: Stage) -> None:
    stage.apply(INNER)
    assert stage.run(stage.plan(OUTER)).complete
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["front"])["LoadBalancers"]
    name = balancer["DNSName"]
    route = (name, 80, name, "/")
    assert stage.box.traffic(*route)["via"][-1].split("/")[1].startswith("my-web-web")
    stage.apply(INNER.replace("port: 80", "port: 8080"), watch=[route])
    stage.box.watch([route])
    assert stage.run(stage.plan(OUTER.replace("80/tcp", "81/tcp"))).complete
