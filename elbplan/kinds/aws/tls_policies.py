"""The TLS versions that a policy of AWS allows, by its name.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

from __future__ import annotations

import re

RECOMMENDED = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""The default of the console, and of a spec without `tls:`."""

EVERYWHERE = (
    RECOMMENDED,
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
)
"""Policies that every region has, so that elbplan need not ask: the default one of the console, and its neighbours."""

VERSION = re.compile(r"-(?:TLS13-1|TLS-1|FS-1)-(\d)-")


def strength(policy: str | None) -> tuple[int, bool] | None:
    """The lowest version 1.x of TLS that a policy of AWS allows, and whether it allows 1.3; None without a policy.

    Policies whose names have no version (2016-08, FS-2018-06) allow TLS 1.0.
    """
    if policy is None:
        return None
    found = VERSION.search(policy)
    return int(found[1]) if found else 0, "TLS13" in policy
