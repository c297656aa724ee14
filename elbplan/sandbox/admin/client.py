"""Everything that a test or the demo does with a sandbox, in this process or another."""

import functools
import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import boto3
from botocore.config import Config

from ..server.call_log import LoggedCall, counts, writes
from ..server.direct import DirectSession

Predicate = Callable[[str, dict[str, Any]], bool]
Route = tuple[str, int, str, str]
AskedRoute = tuple[str, int, str, str, Mapping[str, Any]]
Gap = tuple[int, str, Route, str]


@functools.cache
def _session() -> boto3.Session:
    """One session for all clients. It ignores the user's profile, files and endpoints, so it never reaches AWS."""
    no_file = (None, None, os.devnull, None)
    variables = {"profile": (None, None, None, None), "config_file": no_file, "credentials_file": no_file}
    return boto3.Session(botocore_session=DirectSession(session_vars=variables))


class BoxClient(ABC):
    """The verbs, the same for a sandbox in this process and in another."""

    url: str
    access_key = "AKIASANDBOX000000000"

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], Any] = {}

    @abstractmethod
    def ask(self, verb: str, **arguments: Any) -> Any:
        """Calls one verb of verbs.py."""

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        """Returns a boto3 client of the sandbox. Without `retries` in `config` it does not retry.

        Clients without `config` are kept: creating one takes 0.1 s.
        """
        key = (service, region)
        if not config and key in self._clients:
            return self._clients[key]
        settings: dict[str, Any] = {
            "retries": {"total_max_attempts": 1},
            "max_pool_connections": 50,
            **config,
        }
        client = _session().client(
            service, region_name=region, endpoint_url=self.url, config=Config(**settings),
            aws_access_key_id=self.access_key, aws_secret_access_key="sandbox",
        )  # fmt: skip
        if not config:
            self._clients[key] = client
        return client

    def in_account(self, id: str) -> "BoxClient":
        """The same sandbox, with the resources of another account. Faults, calls and time are those of all accounts."""
        return InAccount(self, id) if id else self

    @property
    def calls(self) -> list[LoggedCall]:
        """All calls since the last reset, in order."""
        return [LoggedCall(**call) for call in self.ask("calls")]

    def counts(self) -> Counter[str]:
        return counts(self.calls)

    def writes(self) -> list[LoggedCall]:
        return writes(self.calls)

    def clear_calls(self) -> None:
        """Empties the call log; resources stay."""
        self.ask("clear_calls")

    def reset(self) -> None:
        self.ask("reset")

    def advance(self, seconds: float) -> None:
        self.ask("advance", seconds=seconds)

    def fault(self, kind: str, **wanted: Any) -> int:
        """Sets a fault: one of faults.FaultKind (5xx, hang, lost, ...), with the fields of faults.Fault."""
        id: int = self.ask("fault", kind=kind, **wanted)
        return id

    def faults(self) -> list[dict[str, Any]]:
        faults: list[dict[str, Any]] = self.ask("faults")
        return faults

    def clear_faults(self) -> None:
        self.ask("clear_faults")

    def policy(self, documents: Any, key: str = "") -> None:
        """Gives an access key these IAM policies; without a key, everybody. None: everything is allowed again."""
        self.ask("policy", documents=documents, key=key)

    def quota(self, name: str, most: int) -> None:
        self.ask("quota", name=name, most=most)

    def switch(self, name: str, value: Any) -> None:
        self.ask("switch", name=name, value=value)

    def sick(self, group: str, reason: str = "Target.FailedHealthChecks", code: int | str = 500) -> None:
        self.ask("sick", group=group, reason=reason, code=code)

    def well(self, group: str) -> None:
        self.ask("well", group=group)

    def approve(self, certificate: str) -> None:
        """Approves all names of a certificate that waits for mail."""
        self.ask("approve", certificate=certificate)

    def fail(self, balancer: str, reason: str = "Internal error") -> None:
        self.ask("fail", balancer=balancer, reason=reason)

    def create_defaults(
        self, region: str = "us-east-1", zones: Iterable[str] | None = None, hosted_zones: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Creates the default network of a region, and hosted zones.

        Returns the ids: vpc, internet_gateway, subnets (by zone letter), security_group (the default one) and
        hosted_zones (by name).
        """
        chosen = list(zones) if zones is not None else None
        ids: dict[str, Any] = self.ask("create_defaults", region=region, zones=chosen, hosted_zones=list(hosted_zones))
        return ids

    def create_fixture(self, kind: str, id: str = "", region: str = "us-east-1", **wanted: Any) -> str:
        """Creates a resource with this id and returns the id.

        Kinds and their fields: vpc, subnet (zone, vpc), security_group (vpc), instance (zone or subnet), certificate
        (names), hosted_zone (name), elastic_ip, image; most of them take `tags`. The id of a balancer_elsewhere is its
        DNS name.
        """
        created: str = self.ask("create_fixture", kind=kind, id=id, region=region, **wanted)
        return created

    def prepare(self, kind: str, id: str = "", region: str = "us-east-1", **wanted: Any) -> tuple[str, bool]:
        """Like `create_fixture`, but creates nothing a second time. Returns the id, and whether it is new."""
        created, new = self.ask("prepare", kind=kind, id=id, region=region, **wanted)
        return str(created), bool(new)

    def watch(self, routes: Iterable[Route | AskedRoute]) -> None:
        """Probes these routes after each write from now on: (domain or DNS name, port, host, path).

        A fifth item has fields of the visitor, and what fields of the answer must be.
        """
        self.ask("watch", routes=[list(route) for route in routes])

    def unanswered(self) -> list[Gap]:
        """Returns the writes after which a watched route no longer answered, or a watched domain led nowhere."""
        return [(write, action, tuple(route), why) for write, action, route, why in self.ask("unanswered")]

    def traffic(self, name: str, port: int = 443, host: str = "", path: str = "/", **visitor: Any) -> dict[str, Any]:
        """Returns whether a request would be answered now: ok, status, via, why, location, sees."""
        asked = {"visitor": visitor} if visitor else {}
        answer: dict[str, Any] = self.ask("traffic", name=name, port=port, host=host, path=path, **asked)
        return answer

    def network(self) -> dict[str, Any]:
        """Starts DNS and proxy at the first call. Returns dns ([host, port]), proxy (URL) and authority (PEM)."""
        network: dict[str, Any] = self.ask("network")
        return network

    def client_certificate(self, authority: str, **more: Any) -> dict[str, str]:
        """Returns a new client certificate and its key in PEM, signed by the CA in this file: s3://authorities/ca.pem.

        More fields are those of ClientCertificate: `revoked` (the location of a list), `expired`, `name`, `domain`.
        """
        issued: dict[str, str] = self.ask("client_certificate", authority=authority, **more)
        return issued

    def delegate(self, zone: str, name_servers: Iterable[str] | None = None) -> None:
        """The registrar gets these name servers for a zone: none, or without an argument again those of the zone."""
        self.ask("delegate", zone=zone, name_servers=None if name_servers is None else list(name_servers))

    def snapshot(self, wanted: Iterable[str] | Predicate | None = None, region: str | None = None) -> dict[str, Any]:
        """Returns every resource, or those with the wanted ids or for which the predicate is true."""
        resources: dict[str, Any] = self.ask("state", region=region)
        if wanted is None:
            return resources
        if callable(wanted):
            return {id: fields for id, fields in resources.items() if wanted(id, fields)}
        return {id: resources.get(id) for id in wanted}

    def tagged(self, stack: str, key: str = "elbplan:stack") -> dict[str, dict[str, str]]:
        """Returns the tags, by ARN, of every resource with this stack's tag."""
        tags: dict[str, dict[str, str]] = self.ask("tagged", stack=stack, key=key)
        return tags

    def records(self, zone: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self.ask("records", zone=zone)
        return records


class InAccount(BoxClient):
    """A sandbox seen from one account."""

    def __init__(self, box: BoxClient, id: str) -> None:
        super().__init__()
        self.url, self.access_key = box.url, id
        self._box, self._id = box, id

    def ask(self, verb: str, **arguments: Any) -> Any:
        return self._box.ask(verb, account=self._id, **arguments)
