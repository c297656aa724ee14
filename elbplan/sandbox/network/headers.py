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
DEFAULT_PORTS = (80, 443)


@rule(31)
def forwarded(context: CallContext, listener: StoredListener, request: VisitorRequest) -> VisitorRequest:
    """Adds X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Port for the target.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html (X-Forwarded-For:
    append is the default; preserve and remove are the other modes). The port of the client
    (routing.http.xff_client_port.enabled) and X-Amzn-Trace-Id are left out.
    """
    balancer = context.elb.balancers[listener.balancer]
    attributes = {**balancer_defaults(balancer), **balancer.attributes}
    mode = attributes["routing.http.xff_header_processing.mode"]
    if attributes["routing.http.preserve_host_header.enabled"] == "false":
        request = replace(request, named=named_with_port(request, listener.port))
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
def named_with_port(request: VisitorRequest, port: int) -> str:
    """The Host header for the target: the name, with the port of the listener unless it is 80 or 443.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html (host header
    preservation). With routing.http.preserve_host_header.enabled it stays as the visitor sent it.
    """
    return request.host if port in DEFAULT_PORTS else f"{request.host}:{port}"


@rule(31)
def with_response_headers(listener: StoredListener, reply: VisitorReply) -> VisitorReply:
    """Attributes of a listener add headers to every answer, or drop the Server header of the load balancer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html ("adds the header with
    the configured value to all responses. If the response from target includes the HTTP response header, the load
    balancer updates the header value to be the configured value"),
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
