"""The status codes that clients of a load balancer see: those that it makes itself, and those of health checks.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ..kinds.aws.response_codes import FIXES
from .explanation import Explanation, lines

GROUP, CHECKS = "codes of a load balancer", "codes of a health check"
PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"

LOOK = "elbplan explain NAME specs/web.yaml follows the request and finds the cause"
TARGETS = "elbplan explain targets.web specs/web.yaml finds the cause in AWS"
HEADERS = "curl -v URL shows the request and the answer; with `Server: awselb/2.0` the load balancer made the answer"
LOGS = "in the access log (logs:), elb_status_code is the load balancer's code, target_status_code the target's"

CODES: Mapping[str, tuple[str, str, str, str]] = {
    "000": (
        "No answer at all: the connection is not made, or times out. curl and access logs write 000.",
        """
        the security group of the load balancer does not let the client in on that port: allow: in the spec
        no listener on that port: `listeners:` or `domain:` in the spec
        an internet-facing load balancer in a subnet without a route to an internet gateway
        a network ACL closes the port, or the ports 1024-65535 of the answers
        the name does not resolve, or still to an old address
        HTTP/2: after 10,000 requests the load balancer ends the connection (GOAWAY); the client opens another
        """,
        f"{LOOK}\ncurl -v URL: `resolve` means the name, `timed out` a closed port, `refused` a missing listener",
        "add the rule, route or listener that elbplan explain names",
    ),
    "400": (
        "The request is malformed or incomplete, or a header is larger than the load balancer accepts.",
        """
        a header, such as the cookies, has more than 16 KB, or all together more than 64 KB
        HTTP is sent to an HTTPS listener
        the client closed the connection before it had sent the whole body
        the application made the code: see target_status_code in the access log
        """,
        f"{HEADERS}\n{LOGS}",
        "make cookies smaller; check http:// and https:// in the URL",
    ),
    "401": (
        "The user did not log in, or the identity provider refused it (login:, token:).",
        """
        the login is set to deny, and the client has no session
        the identity provider refused the user
        the scope of the login gives no ID token, or its claims are too large for the load balancer
        the user needed longer for the login than the load balancer waits
        a token check (jwt-validation) refused the token
        the application made the code
        """,
        f"{HEADERS}\nin the access log, error_reason says what is wrong with the login or the token",
        "check the scope, client id, secret and endpoints of the login at the identity provider",
    ),
    "403": (
        "A web ACL of AWS WAF blocks the request.",
        """
        a rule of the web ACL matches the request
        the application made the code
        """,
        f"{HEADERS}\nAWS WAF shows the blocked requests and the rule under sampled requests",
        "change the rule of the web ACL, or let the client send another request",
    ),
    "405": (
        "The client used the method TRACE, which a load balancer does not pass on.",
        "a scanner or a debugging tool sends TRACE\nthe application does not know the method: see target_status_code",
        LOGS,
        "use another method",
    ),
    "408": (
        "The client sent no data for as long as the idle timeout.",
        """
        the client is slow, or sends less data than its Content-Length says
        a large upload over a slow line, or with pauses; a TCP keep-alive is no data
        """,
        LOGS,
        "raise idle_timeout.timeout_seconds (60 s unless the spec has another value) or mend the client",
    ),
    "413": (
        "The body of the request is too large: a function as target gets at most 1 MB. Or its header is.",
        """
        an upload to a Lambda function
        a header, such as the cookies, has more than 16 KB, or all together more than 64 KB
        the application made the code: it has a limit of its own
        """,
        LOGS,
        "upload to S3 with a signed URL, or let servers take the upload",
    ),
    "414": (
        "The URL or its query is too long.",
        "data in the query that belongs in the body\na redirect loop that adds to the query each time",
        "curl -sIL URL shows the chain of redirects",
        "send the data with POST; mend the redirect",
    ),
    "460": (
        "The client closed the connection before the load balancer could answer, and before the idle timeout ended.",
        """
        the client's timeout is shorter than the application needs
        the user left the page
        """,
        "compare the client's timeout with idle_timeout.timeout_seconds, and with how long the application needs",
        "make the application faster, or the client's timeout at least as long as idle_timeout.timeout_seconds",
    ),
    "463": (
        "The header X-Forwarded-For of the request has more than 30 addresses.",
        "a chain of proxies, or a loop: a proxy sends the request to the load balancer again",
        "log X-Forwarded-For at the application",
        "mend the loop, or let the first proxy replace the header",
    ),
    "464": (
        "The protocol of the request does not fit the protocol version of the target group.",
        """
        the group has HTTP2 or GRPC, and the client sends HTTP/1.1
        the group has HTTP1, and the client sends gRPC
        the group has GRPC, and the request is HTTP/2 but no POST
        """,
        "curl -v --http2 URL",
        "write the protocol_version of the clients at the group: HTTP1, HTTP2 or GRPC",
    ),
    "500": (
        "The load balancer could not finish the request by itself.",
        """
        the application made the code: it runs, but fails
        AWS WAF had an error with the rules of its web ACL
        the load balancer cannot reach the identity provider: its DNS name, outbound rules, no way to the internet
        the identity provider needs more than 5 s, or its user claims have more than 11 KB
        a rule rewrites the URL or host, and its replacement fails
        """,
        f"{HEADERS}\n{LOGS}",
        "read the application's log first; the load balancer must reach the identity provider on port 443",
    ),
    "501": (
        "The request has a Transfer-Encoding that the load balancer does not know: only chunked and identity work.",
        "a client or proxy sends Transfer-Encoding: gzip or another value",
        HEADERS,
        "send Content-Length, or Transfer-Encoding: chunked",
    ),
    "502": (
        "A target took the request, and its answer was broken, or none came.",
        """
        nothing listens on the port of the target (RST), or the network cannot reach it (ICMP)
        the application crashed, or closed the connection while the request was open
        its keep-alive timeout is shorter than the load balancer's idle timeout (60 s)
        the answer is malformed, or its headers have more than 32 KB
        the TLS handshake with the target failed: it speaks HTTP where the group says HTTPS
        the target was deregistered and its time to drain was over
        a function failed, was throttled, did not end in time, or its answer is larger than 1 MB
        """,
        f"{TARGETS}\nin the access log (logs:), `502 -` means that the target sent no answer",
        "read the application's log; set its keep-alive to more than 60 s",
    ),
    "503": (
        "No target can take the request: the group has no targets that AWS may use.",
        """
        the target group has no registered targets
        all targets are unused: stopped, or in a zone that the load balancer does not have
        all targets are draining: they get no new requests
        all groups of the rule have weight 0
        the application made the code: it is overloaded
        """,
        f"{TARGETS}\nelbplan status specs/web.yaml counts the healthy targets",
        "register or start targets: elbplan apply specs/web.yaml",
    ),
    "504": (
        "A target did not answer in time.",
        """
        the load balancer could not connect in 10 s: the server's security group, or a network ACL
        the application needs longer than the idle timeout (60 s)
        a network ACL of a subnet closes the ports 1024-65535 of the answers
        the answer is shorter than its Content-Length says
        the TLS handshake with the target did not end in 10 s
        the service of the function did not accept the connection in time
        """,
        f"{TARGETS}\n{LOGS}; target_status_code is - if the target sent no answer",
        "open the port, make the application faster, or raise idle_timeout.timeout_seconds",
    ),
    "505": (
        "The load balancer did not expect this version of HTTP on this connection.",
        "the client made an HTTP/1 connection, and sent an HTTP/2 request on it",
        HEADERS,
        "use another client, or switch HTTP/2 off (routing.http2.enabled) to see whether it is the cause",
    ),
    "507": (
        "The URL of a redirect is too long.",
        "the redirect puts the whole query or path into the new URL, again and again",
        "curl -sIL URL shows the chain of redirects",
        "shorten the redirect: path and query of its target in the spec",
    ),
    "561": (
        "The identity provider answered the login with an error.",
        """
        the client secret is wrong or has expired
        the token endpoint of the identity provider does not answer, or is not reachable from the load balancer
        """,
        "in the access log, error_reason says what the identity provider answered",
        "check endpoints, client id and secret of the login; the load balancer must reach them on port 443",
    ),
    "562": (
        "The load balancer could not get the keys (JWKS) with which it checks access tokens.",
        """
        the JWKS endpoint is wrong, or does not answer
        the load balancer cannot reach the endpoint: outbound rules, network ACL, no way to the internet
        the answer of the endpoint has more than 10 keys, or more than 150 KB
        """,
        "curl -i JWKS-URL from a server in the same subnets",
        "check the endpoint of the action jwt-validation, and the outbound rules on port 443",
    ),
}
"""By code: its meaning, its causes, how to see which one it is, and what to do.

AWS's page has the codes and their limits, except 562, for which see https://http.dev/562. These causes are experience:
most of 000, which AWS has only for HTTP/2; HTTP at an HTTPS listener (400); 401 for a token; targets that drain and
groups of weight 0 (503). How large the keys may be, and what becomes of a rewrite that fails:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
"""


def _code(code: str) -> Explanation:
    means, causes, see, do = CODES[code]
    check = (f"in a health check: {_fix(code)}",) if code in FIXES else ()
    return Explanation(code, GROUP, means, lines(causes), lines(see), (*lines(do), *check), PAGE, (f"HTTP {code}",))


def _check_code(code: str) -> Explanation:
    means = f"The application answers the health check with {code}, and the group counts other codes as healthy."
    see = "on the server: curl -i http://localhost:PORT/PATH"
    do = f"in the spec: health: {{path: /PAGE, codes: 200-399}}; then {TARGETS}"
    return Explanation(code, CHECKS, means, (_fix(code),), (see,), (do,), PAGE, (f"HTTP {code}",))


def _fix(code: str) -> str:
    return FIXES[code].format(code=code, other="health: to a page that exists")


EXPLANATIONS = (*map(_code, CODES), *(_check_code(code) for code in FIXES if code not in CODES))
