"""The verbs with which tests control a sandbox: one method per verb, with JSON arguments and a JSON result."""

import json
import os
from dataclasses import asdict
from typing import Any

from ..account import Account, CallContext
from ..faults import FaultKind
from ..iam.check import set_policies
from ..state.probes import probed_route
from ..state.visitors import ClientCertificate, visitor_of
from ..timing import Timing
from ..traffic import answer, watch
from . import snapshot
from .defaults import create_defaults
from .fixtures import create_fixture


class Controls:
    """The verbs under /_sandbox/. The caller holds the engine's lock."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def ping(self) -> dict[str, Any]:
        return {
            "sandbox": "elbplan",
            "pid": os.getpid(),
            "calls": len(self.account.calls.entries),
            "slow": self.account.timing.slow,
        }

    def calls(self) -> list[dict[str, Any]]:
        return [call.as_json() for call in self.account.calls.entries]

    def clear_calls(self) -> None:
        self.account.calls.clear()

    def advance(self, seconds: float) -> float:
        self.account.clock.advance(seconds)
        self.account.start_moment()
        return self.account.moment

    def reset(self) -> None:
        self.account.reset()

    def fault(self, kind: FaultKind, **fields: Any) -> int:
        return self.account.faults.add(kind, **fields).id

    def faults(self) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in vars(fault).items() if not name.startswith("_")}
            for fault in self.account.faults.all
        ]

    def clear_faults(self) -> None:
        self.account.faults.clear()

    def policy(self, documents: Any, key: str = "") -> None:
        """Gives an access key these IAM policies: a document or several. Without a key they are everybody's.

        None: everything is allowed again.
        """
        set_policies(self.account, documents, key)

    def quota(self, name: str, most: int) -> None:
        if name not in self.account.quotas:
            raise KeyError(f"no quota {name!r}; there are {', '.join(self.account.quotas)}")
        self.account.quotas[name] = most

    def switch(self, name: str, value: Any) -> None:
        """Sets a field of Timing (slow, drain, zone_busy, hide_new, index_lag, tag_lag) or of SandboxOptions."""
        for holder in (self.account.timing, self.account.options):
            if name in vars(holder):
                setattr(holder, name, value)
                return
        raise KeyError(f"no switch {name!r}; there are {', '.join([*vars(Timing()), *vars(self.account.options)])}")

    def sick(self, group: str, reason: str = "Target.FailedHealthChecks", code: int | str = 500) -> None:
        """All targets of the group have this reason.

        `code` is the answer for Target.ResponseCodeMismatch, and the state of the instance for Target.InvalidState.
        """
        found = self._group(group)
        found.unhealthy_reason, found.unhealthy_code = reason, code

    def well(self, group: str) -> None:
        self._group(group).unhealthy_reason = ""

    def _group(self, wanted: str) -> Any:
        for elb in self.account.elbs.values():
            for group in elb.groups.values():
                if wanted in (group.arn, group.name):
                    return group
        raise KeyError(f"no target group {wanted!r}")

    def fail(self, balancer: str, reason: str = "Internal error") -> None:
        """The load balancer becomes `failed` instead of active."""
        for stored in self.account.balancers():
            if balancer in (stored.arn, stored.name):
                stored.failed = reason
                return
        raise KeyError(f"no load balancer {balancer!r}")

    def approve(self, certificate: str) -> None:
        """Somebody opens the mails of a certificate, and approves all of its names."""
        found = self.account.certificates[certificate]
        found.approved |= set(found.names)

    def create_defaults(
        self, region: str, zones: list[str] | None = None, hosted_zones: list[str] | None = None
    ) -> dict[str, Any]:
        return create_defaults(CallContext(self.account, region), zones, hosted_zones or [])

    def create_fixture(self, kind: str, id: str = "", region: str = "us-east-1", **fields: Any) -> str:
        return create_fixture(CallContext(self.account, region), kind, id, **fields)

    def prepare(self, kind: str, id: str = "", region: str = "us-east-1", number: int = 0, **fields: Any) -> list[Any]:
        """Creates a fixture once: returns its id, and whether this call created it. `number` tells equal ones apart."""
        key = json.dumps([kind, id, region, number, fields], sort_keys=True)
        prepared = self.account.memory("prepared")
        new = key not in prepared
        if new:
            prepared[key] = self.create_fixture(kind, id, region, **fields)
        return [prepared[key], new]

    def watch(self, routes: list[list[Any]]) -> None:
        watch.begin(self.account, [probed_route(route) for route in routes])

    def unanswered(self) -> list[list[Any]]:
        return [[gap.write, gap.action, gap.route[:4], gap.why] for gap in watch.now(self.account)]

    def traffic(
        self, name: str, port: int = 443, host: str = "", path: str = "/", visitor: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return asdict(answer(self.account, name, port, host, path, visitor_of(visitor or {})))

    def network(self) -> dict[str, Any]:
        """Starts DNS and proxy at the first call. Returns dns ([host, port]), proxy (URL) and authority (PEM)."""
        if self.account.network is None:
            from ..network.service import SandboxNetwork  # dnspython and trustme take 0.2 s to import

            self.account.network = SandboxNetwork(self.account)
        return self.account.network.as_json()

    def client_certificate(self, **shown: Any) -> dict[str, str]:
        """Issues a certificate for a visitor, with the fields of ClientCertificate. Returns certificate and key."""
        self.network()
        assert self.account.network is not None
        return self.account.network.client_certificate(ClientCertificate(**shown))

    def delegate(self, zone: str, name_servers: list[str] | None = None) -> None:
        """The registrar gets these name servers for a zone: [] for none, None for those of the zone."""
        self.account.dns.delegate(zone, name_servers)

    def state(self, region: str | None = None) -> dict[str, Any]:
        return snapshot.everything(self.account, region)

    def tagged(self, stack: str, key: str = "elbplan:stack") -> dict[str, dict[str, str]]:
        return snapshot.tagged(self.account, key, stack)

    def records(self, zone: str) -> list[dict[str, Any]]:
        return snapshot.records(self.account, zone)
