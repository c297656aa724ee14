"""An answer of a load balancer or of a server behind it."""

import html
from dataclasses import dataclass, field
from http import HTTPStatus

BALANCER = "awselb/2.0"
"""The Server header of answers that a load balancer makes itself:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html (disable headers)"""
REASONS = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
"""The words of the first line, which AWS does not document: as load balancers send them."""


@dataclass(frozen=True)
class VisitorReply:
    """One HTTP answer. `seconds` pass before it is sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = field(default=0.0)

    @property
    def reason(self) -> str:
        known = {int(status): status.phrase for status in HTTPStatus}
        return REASONS.get(self.status) or known.get(self.status, "")


def balancer_page(status: int, *headers: tuple[str, str], seconds: float = 0.0) -> VisitorReply:
    """Returns the short page that a load balancer sends for a redirect or an error. AWS does not document its text."""
    title = f"{status} {VisitorReply(status).reason}"
    page = f"<html>\n<head><title>{html.escape(title)}</title></head>\n<body>\n<h1>{title}</h1>\n</body>\n</html>\n"
    all_headers = (("Server", BALANCER), ("Content-Type", "text/html"), *headers)
    return VisitorReply(status, all_headers, page.encode(), seconds)
