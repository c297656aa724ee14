"""The reasons for which a target is not healthy, and what a person can do about each.

The reasons and AWS's descriptions are those of
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...core.call import Readiness
from ...core.cause import Cause, ServerFacts
from ...core.hidden import redacted
from .health_check import CheckedGroup, HealthCheck, full_health
from .response_codes import response_code_cause

Health = Mapping[str, Any]
FindServer = Callable[[str], ServerFacts]
"""The facts about the server with an AWS id."""

START = "aws ec2 start-instances --region {region} --instance-ids {ids}"
CAUSES: Mapping[str, Cause] = {
    "Target.Timeout": Cause(
        "no answer on port {port} within {timeout} s",
        "open port {port} in its security group to the load balancer, and let the application listen on "
        "0.0.0.0:{port}, not only on 127.0.0.1",
    ),
    "Target.FailedHealthChecks": Cause(
        "port {port} refuses or breaks the connection", "start the application on port {port}; on the server try: {try}"
    ),
    "Target.ResponseCodeMismatch": Cause("{path} answers with another code than {codes}", "read the application's log"),
    "Target.NotInUse": Cause("no listener forwards to its target group"),
    "Target.NotRegistered": Cause("it is not registered in the target group", "run elbplan apply again"),
    "Target.InvalidState": Cause("it is {state}", "start it", START),
    "Target.IpUnusable": Cause("the address belongs to a load balancer", "write the address of the server"),
    "Target.HealthCheckDisabled": Cause("AWS does not check the health of this group"),
    "Target.DeregistrationInProgress": Cause("AWS is deregistering it", "run elbplan apply again when that is over"),
    "Elb.RegistrationInProgress": Cause("AWS is registering it"),
    "Elb.InitialHealthChecking": Cause("the first health checks are running"),
    "Elb.InternalError": Cause("AWS has an internal error, which usually passes"),
}
"""The cause for each reason. The texts in braces are those of `_Words`."""

TERMINATED = Cause("it is terminated and cannot start again", "name another server in the spec")
OUTSIDE_ZONE = Cause("it is in {zone}, a zone that the load balancer does not have", "add that zone to zones:")

WELL = ("healthy", "unavailable")
"""The states of a target that can get requests. `unavailable`: the group has no health checks."""

NEVER = ("Target.InvalidState", "Target.IpUnusable")
"""Reasons that do not change by waiting."""

ENDED = ("shutting-down", "terminated")
"""The states of an instance that cannot start again."""

ZONE_GRACE = 60
"""Seconds for which a target may be in a zone without the load balancer: AWS enables a new zone some time later."""


def gate_status_of(health: Health) -> Readiness:
    """The state of a gate that waits for one target."""
    if health["State"] in WELL:
        return "ready"
    if health.get("Reason") in NEVER:
        return "failed"
    return "failing" if health["State"] == "unhealthy" or is_outside_zones(health) else "waiting"


def is_outside_zones(health: Health) -> bool:
    """True if the load balancer does not have the target's zone. AWS has one reason for this and for unused groups."""
    return health.get("Reason") == "Target.NotInUse" and "Availability Zone" in health.get("Description", "")


@dataclass(frozen=True)
class DescribedTarget:
    """A target with its health. `port` is the port of its health check, empty if AWS does not name it."""

    id: str
    health: Health
    port: str = ""


FIRST_CHECKS = ("Elb.InitialHealthChecking", "Elb.RegistrationInProgress")
"""Reasons of a target that was not checked yet. If its security groups are closed, it will not answer a check."""


@dataclass(frozen=True)
class HealthContext:
    """What the causes are told with: the target group if it is the stack's, and the facts about servers."""

    region: str
    server: FindServer
    group: CheckedGroup | None = None

    def causes(self, targets: Iterable[DescribedTarget]) -> tuple[Cause, ...]:
        """The causes for the targets that are not healthy. Targets with the same cause are together."""
        together: dict[Cause, list[str]] = {}
        for target in targets:
            if target.health["State"] not in WELL:
                together.setdefault(self._cause(target), []).append(target.id)
        return tuple(self._with_targets(cause, ids) for cause, ids in together.items())

    def _with_targets(self, cause: Cause, ids: Sequence[str]) -> Cause:
        ids = tuple(sorted(dict.fromkeys(ids), key=lambda id: (self.server(id).name, id)))
        command = cause.command.replace("{ids}", " ".join(ids)).replace("{region}", self.region)
        return replace(cause, targets=ids, names=tuple(self.server(id).name for id in ids), command=command)

    def _cause(self, target: DescribedTarget) -> Cause:
        reason, facts = target.health.get("Reason", ""), self.server(target.id)
        check: HealthCheck = redacted(full_health(self.group)) if self.group is not None else HealthCheck()
        description = target.health.get("Description", "")
        if facts.closed is not None and reason == "Target.Timeout":
            return replace(facts.closed, code=reason)
        if facts.closed is not None and reason in FIRST_CHECKS:
            return facts.closed
        if reason == "Target.ResponseCodeMismatch" and (cause := response_code_cause(description, check)):
            return replace(cause, code=reason)
        cause = CAUSES.get(reason) or Cause(description or f"its state is {target.health['State']}")
        if is_outside_zones(target.health):
            cause = OUTSIDE_ZONE
        elif reason == "Target.InvalidState" and any(word in description for word in ENDED):
            cause = TERMINATED
        words = _words(target, check, facts)
        since = facts.since if reason == "Target.InvalidState" else ""
        return replace(cause, text=filled(cause.text, words), fix=filled(cause.fix, words), code=reason, since=since)


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with the words in place of their names in braces. Other braces stay: a path may have some."""
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), text)


def _words(target: DescribedTarget, check: HealthCheck, facts: ServerFacts) -> Mapping[str, str]:
    port = target.port or (check.port if check.port.isdigit() else "of the target")
    scheme = "https" if check.protocol == "HTTPS" else "http"
    url = f"{scheme}://localhost:{port}{check.path}"
    return {
        "port": port,
        "path": check.path or "the health check",
        "codes": check.codes or "200",
        "timeout": str(check.timeout or "some"),
        "try": f"curl -i {shlex.quote(url)}" if check.path else "ss -ltn",
        "state": "stopped" if "stopp" in target.health.get("Description", "stopped") else "not running",
        "zone": facts.zone or "an Availability Zone",
    }
