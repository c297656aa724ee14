"""The headers that a load balancer adds: to requests for the target, and to answers for the visitor."""

from dataclasses import replace

from ..account import CallContext
from ..elbv2.attribute_tables import balancer_defaults
from ..rules import rule
from ..state.elbv2 import SECURE, StoredListener
from ..traffic.request import VisitorRequest
from .messages import BALANCER, VisitorReply

FORWARDED_FOR = "X-Forwarded-For"
RESPONSE = "routing.http.response."


@rule(31)
def forwarded(context: CallContext, listener: StoredListener, request: VisitorRequest) -> VisitorRequest:
    """Adds X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Port for the target.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html (X-Forwarded-For:
    append is the default; preserve and remove are the other modes)
    """
    balancer = context.elb.balancers[listener.balancer]
    mode = {**balancer_defaults(balancer), **balancer.attributes}["routing.http.xff_header_processing.mode"]
    before = request.header(FORWARDED_FOR)
    addresses = {"append": [*before, request.source], "preserve": before, "remove": []}[mode]
    added = (
        *((FORWARDED_FOR, ", ".join(addresses)) for _ in addresses[:1]),
        ("X-Forwarded-Proto", "https" if listener.protocol in SECURE else "http"),
        ("X-Forwarded-Port", str(listener.port)),
    )
    replaced = {FORWARDED_FOR.lower(), *(name.lower() for name, _ in added)}
    kept = tuple((name, value) for name, value in request.headers if name.lower() not in replaced)
    return replace(request, headers=(*kept, *added))


@rule(31)
def with_response_headers(listener: StoredListener, reply: VisitorReply) -> VisitorReply:
    """Attributes of a listener add headers to every answer, or drop the Server header of the load balancer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-header-modification.html
    (routing.http.response.server.enabled, routing.http.response....header_value)
    """
    headers = reply.headers
    if listener.attributes.get(f"{RESPONSE}server.enabled") == "false":
        headers = tuple(pair for pair in headers if pair != ("Server", BALANCER))
    for key, value in listener.attributes.items():
        if key.startswith(RESPONSE) and key.endswith(".header_value") and value:
            name = key.removeprefix(RESPONSE).removesuffix(".header_value").replace("_", "-").title()
            headers = (*(pair for pair in headers if pair[0] != name), (name, value))
    return replace(reply, headers=headers)
