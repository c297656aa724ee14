"""The warnings of `elbplan lint` about specs."""

from __future__ import annotations

from collections.abc import Mapping

from .explanation import Explanation, lines

GROUP = "warnings about specs"
ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"

WARNINGS: Mapping[str, tuple[str, str, str, str]] = {
    "single-server": (
        "A target group has one target. While it restarts, fails or gets a new version, nobody answers.",
        "servers: has count: 1, or the group names one instance",
        "write count: 2, or name a second instance in another zone",
        f"{ALB}/introduction.html",
    ),
    "single-zone": (
        "All servers of a group, or the network load balancer, are in one zone. If the zone fails, nobody answers.",
        "zones: has one letter\nall instances were started in the same subnet",
        "write zones: [a, c], and start servers in both",
        f"{ALB}/application-load-balancers.html#availability-zones",
    ),
    "no-health-page": (
        "The health check asks the start page, or only opens the port. Both can work although the application fails.",
        "health: is not set, and AWS asks /\nthe group is for TCP, and AWS only connects",
        "add a page that tests what the application needs\nwrite health: /health",
        f"{ALB}/target-group-health-checks.html",
    ),
    "slow-health-check": (
        "A failed server gets requests for every × unhealthy seconds. A new server waits for every × healthy seconds.",
        "every: is long\nhealthy: or unhealthy: is high",
        "write health: {path: /health, every: 10s, healthy: 3, unhealthy: 2}",
        f"{ALB}/target-group-health-checks.html",
    ),
    "no-drain": (
        "A target that is deregistered loses its open requests at once, and their clients get errors.",
        "drain: is 0s",
        "write the time of the longest request: drain: 30s",
        f"{ALB}/edit-target-group-attributes.html#deregistration-delay",
    ),
    "long-drain": (
        "Each change that deregisters a target waits until the drain time is over, while a connection is open.",
        "drain: is longer than 15 minutes",
        "write the time of the longest request: drain: 300s",
        f"{ALB}/edit-target-group-attributes.html#deregistration-delay",
    ),
    "all-zones": (
        "Without zones:, a load balancer is in every zone of the region. AWS bills a public IPv4 address in each.",
        "zones: is not set, and few zones have servers",
        "write the zones of the servers: zones: [a, c]",
        "docs/cost.md",
    ),
    "no-deletion-protection": (
        "Everybody with the permission can delete a load balancer, and a new one has another address.",
        "protect: is not set",
        "write protect: true; to delete the stack later, first write protect: false and apply it",
        f"{ALB}/edit-load-balancer-attributes.html#deletion-protection",
    ),
    "broad-take-over": (
        "take_over: true lets domains replace DNS records that elbplan did not create, also those that come later.",
        "take_over: is at the top, for all domains\na domain with * has take_over",
        "after the first apply, remove take_over\nwrite it only at the domain that needs it",
        "docs/spec.md",
    ),
    "open-admin-path": (
        "A rule forwards a path such as /admin, /actuator or /metrics for everybody, without a login.",
        "the rule has no ip: condition and no login",
        "add ip: with your networks to the rule\nanswer others with respond: 403",
        "docs/spec.md",
    ),
    "open-admin-port": (
        "A security group lets the whole internet reach a port for administrators or databases.",
        "a rule of the security group has 0.0.0.0/0 or ::/0\na listener for TCP is on such a port",
        "allow only your networks\nuse AWS Systems Manager Session Manager in place of SSH",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
    ),
    "old-tls": (
        "A listener accepts TLS 1.0 or 1.1, which browsers and standards (RFC 8996) gave up.",
        "tls: compatible, or an old policy by name\na listener of the long form without ssl_policy",
        "write tls: recommended",
        f"{ALB}/describe-ssl-policies.html",
    ),
    "plain-http": (
        "A listener for HTTP forwards requests although the stack has HTTPS. Others can read and change them.",
        "the listener on port 80 has forward: in place of redirect:",
        "write redirect: 443/https at the listener on port 80",
        f"{ALB}/load-balancer-listeners.html",
    ),
    "secret-in-spec": (
        "The spec has a password, key or token as text. Everybody who reads the repository knows it.",
        "a script of a server sets a password\na header or tag has a token",
        "write ${NAME}, and set NAME in the environment\nscripts: read it from AWS Secrets Manager\n"
        "change the secret, since git keeps the old file",
        "docs/spec.md",
    ),
    "unused-ignore": (
        "The spec ignores a warning that it does not have.",
        "the reason for the warning is gone\nthe address in lint: has changed",
        "remove the line from lint: {ignore: ...}",
        "docs/commands.md",
    ),
}
"""By name: its meaning, its causes, what to do, and the source."""


def _warning(name: str) -> Explanation:
    means, causes, do, source = WARNINGS[name]
    see = "elbplan lint shows the file, the line and the column"
    accept = f"or accept it: lint: {{ignore: {{{name}: the reason}}}}"
    return Explanation(name, GROUP, means, lines(causes), (see,), (*lines(do), accept), source)


EXPLANATIONS = tuple(map(_warning, WARNINGS))
