"""Driving the programs of a kind by hand: a place to stand in, canned answers, and AWS's models to judge the calls."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from elbplan.core import environment
from elbplan.core.address import Address, AwsId, Ref
from elbplan.core.call import Call
from elbplan.core.cause import UNKNOWN_SERVER, Cause, ServerFacts
from elbplan.core.kind import Found, Kind, LiveResource, Scope
from elbplan.core.resource import Resource
from elbplan.kinds.aws.ownership import ownership
from elbplan.live.batch import BatchReader

REGION = "eu-west-1"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
BALANCER = f"{ARN}loadbalancer/app/web/50dc6c495c0c9188"
GROUP = f"{ARN}targetgroup/web/73e2d6bc24d8a067"
OTHER = f"{ARN}targetgroup/api/73e2d6bc24d8a068"
LISTENER = f"{ARN}listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2"
RULE = f"{ARN}listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
SECOND = CERTIFICATE[:-1] + "3"
DNS = "web-1234567890.eu-west-1.elb.amazonaws.com"
ZONE = "Z0123456789ABC"
ZONES = {"HostedZones": [{"Id": f"/hostedzone/{ZONE}", "Name": "example.com.", "ResourceRecordSetCount": 5}]}


@dataclass
class Place:
    """A `Site` that knows what a test tells it; an address nobody told of is its own id."""

    address: Address
    live: LiveResource[Any] | None = None
    ids: Mapping[Ref, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    stack: str = "shop"
    region: str = REGION
    name: str = "shop-name"
    beside: tuple[str, ...] = ()
    token: str = "0123456789abcdef0123456789abcdef"
    written: Mapping[Address, Resource] = field(default_factory=dict)
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)
    resources: Mapping[Ref, Resource] = field(default_factory=dict)
    servers: Mapping[str, ServerFacts] = field(default_factory=dict)
    known_cause: Cause | None = None

    def id(self, ref: Ref) -> str:
        return ref.value if isinstance(ref, AwsId) else self.ids.get(ref, str(ref))

    def others(self) -> tuple[str, ...]:
        return self.beside

    def fact(self, ref: Ref, name: str) -> str:
        return self.facts.get(name, "")

    def resource(self, ref: Ref) -> Resource | None:
        return self.resources.get(ref)

    def server(self, id: str) -> ServerFacts:
        return self.servers.get(id, UNKNOWN_SERVER)

    def tags(self, resource: Resource) -> dict[str, str]:
        return ownership(self.stack, self.address, resource.tags)


def at(kind: Kind[Any], name: str = "web", id: str = "", **rest: Any) -> Place:
    """A place for a resource of this kind; with an id, one that is there already."""
    address = Address(kind.name, name)
    live = LiveResource(address, id, None, {}) if id else None
    return Place(address, live, **{"ids": {address: id} if id else {}, **rest})


def play(program: Generator[Call, Any, Any], answers: Mapping[str, Any] | None = None) -> tuple[list[Call], Any]:
    """The calls a program makes, and what it returns. An operation's answers: one for all, or a list, one each."""
    left = {op: list(given) if isinstance(given, list) else given for op, given in (answers or {}).items()}
    calls: list[Call] = []
    answer: Any = None
    try:
        while True:
            call = program.send(answer)
            assert problems(call) == ""
            calls.append(call)
            given = left.get(call.operation, {})
            answer = given.pop(0) if isinstance(given, list) else given
    except StopIteration as done:
        return calls, done.value


def operations(calls: Sequence[Call]) -> list[str]:
    return [call.operation for call in calls]


def read(kind: Kind[Any], answers: Mapping[str, Any], desired: Mapping[Address, Resource] | None = None) -> Found[Any]:
    """What a kind reads of the stack `shop` when AWS answers like this."""
    scope = Scope(REGION, {"shop": desired or {}}, deep=True)
    (found,) = BatchReader(lambda call: reply(call, answers), parallel=1).run([kind.read(scope)])
    return found


NOTHING: Mapping[str, Any] = {
    "DescribeLoadBalancers": {"LoadBalancers": []},
    "DescribeTargetGroups": {"TargetGroups": []},
    "DescribeListeners": {"Listeners": []},
    "DescribeRules": {"Rules": []},
    "DescribeListenerAttributes": {"Attributes": []},
    "DescribeTrustStores": {"TrustStores": []},
    "DescribeTrustStoreRevocations": {"TrustStoreRevocations": []},
    "GetParametersByPath": {"Parameters": []},
    "GetParameter": {},
}
"""The answers of an account without load balancers."""


def reply(call: Call, answers: Mapping[str, Any]) -> Any:
    assert problems(call) == ""
    if call.operation == "DescribeTags":
        tags = answers.get("tags", {})
        return {"TagDescriptions": [{"ResourceArn": a, "Tags": tags.get(a, [])} for a in call.params["ResourceArns"]]}
    given = answers[call.operation] if call.operation in answers else NOTHING[call.operation]
    return given(call.params) if callable(given) else given


def one(found: Found[Any]) -> Any:
    """The only resource that was found."""
    (live,) = found.ours["shop"]
    return live


def owned(address: str, **user: str) -> list[dict[str, str]]:
    """The tags of a resource of the stack `shop`, as AWS tells them."""
    tags = ownership("shop", Address.parse(address), user)
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@cache
def service(name: str) -> Any:
    return botocore.session.get_session().get_service_model(name)


def problems(call: Call) -> str:
    """What botocore's own model of the service has against a call; empty if nothing."""
    if call.service == environment.SERVICE:
        return ""
    model = service(call.service)
    if call.operation not in model.operation_names:
        return f"{call.service} has no operation {call.operation}"
    shape = model.operation_model(call.operation).input_shape
    report = ParamValidator().validate(dict(call.params), shape)
    return f"{call.operation}: {report.generate_report()}" if report.has_errors() else ""
