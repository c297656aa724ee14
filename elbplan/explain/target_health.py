"""The reasons and states of target health. The first cause and its fix are those of every other screen."""

from __future__ import annotations

from collections.abc import Mapping

from ..kinds.aws.response_codes import FIXES
from ..kinds.aws.target_health import CAUSES, OUTSIDE_ZONE, TERMINATED, filled
from .explanation import Explanation, lines

GROUP, STATES = "target health", "target states"
PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"

WORDS: Mapping[str, str] = {
    "port": "PORT",
    "path": "PATH",
    "codes": "CODES",
    "timeout": "TIMEOUT",
    "try": "curl -i http://localhost:PORT/PATH",
    "state": "stopped",
    "zone": "ZONE",
    "region": "REGION",
    "ids": "INSTANCE",
}
"""The texts of causes for no target in particular."""

LOOK = "elbplan explain targets.web specs/web.yaml finds the cause in AWS"

MORE: Mapping[str, tuple[str, str]] = {
    "Target.Timeout": (
        """
        the security group of the server does not let the load balancer in on that port
        a network ACL of a subnet closes the port, or the ports 1024-65535 of the answer
        the application listens on another port, or only on 127.0.0.1
        a firewall on the server (iptables, ufw, firewalld)
        the page is slower than the timeout, or the server is overloaded
        """,
        """
        LOOK
        on the server: ss -ltn shows the open ports, curl -i http://localhost:PORT/PATH the answer
        """,
    ),
    "Target.FailedHealthChecks": (
        """
        the application is not running, or listens on another port
        the application speaks HTTPS, and the check HTTP, or the other way round
        the application speaks HTTP/2 or gRPC, and the group HTTP1, or the other way round
        the application closes the connection before it answers
        """,
        "on the server: ss -ltn, then curl -i http://localhost:PORT/PATH, then the application's log",
    ),
    "Target.ResponseCodeMismatch": (
        f"""
        404: {FIXES["404"].format(code="404", other="health: to a page that exists")}
        301, 302: {FIXES["302"].format(code="301 and 302")}
        401, 403: {FIXES["403"]}
        400: {FIXES["400"]}
        500, 503: {FIXES["503"]}
        502: {FIXES["502"]}
        """,
        """
        LOOK
        AWS writes the code in brackets: Health checks failed with these codes: [404]
        on the server: curl -i -H 'User-Agent: ELB-HealthChecker/2.0' http://localhost:PORT/PATH
        """,
    ),
    "Target.NotInUse": (
        f"""
        no listener and no rule forwards to the group, also not at weight 0
        {OUTSIDE_ZONE.text.replace("{zone}", "ZONE")}: {OUTSIDE_ZONE.fix} in the spec
        """,
        """
        AWS describes the second cause as: Target is in an Availability Zone that is not enabled
        LOOK
        """,
    ),
    "Target.NotRegistered": (
        """
        somebody deregistered it by hand, or a deployment did
        it is registered with another port than the one that is asked for
        """,
        "elbplan plan shows whether the registration has drifted",
    ),
    "Target.InvalidState": (
        f"""
        somebody stopped the instance, or a schedule did
        {TERMINATED.text}: {TERMINATED.fix}, or use tag: so that the next one is found
        """,
        "aws ec2 describe-instances --instance-ids INSTANCE",
    ),
    "Target.IpUnusable": (
        "ips: has an address of a node of this or of another load balancer",
        "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=ADDRESS",
    ),
    "Target.HealthCheckDisabled": (
        "the target is a function: its group has no health checks unless somebody switches them on",
        "aws elbv2 describe-target-groups shows HealthCheckEnabled",
    ),
    "Target.DeregistrationInProgress": (
        """
        elbplan, a deployment or a person deregistered it; open requests may finish
        its instance was terminated
        """,
        "it lasts at most deregistration_delay.timeout_seconds, 300 s unless the spec has another value",
    ),
    "Elb.RegistrationInProgress": (
        """
        it was registered some seconds ago
        the load balancer is still being created, which takes 2 to 3 minutes
        """,
        "elbplan status shows the state of the load balancer; longer than 5 minutes is not usual",
    ),
    "Elb.InitialHealthChecking": (
        """
        it was registered less than a minute ago: one check that passes is enough
        its security group is closed, and the first check has not timed out yet
        """,
        "LOOK",
    ),
    "Elb.InternalError": (
        """
        AWS has a problem in a zone
        the load balancer is growing or moving to other nodes
        """,
        "https://health.aws.amazon.com/health/status shows outages; longer than 10 minutes: ask AWS Support",
    ),
}
"""For each reason: further causes, the most likely first, and how to see which one it is."""


PASSING = ("Elb.RegistrationInProgress", "Elb.InitialHealthChecking", "Elb.InternalError")
"""Reasons that pass by themselves."""

STATE_MEANINGS: Mapping[str, str] = {
    "initial": "AWS registers the target, or runs its first health checks. It gets no requests yet.",
    "healthy": "The target passes its health checks and gets requests.",
    "unhealthy": "The target failed its health checks. It gets no requests, unless all targets of the group are "
    "unhealthy: then the load balancer sends requests to all of them.",
    "unhealthy.draining": "The target is unhealthy, and its open connections may end. New ones go elsewhere.",
    "unused": "The target gets no requests: it is stopped, not registered, in another zone, or no listener uses its "
    "group.",
    "draining": "The target was deregistered, and finishes the requests that it has.",
    "unavailable": "The group has no health checks, so AWS does not know. The target gets requests.",
}
"""Every state of a target: API_TargetHealth."""


def _reason(reason: str) -> Explanation:
    cause = CAUSES[reason]
    causes, see = MORE[reason]
    do = [text for text in (filled(cause.fix, WORDS), filled(cause.command, WORDS)) if text]
    text = filled(cause.text, WORDS)
    return Explanation(
        reason,
        GROUP,
        f"{text[0].upper()}{text[1:]}.",
        lines(causes),
        lines(see.replace("LOOK", LOOK)),
        tuple(do) or (("wait: it passes by itself",) if reason in PASSING else ()),
        f"{PAGE}#target-health-reason-codes",
    )


def _state(state: str) -> Explanation:
    reasons = tuple(f"{reason}: elbplan explain {reason}" for reason in REASONS_OF.get(state, ()))
    return Explanation(state, STATES, STATE_MEANINGS[state], reasons, (LOOK,), (), f"{PAGE}#target-health-states")


REASONS_OF: Mapping[str, tuple[str, ...]] = {
    "initial": ("Elb.RegistrationInProgress", "Elb.InitialHealthChecking"),
    "unhealthy": ("Target.Timeout", "Target.ResponseCodeMismatch", "Target.FailedHealthChecks", "Elb.InternalError"),
    "unused": ("Target.NotInUse", "Target.InvalidState", "Target.NotRegistered", "Target.IpUnusable"),
    "draining": ("Target.DeregistrationInProgress",),
    "unavailable": ("Target.HealthCheckDisabled", "Elb.InternalError"),
}

EXPLANATIONS = (*map(_reason, CAUSES), *map(_state, STATE_MEANINGS))
