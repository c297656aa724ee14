"""Stand-in servers: what the targets of a group, and instances with a public address, answer."""

from typing import Any

from ..account import CallContext
from ..ec2 import facts
from ..elbv2.health import health_of
from ..rules import rule
from ..state.elbv2 import StoredGroup, StoredTarget
from ..traffic.request import VisitorRequest
from ..traffic.routing import Connection
from .messages import VisitorReply, balancer_page

TIMEOUT_SECONDS = 0.5
"""How long a balancer waits here for a target that does not answer. AWS waits 10 s for a connection, and the idle
timeout for data: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
(HTTP 504)"""
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port")


@rule(31)
def target_connection(context: CallContext, group: StoredGroup, target: StoredTarget) -> Connection:
    """A target accepts a connection, refuses it, or does not answer, as the reason of its health check says.

    API_TargetHealth (Target.Timeout, Target.FailedHealthChecks). A closed security group of the server is a timeout.
    """
    reason = health_of(context, group, target).reason
    if reason == "Target.Timeout":
        return Connection("dropped", f"target {target.id} does not answer")
    if reason == "Target.FailedHealthChecks":
        return Connection("refused", f"target {target.id} refuses the connection")
    return Connection("open")


@rule(31)
def target_reply(
    context: CallContext, group: StoredGroup, target: StoredTarget, request: VisitorRequest
) -> VisitorReply:
    """502 if the target refuses the connection, 504 if it does not answer in time.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (HTTP 502:
    "The load balancer received a TCP RST from the target when attempting to establish a connection"; HTTP 504: "The
    load balancer failed to establish a connection to the target before the connection timeout expired (10 seconds)")
    """
    connection = target_connection(context, group, target)
    if connection.result == "dropped":
        return balancer_page(504, seconds=TIMEOUT_SECONDS)
    if connection.result == "refused":
        return balancer_page(502)
    return page_of_target(context, group, target, request)


def page_of_target(
    context: CallContext, group: StoredGroup, target: StoredTarget, request: VisitorRequest
) -> VisitorReply:
    """Returns the page of a target; it has another status if its health check gets that."""
    mismatch = health_of(context, group, target).reason == "Target.ResponseCodeMismatch"
    status = int(group.unhealthy_code) if mismatch and group.unhealthy_reason else 200
    return server_page(server_name(context, target), request, target.port, status)


def server_name(context: CallContext, target: StoredTarget) -> str:
    """Returns who answers: the name, id and zone of an instance, or the address or function of another target."""
    instance = facts.instance(context, target.id)
    if instance is not None:
        return instance_name(context, instance)
    return f"function {target.id.split(':function:')[-1]}" if ":lambda:" in target.id else f"server at {target.id}"


def instance_name(context: CallContext, instance: Any) -> str:
    """Returns `web-1 (i-0123) in ap-northeast-2a`."""
    name = context.ec2.tags.get(instance.id, {}).get("Name", "")
    who = f"{name} ({instance.id})" if name else str(instance.id)
    return f"{who} in {instance.availability_zone}"


def server_page(name: str, request: VisitorRequest, port: int, status: int = 200) -> VisitorReply:
    """Returns the page of a stand-in server: its name, the request, and what the load balancer added to it."""
    host = request.named or request.host
    lines = [f"{name}, port {port}" if port else name, f"{request.method} {request.target}", f"Host: {host}"]
    lines += [f"{header}: {value}" for header in FORWARDED for value in request.header(header)]
    headers = (("Server", "elbplan-sandbox"), ("Content-Type", "text/plain"))
    return VisitorReply(status, headers, ("\n".join(lines) + "\n").encode())
