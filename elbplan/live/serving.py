"""Reads what AWS says of the resources that serve requests: load balancers, listeners, targets, certificates, zones.

One call for all load balancers and one for all servers; one more for the listeners of each load balancer, and for each
target group, certificate and hosted zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.call import Answer, Call
from ..errors import AwsProblem
from ..kinds.aws.queries import instances_in
from .worker_threads import WorkerThreads

Send = Callable[[Call], Answer]
Raw = Mapping[str, Any]
ACM = ":acm:"


@dataclass(frozen=True)
class ServingIds:
    """The ids of the resources to read."""

    balancers: Sequence[str] = ()
    groups: Sequence[str] = ()
    certificates: Sequence[str] = ()
    zones: Sequence[str] = ()


@dataclass(frozen=True)
class ServingFacts:
    """AWS's answers by id.

    zone_of  the Availability Zone of a server
    unread   by id: why AWS did not answer; nothing is known of that resource
    """

    balancers: Mapping[str, Raw] = field(default_factory=dict)
    listeners: Mapping[str, Sequence[Raw]] = field(default_factory=dict)
    health: Mapping[str, Sequence[Raw]] = field(default_factory=dict)
    certificates: Mapping[str, Raw] = field(default_factory=dict)
    zones: Mapping[str, Raw] = field(default_factory=dict)
    zone_of: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


def read_serving(send: Send, ids: ServingIds, threads: int = 8) -> ServingFacts:
    """Reads all of them at the same time. Raises nothing: what AWS does not answer is in `unread`."""
    reader = _Reader(send)
    with WorkerThreads(threads) as workers:
        balancers = workers.submit(reader.balancers, ids.balancers)
        listeners = [workers.submit(reader.listeners, arn) for arn in ids.balancers]
        health = [workers.submit(reader.health, arn) for arn in ids.groups]
        certificates = [workers.submit(reader.certificate, arn) for arn in ids.certificates if ACM in arn]
        zones = [workers.submit(reader.zone, id) for id in ids.zones]
        healths = _together(health)
        servers = workers.submit(reader.servers, _servers(healths))
        return ServingFacts(
            balancers.result(), _together(listeners), healths, _together(certificates), _together(zones),
            servers.result(), reader.unread,
        )  # fmt: skip


def _together(futures: Sequence[Any]) -> dict[str, Any]:
    return {key: value for future in futures for key, value in future.result().items()}


def _servers(health: Mapping[str, Sequence[Raw]]) -> list[str]:
    """The ids of the registered instances."""
    ids = (str(raw.get("Target", {}).get("Id", "")) for raws in health.values() for raw in raws)
    return sorted({id for id in ids if id.startswith("i-")})


class _Reader:
    """Each method returns AWS's answers by id, and nothing for an id that AWS does not answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.unread: dict[str, str] = {}

    def balancers(self, arns: Sequence[str]) -> dict[str, Raw]:
        if not arns:
            return {}
        call = Call("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": list(arns)}, done_if=GONE)
        answer = self._answer(call, *arns)
        return {raw["LoadBalancerArn"]: raw for raw in (answer or {}).get("LoadBalancers", ())}

    def listeners(self, arn: str) -> dict[str, Sequence[Raw]]:
        answer = self._answer(Call("elbv2", "DescribeListeners", {"LoadBalancerArn": arn}, done_if=GONE), arn)
        return {} if answer is None else {arn: answer.get("Listeners", ())}

    def health(self, arn: str) -> dict[str, Sequence[Raw]]:
        answer = self._answer(Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, done_if=GONE), arn)
        return {} if answer is None else {arn: answer.get("TargetHealthDescriptions", ())}

    def certificate(self, arn: str) -> dict[str, Raw]:
        answer = self._answer(Call("acm", "DescribeCertificate", {"CertificateArn": arn}), arn)
        return {arn: answer["Certificate"]} if answer else {}

    def zone(self, id: str) -> dict[str, Raw]:
        answer = self._answer(Call("route53", "GetHostedZone", {"Id": id}), id)
        return {id: answer} if answer else {}

    def servers(self, ids: Sequence[str]) -> dict[str, str]:
        if not ids:
            return {}
        params = {"Filters": [{"Name": "instance-id", "Values": list(ids)}]}
        answer = self._answer(Call("ec2", "DescribeInstances", params), *ids) or {}
        return {raw["InstanceId"]: raw.get("Placement", {}).get("AvailabilityZone", "") for raw in instances_in(answer)}

    def _answer(self, call: Call, *ids: str) -> Answer | None:
        try:
            return self._send(call)
        except AwsProblem as problem:
            self.unread |= dict.fromkeys(ids, problem.what)
            return None


GONE = ("LoadBalancerNotFound", "TargetGroupNotFound")
