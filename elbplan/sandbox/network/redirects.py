"""The answers that a load balancer makes itself: redirects, fixed responses, logins."""

from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredListener
from ..traffic.logins import first_answer
from ..traffic.request import VisitorRequest
from .messages import BALANCER, VisitorReply, balancer_page


@rule(31)
def redirect(config: Params, listener: StoredListener, request: VisitorRequest) -> VisitorReply:
    """Fills #{protocol}, #{host}, #{port}, #{path} (without its first slash) and #{query}: API_RedirectActionConfig.

    "Any components that you do not modify retain their original values". The port is always in the address, also a
    default one: AWS does not document that.
    """
    words = {
        "#{protocol}": listener.protocol,
        "#{host}": request.host,
        "#{port}": str(listener.port),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }

    def filled(text: str) -> str:
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    parts = {key: filled(str(config[key])) for key in ("Protocol", "Host", "Port", "Path", "Query")}
    location = f"{parts['Protocol'].lower()}://{parts['Host']}:{parts['Port']}{parts['Path']}"
    location += f"?{parts['Query']}" if parts["Query"] else ""
    return balancer_page(int(config["StatusCode"].removeprefix("HTTP_")), ("Location", location))


@rule(31)
def fixed_response(config: Params) -> VisitorReply:
    """Status, content type and body of the action: API_FixedResponseActionConfig."""
    headers = (("Server", BALANCER), ("Content-Type", config.get("ContentType") or "text/plain"))
    return VisitorReply(int(config["StatusCode"]), headers, (config.get("MessageBody") or "").encode())


def login(kind: str, config: Params, region: str, request: VisitorRequest) -> VisitorReply | None:
    """The answer to a visitor without a session or token; None if the request goes on."""
    found = first_answer(kind, config, region, request)
    if found is None:
        return None
    return balancer_page(found.status, *((("Location", found.location),) if found.location else ()))
