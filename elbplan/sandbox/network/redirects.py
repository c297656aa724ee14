"""The answers that a load balancer makes itself: redirects, fixed responses, logins."""

from urllib.parse import urlencode

from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredListener
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


@rule(31)
def login(kind: str, config: Params, region: str, request: VisitorRequest) -> VisitorReply | None:
    """Sends a visitor without a session to the identity provider; None if the request goes on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
    (redirect_uri is /oauth2/idpresponse of the name; OnUnauthenticatedRequest: deny is 401, allow goes on),
    https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html ("If the token is
    valid, the load balancer forwards the request with token as is to the target. Otherwise, it rejects the request").
    That page does not say with which code. Here it is 401, and every token is valid.
    """
    if kind == "jwt-validation":
        has_token = any(value.startswith("Bearer ") for value in request.header("Authorization"))
        return None if has_token else balancer_page(401)
    if any(config["SessionCookieName"] in value for value in request.header("Cookie")):
        return None
    if config["OnUnauthenticatedRequest"] != "authenticate":
        return None if config["OnUnauthenticatedRequest"] == "allow" else balancer_page(401)
    query = {
        **(config.get("AuthenticationRequestExtraParams") or {}),
        "client_id": config.get("ClientId") or config.get("UserPoolClientId"),
        "redirect_uri": f"https://{request.host}/oauth2/idpresponse",
        "response_type": "code",
        "scope": config["Scope"],
        "state": "sandbox",
    }
    return balancer_page(302, ("Location", f"{_endpoint(config, region)}?{urlencode(query)}"))


def _endpoint(config: Params, region: str) -> str:
    if endpoint := config.get("AuthorizationEndpoint"):
        return str(endpoint)
    domain = config["UserPoolDomain"]
    host = domain if "." in domain else f"{domain}.auth.{region}.amazoncognito.com"
    return f"https://{host}/oauth2/authorize"
