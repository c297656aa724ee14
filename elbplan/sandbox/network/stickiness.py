"""Sticky sessions: cookies with which a load balancer recognises a visitor.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
"""

import base64
from collections.abc import Iterable
from dataclasses import replace

from ..elbv2.attribute_tables import group_defaults
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup
from ..traffic.request import VisitorRequest
from .messages import VisitorReply

GROUP_COOKIE, TARGET_COOKIE = "AWSALBTG", "AWSALB"


@rule(31)
def remembered(cookie: str, choices: Iterable[str], request: VisitorRequest) -> str:
    """Returns the choice that a cookie of the visitor names, if it still exists; otherwise "".

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html (AWSALB for the target,
    AWSALBTG for the target group)
    """
    cookies = [pair.strip() for value in request.header("Cookie") for pair in value.split(";")]
    return next((choice for choice in choices if f"{cookie}={_value(choice)}" in cookies), "")


def group_seconds(action: Params) -> int:
    """Returns how long a forward keeps a visitor with a target group; 0 without stickiness."""
    sticky = action["ForwardConfig"]["TargetGroupStickinessConfig"]
    return int(sticky["DurationSeconds"]) if sticky.get("Enabled") else 0


def target_seconds(group: StoredGroup) -> int:
    """Returns how long a group keeps a visitor with a target; 0 without the cookie of the load balancer."""
    attributes = {**group_defaults(group), **group.attributes}
    by_cookie = attributes.get("stickiness.type") == "lb_cookie" and attributes.get("stickiness.enabled") == "true"
    return int(attributes["stickiness.lb_cookie.duration_seconds"]) if by_cookie else 0


def with_cookie(reply: VisitorReply, cookie: str, choice: str, seconds: int) -> VisitorReply:
    """Adds the cookie, and the same for requests of other sites (CORS)."""
    plain = ("Set-Cookie", f"{cookie}={_value(choice)}; Max-Age={seconds}; Path=/")
    cors = ("Set-Cookie", f"{cookie}CORS={_value(choice)}; Max-Age={seconds}; Path=/; SameSite=None; Secure")
    return replace(reply, headers=(*reply.headers, plain, cors))


def _value(choice: str) -> str:
    return base64.urlsafe_b64encode(choice.encode()).decode().rstrip("=")
