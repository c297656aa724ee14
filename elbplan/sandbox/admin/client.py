"""Everything a test or the demo asks of a sandbox, wherever it runs."""

import functools
import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from ..server.call_log import LoggedCall, counts, writes

Predicate = Callable[[str, dict[str, Any]], bool]
Gap = tuple[int, str, tuple[str, int, str, str], str]


@functools.cache
def _session() -> boto3.Session:
    """One for all, and deaf to the user's own profile, files and endpoints: a sandbox is never the real AWS."""
    nothing = (None, None, os.devnull, None)
    own = {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=own))


class BoxClient:
    """The verbs, the same for a sandbox in this process and for one elsewhere."""

    url: str

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], Any] = {}

    def ask(self, verb: str, **given: Any) -> Any:
        """One verb of verbs.py. Subclasses say how it is sent."""
        raise NotImplementedError

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        """A boto3 client on the sandbox that does not retry (unless `retries` says so). Kept: making
        one costs 0.1 s.
        """
        key = (service, region)
        if not config and key in self._clients:
            return self._clients[key]
        settings: dict[str, Any] = {
            "retries": {"total_max_attempts": 1},
            "max_pool_connections": 50,
            **config,
        }
        made = _session().client(
            service, region_name=region, endpoint_url=self.url, config=Config(**settings),
            aws_access_key_id="AKIASANDBOX000000000", aws_secret_access_key="sandbox",
        )  # fmt: skip
        if not config:
            self._clients[key] = made
        return made

    @property
    def calls(self) -> list[LoggedCall]:
        """All calls since the last reset, in order."""
        return [LoggedCall(**call) for call in self.ask("calls")]

    def counts(self) -> Counter[str]:
        return counts(self.calls)

    def writes(self) -> list[LoggedCall]:
        return writes(self.calls)

    def clear_calls(self) -> None:
        """Begin to count again; what exists stays."""
        self.ask("clear_calls")

    def reset(self) -> None:
        self.ask("reset")

    def advance(self, seconds: float) -> None:
        self.ask("advance", seconds=seconds)

    def fault(self, kind: str, **wanted: Any) -> int:
        """Trouble: throttle, error, 5xx, drop, lost, page, cut, delay, kill; faults.Fault says what it may strike."""
        made: int = self.ask("fault", kind=kind, **wanted)
        return made

    def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("faults")
        return found

    def clear_faults(self) -> None:
        self.ask("clear_faults")

    def quota(self, name: str, most: int) -> None:
        self.ask("quota", name=name, most=most)

    def switch(self, name: str, value: Any) -> None:
        self.ask("switch", name=name, value=value)

    def sick(self, group: str, reason: str = "Target.FailedHealthChecks") -> None:
        self.ask("sick", group=group, reason=reason)

    def well(self, group: str) -> None:
        self.ask("well", group=group)

    def fail(self, balancer: str, reason: str = "Internal error") -> None:
        self.ask("fail", balancer=balancer, reason=reason)

    def seed(
        self, region: str = "us-east-1", zones: Iterable[str] | None = None, hosted_zones: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Ids of: vpc, internet_gateway, subnets (by zone letter), security_group (the default one),
        hosted_zones (by name).
        """
        chosen = list(zones) if zones is not None else None
        made: dict[str, Any] = self.ask("seed", region=region, zones=chosen, hosted_zones=list(hosted_zones))
        return made

    def plant(self, kind: str, id: str = "", region: str = "us-east-1", **wanted: Any) -> str:
        """A vpc, subnet (zone, vpc), security_group (vpc), instance (zone or subnet), certificate (names), hosted_zone
        (name), elastic_ip or image with this id, most with `tags`; or a balancer_elsewhere of this DNS name. Its id.
        """
        made: str = self.ask("plant", kind=kind, id=id, region=region, **wanted)
        return made

    def watch(self, routes: Iterable[tuple[str, int, str, str]]) -> None:
        """(domain or DNS name, port, host, path) of every route to ask about after each write from now on."""
        self.ask("watch", routes=[list(route) for route in routes])

    def unanswered(self) -> list[Gap]:
        """Writes after which a watched route, answered before, was not; or a watched domain led nowhere."""
        return [(write, action, tuple(route), why) for write, action, route, why in self.ask("unanswered")]

    def traffic(self, name: str, port: int = 443, host: str = "", path: str = "/") -> dict[str, Any]:
        """Whether a request would be answered now: ok, status, via, why."""
        told: dict[str, Any] = self.ask("traffic", name=name, port=port, host=host, path=path)
        return told

    def snapshot(self, wanted: Iterable[str] | Predicate | None = None, region: str | None = None) -> dict[str, Any]:
        """Every resource (or those named, or those a predicate of id and fields picks), to compare
        before with after.
        """
        found: dict[str, Any] = self.ask("state", region=region)
        if wanted is None:
            return found
        if callable(wanted):
            return {name: fields for name, fields in found.items() if wanted(name, fields)}
        return {name: found.get(name) for name in wanted}

    def tagged(self, stack: str, key: str = "elbplan:stack") -> dict[str, dict[str, str]]:
        """Tags by ARN of all that carries this stack's tag."""
        found: dict[str, dict[str, str]] = self.ask("tagged", stack=stack, key=key)
        return found

    def records(self, zone: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("records", zone=zone)
        return found
