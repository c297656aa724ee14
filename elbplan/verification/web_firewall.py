"""An answer 403 that the load balancer itself makes: a web ACL of AWS WAF blocks the request.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html ("HTTP 403:
Forbidden": "You configured an AWS WAF web access control list to monitor requests")
"""

from __future__ import annotations

from .check import Check, CheckName
from .http import Reply
from .meanings import BALANCER_SERVER
from .site import Site

FORBIDDEN = 403
FIX = "see its rules and its sampled requests in the console of AWS WAF; maybe it blocks this machine only"


def is_blocked(reply: Reply) -> bool:
    """True if the load balancer refuses the request. A fixed response with this status is judged before."""
    return reply.status == FORBIDDEN and reply.server.lower().startswith(BALANCER_SERVER)


def blocked(name: CheckName, subject: str, text: str, site: Site) -> Check:
    """The check of such an answer: the load balancer works, and a person should look."""
    who = f"the web ACL {site.web_acl}" if site.web_acl else "a web ACL that the spec does not have"
    return Check(name, subject, "ok", f"{text}: {who} blocks it", FIX, warning=True, facts={"status": FORBIDDEN})
