"""The actions before the last one of a rule: logins, and checks of tokens."""

from typing import NamedTuple
from urllib.parse import urlencode

from ..params import Params
from ..rules import rule
from .request import VisitorRequest


class LoginAnswer(NamedTuple):
    """The status that ends a request, and where its visitor must go."""

    status: int
    location: str = ""


@rule(31)
def first_answer(kind: str, config: Params, region: str, request: VisitorRequest) -> LoginAnswer | None:
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
        return None if has_token else LoginAnswer(401)
    if any(config["SessionCookieName"] in value for value in request.header("Cookie")):
        return None
    if config["OnUnauthenticatedRequest"] != "authenticate":
        return None if config["OnUnauthenticatedRequest"] == "allow" else LoginAnswer(401)
    query = {
        **(config.get("AuthenticationRequestExtraParams") or {}),
        "client_id": config.get("ClientId") or config.get("UserPoolClientId"),
        "redirect_uri": f"https://{request.host}/oauth2/idpresponse",
        "response_type": "code",
        "scope": config["Scope"],
        "state": "sandbox",
    }
    return LoginAnswer(302, f"{_endpoint(config, region)}?{urlencode(query)}")


def _endpoint(config: Params, region: str) -> str:
    if endpoint := config.get("AuthorizationEndpoint"):
        return str(endpoint)
    domain = config["UserPoolDomain"]
    host = domain if "." in domain else f"{domain}.auth.{region}.amazoncognito.com"
    return f"https://{host}/oauth2/authorize"
