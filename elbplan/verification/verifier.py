"""Checks a stack from the state of its load balancer to the answer that a client gets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ..live.serving import Send, read_serving
from ..live.worker_threads import WorkerThreads
from .aws_checks import balancer_checks, certificate_checks, listener_checks, openings, path_checks, target_checks
from .balancer_site import BalancerSite
from .check import Check, CheckName, Verification, failed, skipped
from .client_identity import ClientIdentity
from .deadline import Clock, Deadline, Limits
from .dns_checks import delegation_check
from .network import Network, NoNetwork
from .stack import ServedStack
from .tasks import Task, run

ORDER: tuple[CheckName, ...] = (
    "load-balancer", "listener", "certificate", "security-path", "targets", "delegation", "dns", "connection", "tls",
    "redirect", "answer", "rule",
)  # fmt: skip
USUAL_LIMITS = Limits()
OF_OTHERS = "a load balancer of another stack: verify that stack"


def with_facts(stack: ServedStack, send: Send) -> ServedStack:
    """The stack with what AWS says of it now. What AWS does not answer is skipped later."""
    return replace(stack, facts=read_serving(send, stack.reads))


def verify(
    stack: ServedStack,
    network: Network | NoNetwork,
    clock: Clock,
    *,
    limits: Limits = USUAL_LIMITS,
    wall: Callable[[], float] = time.time,
    identity: ClientIdentity | None = None,
) -> Verification:
    """Makes every check of a stack. Raises nothing, and ends soon after `limits.whole` seconds.

    `stack.facts` is what AWS says (`with_facts`). Without a network, only that is checked. `clock` measures the time
    that passes, `wall` says the time of day, for the days that a certificate has left. `identity` is the client
    certificate for listeners with mutual TLS.
    """
    deadline, now = Deadline(clock, limits), wall()
    if not stack.ids:
        nothing = failed("load-balancer", stack.name, "nothing of this stack is in AWS", "create it", stack.retry)
        return Verification(stack.name, [nothing], deadline.passed)
    checks = [
        *balancer_checks(stack),
        *listener_checks(stack),
        *certificate_checks(stack, now),
        *path_checks(stack),
        *target_checks(stack),
        *network_checks(stack, network, deadline, now, identity),
    ]
    ordered = sorted(checks, key=lambda check: ORDER.index(check.name))
    return Verification(stack.name, ordered, deadline.passed, addresses=tuple({**stack.resources, **stack.ids}))


def network_checks(
    stack: ServedStack, network: Network | NoNetwork, deadline: Deadline, now: float, identity: ClientIdentity | None
) -> list[Check]:
    """The checks that ask DNS and send requests. `now` is the time of day in seconds since 1970."""
    others = [skipped("connection", arn, OF_OTHERS) for arn in stack.foreign_balancers()]
    if isinstance(network, NoNetwork):
        return [skipped("connection", str(address), network.reason) for address, _ in stack.balancers()] + others
    sites = [
        BalancerSite(stack, address, balancer, network, deadline, now, openings(stack), identity)
        for address, balancer in stack.balancers()
    ]
    with WorkerThreads(len(sites) + 1) as threads:
        zones = threads.submit(run, list(_zone_tasks(stack, network)), deadline)
        found = threads.map(lambda site: site.checks(), sites)
        return [*zones.result(), *(check for checks in found for check in checks), *others]


def _zone_tasks(stack: ServedStack, network: Network) -> Iterator[Task]:
    for zone in stack.reads.zones:
        yield Task("delegation", zone, partial(delegation_check, stack, zone, network.names))
