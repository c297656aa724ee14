"""Stacks of many shapes: each can be applied and destroyed without leftovers."""

from __future__ import annotations

import pytest

from .stage import Stage

HEAD = "name: my-web\nregion: ap-northeast-2\n"
SHAPES = {
    "nlb": """
zones: [a, c]
type: network
servers: {count: 2}
targets: {port: 80}
""",
    "nlb tls": """
type: network
domain: api.example.com
servers: {count: 1}
targets: {port: 80}
""",
    "nlb udp": """
type: network
servers: {count: 1}
groups: {dns: {servers: web, port: 53, protocol: UDP, health: {protocol: TCP, port: 80}}}
listeners: [{listen: 53/udp, forward: dns}]
""",
    "internal": """
access: internal
servers: {count: 1}
targets: {port: 80}
""",
    "dualstack": """
ip: dualstack
domain: api.example.com
servers: {count: 1}
targets: {port: 80}
""",
    "tags": """
tags: {team: web, env: prod}
servers: {count: 1}
targets: {port: 80, drain: 30s, sticky: 1h, slow_start: 60s}
protect: false
""",
    "ips": """
groups: {web: {ips: [172.31.1.5, 172.31.2.5], port: 8080, health: /ready}}
""",
    "wild": """
domain: ['*.example.com', example.com]
servers: {count: 1}
targets: {port: 80}
""",
    "many": """
domain: [a.example.com, b.example.com, {name: c.example.com}]
servers: {count: 1}
targets: {port: 80}
""",
    "health": """
servers: {count: 1}
targets: {port: 80, health: {path: /h, every: 15s, timeout: 4s, healthy: 3, unhealthy: 3, codes: 200-399}}
""",
    "tls": """
domain: api.example.com
servers: {count: 1}
targets: {port: 80}
tls: compatible
allow: [10.0.0.0/8, 192.168.0.0/16]
""",
    "rules": """
domain: [api.example.com, www.example.com]
servers: {web: {count: 1}, api: {count: 1}}
groups:
  web: {servers: web, port: 80}
  api: {servers: api, port: 8080}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: {web: 90, api: 10}
    rules:
      - {host: api.example.com, path: [/v1/*, /v2/*], forward: api}
      - {name: hdr, header: {X-Env: beta}, query: {v: '2'}, method: GET, forward: api}
      - {name: closed, path: /admin/*, ip: "!10.0.0.0/8", respond: {status: 403, body: "no"}}
      - {name: moved, path: /old/*, redirect: {path: /new, code: 302}}
""",
    "overrides": """
servers: {count: 1}
targets: {port: 80}
overrides: {load_balancer: {attributes: {idle_timeout.timeout_seconds: '120', routing.http2.enabled: 'false'}}}
logs: s3://logs-bucket/alb
""",
    "grpc": """
domain: api.example.com
servers: {count: 1}
targets: {port: 50051, version: GRPC}
""",
    "two domains zone": """
domain: {name: api.example.com, take_over: true}
servers: {count: 1, elastic_ip: true, type: t4g.micro}
targets: {port: 80}
""",
    "gw": """
type: gateway
zones: [a]
groups: {fw: {ips: [172.31.1.5]}}
""",
    "gw http": """
type: gateway
zones: [a]
groups: {fw: {ips: [172.31.1.5], health: /, sticky: true}}
""",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stack_of_this_shape_lives_and_dies(stage: Stage, shape: str) -> None:
    stage.apply(HEAD + SHAPES[shape])
    stage.destroy(HEAD + SHAPES[shape])


def test_a_gateways_group_is_replaced_without_weights(stage: Stage) -> None:
    stage.apply(HEAD + SHAPES["gw"])
    other = HEAD + SHAPES["gw"].replace("fw:", "fw2:")
    stage.apply(other)
    stage.destroy(other)
