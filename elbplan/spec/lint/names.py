"""The names of the rules, each with what it warns of. A spec silences a rule by its name."""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "single-server": "a target group has only one target",
    "single-zone": "all servers, or the network load balancer, are in one zone",
    "no-health-page": "the health check asks the start page, or only whether the port is open",
    "slow-health-check": "a broken server gets requests for a long time, or a good one waits for a long time",
    "no-drain": "a target loses its open requests when it is deregistered",
    "long-drain": "a target is drained for a long time, and each change waits for it",
    "all-zones": "AWS bills an address in each zone of the region, although few zones have servers",
    "no-deletion-protection": "AWS lets anybody with the permission delete a load balancer that has a domain",
    "broad-take-over": "domains may replace DNS records that elbplan did not create, also in the future",
    "open-admin-path": "everybody reaches a path that only administrators need",
    "open-admin-port": "everybody reaches a port that only administrators or programs need",
    "old-tls": "a listener accepts TLS 1.0 or 1.1",
    "plain-http": "a listener without encryption forwards requests, although the stack has HTTPS",
    "secret-in-spec": "a password, key or token is in the spec as text",
    "unused-ignore": "the spec ignores a warning that it does not have",
}
"""By name, in the order of the documentation."""
