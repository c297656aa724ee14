"""What the answers of a server that failed mean, and what to do.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """Why an answer has its status, and what to do."""

    text: str
    fix: str


STATUSES: Mapping[int, Meaning] = {
    500: Meaning("the application fails, or a firewall (WAF) or login does", "read the application's log"),
    501: Meaning("the load balancer does not know the Transfer-Encoding", "send chunked or identity"),
    502: Meaning(
        "a server refused or closed the connection, or its answer is no HTTP",
        "start the application on the port of the target group; keep its connections open for longer than the idle "
        "timeout of the load balancer (60 s)",
    ),
    503: Meaning("no target can answer", "see the check of its targets; register or start targets"),
    504: Meaning(
        "a server does not answer in time",
        "open its port to the load balancer, also in the network ACL (1024-65535 back), or make the answer faster",
    ),
    561: Meaning("the login service answers with an error", "check the client id and secret of the login"),
}
"""By the status: the meaning if the load balancer made the answer itself."""

OWN_FAULT = Meaning("the application itself answers so", "read the application's log")
"""The meaning of a status in an answer of the application."""

BALANCER_SERVER = "awselb"
"""The load balancer's own answers say so in their header `Server`:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html (disable headers)"""


def meaning_of(status: int, server: str) -> Meaning:
    """The meaning of a status of 500 or more. `server` is the answer's header `Server`."""
    if server and not server.lower().startswith(BALANCER_SERVER):
        return OWN_FAULT
    return STATUSES.get(status, OWN_FAULT)
