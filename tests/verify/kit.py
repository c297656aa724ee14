"""A stack with one load balancer, as AWS describes it, and the network on which it answers."""

from __future__ import annotations

import contextlib
import datetime
import io
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import trustme

from elbplan.core.address import Address, AwsId, Lookup, Ref
from elbplan.core.resource import rewrite
from elbplan.kinds.delegation import NameAnswer, ParentAnswer
from elbplan.kinds.listener import Listener
from elbplan.live.serving import ServingFacts
from elbplan.run.clock import RealClock
from elbplan.spec import load
from elbplan.verification.check import Check, CheckName, Verification
from elbplan.verification.deadline import Limits
from elbplan.verification.network import DnsNames, Network, NoNetwork
from elbplan.verification.stack import ServedStack
from elbplan.verification.verifier import verify

from .servers import Handle, context_of, web_server

SPEC = """
name: web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
servers: {count: 2}
targets: {port: 80, health: /health}
"""
NAME = "api.example.com"
BALANCER_DNS = "web-1.ap-northeast-2.elb.amazonaws.com"
ADDRESS = "127.0.0.1"
ZONE = "Z0123456789ABCDEF"
SERVERS = ("ns-1.awsdns-00.com", "ns-2.awsdns-00.net")
QUICK = Limits(connect=0.5, answer=1, whole=5)


def served(spec: str = SPEC, **facts: Any) -> ServedStack:
    """The stack of a spec after its apply; `facts` replace what AWS says."""
    (stack,) = load(["-"], stdin=io.StringIO(spec))
    resources = {a: rewrite(r, _resolved) for a, r in stack.resources.items()}
    ids = {a: _arn(a) for a in resources}
    served = ServedStack(stack.name, "ap-northeast-2", resources, ids, stack.domains, retry="elbplan apply web.yaml")
    return replace(served, facts=replace(_facts(served), **facts))


def _resolved(ref: Ref) -> tuple[Ref, ...]:
    return (AwsId(ZONE if ref.what == "hosted_zone" else f"{ref.what}-0"),) if isinstance(ref, Lookup) else (ref,)


def _arn(address: Address) -> str:
    return f"arn:aws:acm:ap-northeast-2:123456789012:certificate/{address.name}" if address.kind == "certificate" else (
        f"arn:aws:x:ap-northeast-2:123456789012:{address}"
    )  # fmt: skip


def _facts(stack: ServedStack) -> ServingFacts:
    reads = stack.reads
    zones = [{"ZoneName": f"ap-northeast-2{letter}", "SubnetId": f"subnet-{letter}"} for letter in "ac"]
    balancer = {"State": {"Code": "active"}, "DNSName": BALANCER_DNS, "AvailabilityZones": zones}
    listeners = [{"Port": r.port, "Protocol": r.protocol} for r in stack.resources.values() if isinstance(r, Listener)]
    zone = {"HostedZone": {"Name": "example.com."}, "DelegationSet": {"NameServers": list(SERVERS)}}
    return ServingFacts(
        dict.fromkeys(reads.balancers, balancer),
        dict.fromkeys(reads.balancers, listeners),
        {arn: [target("i-0a", "healthy"), target("i-0c", "healthy")] for arn in reads.groups},
        {arn: certificate(400) for arn in reads.certificates},
        dict.fromkeys(reads.zones, zone),
        {"i-0a": "ap-northeast-2a", "i-0c": "ap-northeast-2c"},
    )


def target(id: str, state: str, reason: str = "") -> dict[str, Any]:
    """A target as DescribeTargetHealth describes it."""
    health = {"State": state} | ({"Reason": reason, "Description": reason} if reason else {})
    return {"Target": {"Id": id, "Port": 80}, "HealthCheckPort": "80", "TargetHealth": health}


def certificate(days: float, *names: str, **more: Any) -> dict[str, Any]:
    """A certificate as ACM describes it."""
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days, hours=1)
    names = names or (NAME,)
    return {"Status": "ISSUED", "NotAfter": end, "DomainName": names[0], "SubjectAlternativeNames": list(names), **more}


@dataclass
class FakeNames:
    """A DNS without a server. Everything is as it should be unless a test says otherwise."""

    addresses: Mapping[str, Sequence[str]] = field(default_factory=lambda: {BALANCER_DNS: [ADDRESS], NAME: [ADDRESS]})
    parent: ParentAnswer = field(default_factory=lambda: ParentAnswer(SERVERS))
    problem: str = ""

    def name_servers(self, zone: str) -> ParentAnswer:
        return ParentAnswer(problem=self.problem) if self.problem else self.parent

    def by_resolver(self, name: str, type: str = "A") -> NameAnswer:
        return NameAnswer(tuple(self.addresses.get(name, ())), problem=self.problem)

    at_source = by_resolver

    def by_servers(self, name: str, servers: Sequence[str], type: str = "A") -> list[NameAnswer]:
        return [NameAnswer(tuple(self.addresses.get(name, ())), server, self.problem) for server in servers]


@dataclass
class Loopback:
    """A network whose ports are other ports of this machine. A port without another one is refused."""

    ports: Mapping[int, int]
    trust: trustme.CA
    names: DnsNames = field(default_factory=FakeNames)
    beyond: tuple[str, int] | None = None
    proxy_variable: str = ""

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        if port not in self.ports:
            raise ConnectionRefusedError
        return socket.create_connection((ADDRESS, self.ports[port]), seconds)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.trust.configure_trust(context)
        return context


CA = trustme.CA()
"""The authority of all servers."""


def to_https(method: str, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
    """The redirect of the listener on port 80."""
    return 301, {"Location": f"https://{headers['Host'].partition(':')[0]}{path}", "Server": "awselb/2.0"}


def healthy(method: str, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
    """An application."""
    return 200, {"Server": "nginx"}


@contextlib.contextmanager
def answering(
    https: Handle = healthy, http: Handle = to_https, leaf: trustme.LeafCert | None = None, **network: Any
) -> Iterator[Loopback]:
    """A load balancer that listens on the ports 80 and 443."""
    shown = context_of(leaf or CA.issue_cert(NAME))
    with web_server(https, shown) as secure, web_server(http) as plain:
        yield Loopback({443: secure, 80: plain}, CA, **network)


def verified(network: Network | NoNetwork, stack: ServedStack | None = None, **more: Any) -> Verification:
    """All checks, with little patience."""
    return verify(stack or served(), network, RealClock(), **{"limits": QUICK, **more})


def found(verification: Verification, name: CheckName) -> list[Check]:
    """The checks with this name."""
    return [check for check in verification.checks if check.name == name]


def failures(verification: Verification) -> dict[str, str]:
    """What failed, by the names of the checks."""
    return {check.name: check.text for check in verification.failures}
