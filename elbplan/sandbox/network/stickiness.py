"""Sticky sessions: cookies with which a load balancer recognises a visitor.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
"""

import base64
import binascii
import time
from collections.abc import Container
from dataclasses import dataclass, replace
from email.utils import formatdate

from ..elbv2.attribute_tables import group_defaults
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup
from ..traffic.request import VisitorRequest
from .messages import VisitorReply

GROUP_COOKIE, TARGET_COOKIE = "AWSALBTG", "AWSALB"
COOKIE_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Session:
    """The cookie of a visitor, and how many seconds after the last answer it still counts."""

    cookie: str
    seconds: int
    now: float


@rule(31)
def remembered(session: Session, choices: Container[str], request: VisitorRequest) -> str:
    """Returns the choice that a cookie of the visitor names, if it still exists; otherwise "".

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
    (AWSALB for the target: "if it refers to a target that was deregistered or is unhealthy, the load balancer selects a
    new target"; "the value in AWSALBCORS will take precedence"),
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions (AWSALBTG
    for the target group)
    """
    pairs = [pair.strip().partition("=") for value in request.header("Cookie") for pair in value.split(";")]
    names = (f"{session.cookie}CORS", session.cookie)
    found = [_read(value) for wanted in names for name, _, value in pairs if name == wanted]
    valid = [choice for moment, choice in found if session.now <= moment + session.seconds]
    return next((choice for choice in valid if choice in choices), "")


def group_seconds(action: Params) -> int:
    """Returns how long a forward keeps a visitor with a target group; 0 without stickiness."""
    sticky = action["ForwardConfig"]["TargetGroupStickinessConfig"]
    return int(sticky["DurationSeconds"]) if sticky.get("Enabled") else 0


def target_seconds(group: StoredGroup) -> int:
    """Returns how long a group keeps a visitor with a target; 0 without the cookie of the load balancer."""
    attributes = {**group_defaults(group), **group.attributes}
    by_cookie = attributes.get("stickiness.type") == "lb_cookie" and attributes.get("stickiness.enabled") == "true"
    return int(attributes["stickiness.lb_cookie.duration_seconds"]) if by_cookie else 0


@rule(31)
def with_cookie(reply: VisitorReply, session: Session, choice: str) -> VisitorReply:
    """Adds the cookie, which expires after seven days, and the same for requests of other sites (CORS).

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
    ("The load balancer generated cookie has its own expiry of 7 days which is non-configurable"; "Application Load
    Balancers use the Expires attribute in the cookie header instead of the Max-Age attribute"). A visitor's clock is
    real.
    """
    value, end = _value(session.now, choice), formatdate(time.time() + COOKIE_SECONDS, usegmt=True)
    plain = ("Set-Cookie", f"{session.cookie}={value}; Expires={end}; Path=/")
    cors = ("Set-Cookie", f"{session.cookie}CORS={value}; Expires={end}; Path=/; SameSite=None; Secure")
    return replace(reply, headers=(*reply.headers, plain, cors))


def _value(moment: float, choice: str) -> str:
    return base64.urlsafe_b64encode(f"{moment} {choice}".encode()).decode().rstrip("=")


def _read(value: str) -> tuple[float, str]:
    """The moment and the choice of a cookie; a moment long ago if it is none of this load balancer."""
    try:
        moment, _, choice = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(" ")
        return float(moment), choice
    except (binascii.Error, ValueError):
        return float("-inf"), ""
