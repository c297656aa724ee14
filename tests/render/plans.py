"""Plans that the real planner builds from specs and simulated live resources."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from elbplan.core.address import Address, AwsId, Ref
from elbplan.core.kind import LiveResource, NamesInUse
from elbplan.core.plan import Plan
from elbplan.core.resource import Resource, rewrite
from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.kinds.aws.record_batches import RecordSet
from elbplan.kinds.aws.replaced_records import REPLACED
from elbplan.kinds.elastic_ip import external_elastic_ip
from elbplan.kinds.external_instance import external_instance
from elbplan.kinds.instance import OnDestroy
from elbplan.kinds.server_endings import NO_ENDINGS, EndedServer, Endings, NamedServer, remaining_of, remaining_zones
from elbplan.planner.reconcile import reconcile
from elbplan.spec import load

ACCOUNT, REGION = "123456789012", "ap-northeast-2"

WEB = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
targets:
  instances: [i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb]
  port: 80
  health: /health
"""
WEB_8080 = WEB.replace("port: 80", "port: 8080")
WEB_OTHER_CHECK = WEB.replace("/health", "/up")
WEB_INTERNAL = WEB + "access: internal\n"

LONG = "n" * 23
BIG = f"""
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: [api.example.com, {"a" * 63}.{"b" * 40}.example.com]
servers:
  {LONG}a: {{count: 2, user_data: one}}
  api: {{count: 2, user_data: one}}
groups:
  {LONG}a: {{servers: {LONG}a, port: 8080, health: /health}}
  api: {{servers: api, port: 80, health: /health}}
listeners:
  - listen: 80/http
    redirect: 443/https
  - listen: 443/https
    forward: {LONG}a
    rules:
      - {{name: api, host: api.shop.example.com, forward: api}}
      - {{name: {LONG}r, path: [/v1, /v1/*, /{"x" * 100}], forward: {LONG}a}}
      - {{name: closed, path: /admin/*, respond: {{status: 403, body: "not here"}}}}
"""
"""Everything is long: names, a domain, a path."""
BIG_CHANGED = (
    BIG.replace("port: 8080", "port: 9090")
    .replace("api: {count: 2, user_data: one}", "api: {count: 2, user_data: two}")
    .replace("[/v1, ", "[/v2, ")
    .replace("name: closed, path: /admin/*", "name: shut, path: /adm/*")
)
PINNED = """
name: my-web
region: ap-northeast-2
load_balancer:
  main: {type: network, subnets: [], pins: [{subnet: a, allocation: one}, {subnet: c, allocation: two}]}
elastic_ip: {one: {}, two: {}}
target_group: {web: {protocol: TCP, port: 80, vpc: default, balancer: main}}
targets: {web: {group: web, members: [{instance: i-0aaaaaaaaaaaaaaaa}]}}
listener: {"80": {load_balancer: main, port: 80, protocol: TCP, action: {type: forward, groups: [{group: web}]}}}
"""
PINNED_ELSEWHERE = PINNED.replace("subnet: c", "subnet: b")
"""One Elastic IP goes to another zone: the load balancer leaves its zone, and then enters the other one."""
PINNED_CROSSWISE = PINNED.replace(
    "{subnet: a, allocation: one}, {subnet: c, allocation: two}",
    "{subnet: a, allocation: two}, {subnet: c, allocation: one}",
)
"""Two zones exchange their Elastic IPs: no zone can enter first, and two load balancers cannot have the same ones."""


def stack(text: str) -> Stack:
    """Returns the only stack of a spec."""
    (stack,) = load(["-"], stdin=io.StringIO(text), env={})
    return stack


def lives(desired: Mapping[Address, Resource]) -> list[LiveResource[Resource]]:
    """Returns these resources as AWS has them after an apply, with ids as references."""

    def ids(ref: Ref) -> tuple[Ref, ...]:
        return (AwsId(_id(ref)),) if isinstance(ref, Address) else (ref,)

    facts = {"state": "active", "dns_name": "my-web-1.ap-northeast-2.elb.amazonaws.com"}
    return [
        LiveResource(address, _id(address), rewrite(_filled(resource), ids), _facts(address, facts))
        for address, resource in desired.items()
    ]


def _filled(resource: Resource) -> Resource:
    """Returns the resource with AWS's defaults."""
    return KINDS[resource.kind].with_live_defaults(resource, resource)


def _facts(address: Address, balancer: Mapping[str, str]) -> Mapping[str, str]:
    if address.kind == "load_balancer":
        return balancer
    return {"state": {"certificate": "ISSUED", "targets": "healthy", "instance": "running"}.get(address.kind, "")}


def _id(address: Address) -> str:
    return f"arn:aws:elbplan:{REGION}:{ACCOUNT}:{address.kind}/{address.name}"


def replacing(
    there: Sequence[LiveResource[Resource]], replaced: Sequence[RecordSet], *, restore: bool
) -> list[LiveResource[Resource]]:
    """Returns the live resources; the records have replaced these record sets."""
    facts = {REPLACED: json.dumps(list(replaced))}
    return [
        replace(live, model=live.model.model_copy(update={"restore": restore}), facts=facts)
        if live.address.kind == "record"
        else live
        for live in there
    ]


def plan(
    after: str | None,
    before: str | None = None,
    taken: NamesInUse | None = None,
    endings: Endings = NO_ENDINGS,
    replaced: Sequence[RecordSet] = (),
    restore: bool = False,
) -> Plan:
    """Returns the plan from one spec to another; None is an empty stack.

    `taken` are names that others have, `endings` what a destroy ends although elbplan did not create it, `replaced` is
    what the live record has replaced.
    """
    there = lives(stack(before).resources) if before else []
    there = replacing(there, replaced, restore=restore) if replaced else there
    want = stack(after) if after else None
    return reconcile(
        "my-web", want.resources if want else {}, there, KINDS,
        region=REGION, account=ACCOUNT, names_in_use=taken, endings=endings, domains=want.domains if want else (),
        ignore=want.ignore if want else (),
    )  # fmt: skip


def endings(on_destroy: OnDestroy) -> Endings:
    """Returns what a destroy of `WEB` does with its two servers, of which the first has an Elastic IP."""
    address = {"AllocationId": "eipalloc-0123456789abcdef0", "PublicIp": "203.0.113.7", "InstanceId": SERVERS[0]}
    named = [
        NamedServer(_described(id, name), REGION, on_destroy, [address] if id == SERVERS[0] else [])
        for id, name in zip(SERVERS, ("server-a", "server-b"), strict=True)
    ]
    ended = [
        EndedServer(external_instance(server.raw, on_destroy, ()), REGION, on_destroy, server.name)
        for server in named
        if server.ends
    ]
    released = [external_elastic_ip(address)] if on_destroy == "terminate" else []
    rest = [left for server in named for left in remaining_of(server)]
    return Endings(ended, released, [*rest, *remaining_zones({"Z0123456789ABCDEFGHIJ": "example.com."})])


SERVERS = ("i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb")


def _described(id: str, name: str) -> Mapping[str, Any]:
    """Returns a server as DescribeInstances describes it."""
    tags = [{"Key": "Name", "Value": name}]
    return {"InstanceId": id, "InstanceType": "t3.micro", "State": {"Name": "running"}, "Tags": tags}
