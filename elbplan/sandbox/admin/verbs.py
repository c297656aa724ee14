"""What a test may do to a sandbox besides calling AWS: one method per verb, JSON in, JSON out."""

import os
from dataclasses import asdict
from typing import Any

from ..account import Account, CallContext
from ..faults import FaultKind
from ..state.probes import ProbedRoute
from ..timing import Timing
from ..traffic import answer, watch
from . import defaults as seeding
from . import fixtures as planting
from . import snapshot as views

VERSION = "1"


class Controls:
    """The verbs under /_sandbox/. Every one is called with the world's lock held."""

    def __init__(self, world: Account) -> None:
        self.world = world

    def ping(self) -> dict[str, Any]:
        return {
            "sandbox": "elbplan",
            "version": VERSION,
            "pid": os.getpid(),
            "calls": len(self.world.calls.entries),
        }

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        return [call.as_json() for call in self.world.calls.entries[since:]]

    def clear_calls(self) -> None:
        self.world.calls.clear()

    def advance(self, seconds: float) -> float:
        self.world.clock.advance(seconds)
        self.world.wake()
        return self.world.moment

    def reset(self) -> None:
        self.world.reset()

    def fault(self, kind: FaultKind, **wanted: Any) -> int:
        return self.world.faults.add(kind, **wanted).id

    def faults(self) -> list[dict[str, Any]]:
        hidden = ("_random", "_met")
        return [{k: v for k, v in vars(fault).items() if k not in hidden} for fault in self.world.faults.all]

    def clear_faults(self) -> None:
        self.world.faults.clear()

    def quota(self, name: str, most: int) -> None:
        if name not in self.world.quotas:
            raise KeyError(f"no quota {name!r}; there are {', '.join(self.world.quotas)}")
        self.world.quotas[name] = most

    def switch(self, name: str, value: Any) -> None:
        """A field of Timing (slow, drain, zone_busy, hide_new) or of Switches."""
        for holder in (self.world.timing, self.world.switches):
            if name in vars(holder):
                setattr(holder, name, value)
                return
        raise KeyError(f"no switch {name!r}; there are {', '.join([*vars(Timing()), *vars(self.world.switches)])}")

    def sick(self, group: str, reason: str = "Target.FailedHealthChecks") -> None:
        self._group(group).sick = reason

    def well(self, group: str) -> None:
        self._group(group).sick = ""

    def _group(self, wanted: str) -> Any:
        for elb in self.world.elbs.values():
            for group in elb.groups.values():
                if wanted in (group.arn, group.name):
                    return group
        raise KeyError(f"no target group {wanted!r}")

    def fail(self, balancer: str, reason: str = "Internal error") -> None:
        """This load balancer never becomes active but `failed`."""
        for stored in self.world.balancers():
            if balancer in (stored.arn, stored.name):
                stored.failed = reason
                return
        raise KeyError(f"no load balancer {balancer!r}")

    def seed(
        self, region: str, zones: list[str] | None = None, hosted_zones: list[str] | None = None
    ) -> dict[str, Any]:
        return seeding.create_defaults(CallContext(self.world, region), zones, hosted_zones or [])

    def plant(self, kind: str, id: str = "", region: str = "us-east-1", **wanted: Any) -> str:
        return planting.create_fixture(CallContext(self.world, region), kind, id, **wanted)

    def watch(self, routes: list[list[Any]]) -> None:
        watch.begin(self.world, [ProbedRoute(*route) for route in routes])

    def unanswered(self) -> list[list[Any]]:
        return [list(gap) for gap in watch.now(self.world)]

    def traffic(self, name: str, port: int = 443, host: str = "", path: str = "/") -> dict[str, Any]:
        return asdict(answer(self.world, name, port, host, path))

    def state(self, region: str | None = None) -> dict[str, Any]:
        return views.everything(self.world, region)

    def tagged(self, stack: str, key: str = "elbplan:stack") -> dict[str, dict[str, str]]:
        return views.tagged(self.world, key, stack)

    def records(self, zone: str) -> list[dict[str, Any]]:
        return views.records(self.world, zone)
