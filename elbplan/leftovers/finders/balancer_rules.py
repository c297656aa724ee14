"""Whether a load balancer answers a request without any target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAME_HOST = "#{host}"
"""AWS's word for the host of the request. A redirect to it leads to the same load balancer again."""


def answers_itself(action: Mapping[str, Any]) -> bool:
    """True for a fixed answer that is no error, and for a redirect to another host.

    An error (404 for what no rule wants) is the usual default of a load balancer whose rules forward.
    """
    if action.get("Type") == "fixed-response":
        return str((action.get("FixedResponseConfig") or {}).get("StatusCode", "")).startswith("2")
    if action.get("Type") == "redirect":
        return bool((action.get("RedirectConfig") or {}).get("Host", SAME_HOST) != SAME_HOST)
    return False
