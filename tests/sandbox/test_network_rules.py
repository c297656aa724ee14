"""What a load balancer answers over real sockets: rules, redirects, weights, sick targets, closed groups."""

from __future__ import annotations

import http.client
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .kit import Kit, forward, on_host, on_path
from .visitor import Visitor

Condition = dict[str, Any]
OTHERWISE = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "default"}}
MATCHED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "matched"}}


@dataclass
class Shop:
    """A load balancer with one listener on port 80, and a visitor."""

    kit: Kit
    balancer: dict[str, Any]
    listener: str
    front: str
    visitor: Visitor

    @property
    def name(self) -> str:
        return str(self.balancer["DNSName"]).lower()

    def default(self, *actions: dict[str, Any]) -> None:
        self.kit.elb.modify_listener(ListenerArn=self.listener, DefaultActions=list(actions))

    def rule(self, *conditions: Condition, action: dict[str, Any] = MATCHED, priority: int = 1, **more: Any) -> None:
        self.kit.elb.create_rule(
            ListenerArn=self.listener, Priority=priority, Conditions=list(conditions), Actions=[action], **more
        )

    def get(self, path: str = "/", host: str = "", **more: Any) -> Any:
        return self.visitor.get(f"http://{host or self.name}{path}", at=self.name, **more)

    def matches(self, path: str = "/", **more: Any) -> bool:
        return bool(self.get(path, **more).text == "matched")


@pytest.fixture
def shop(kit: Kit) -> Shop:
    front = kit.open_group("front")
    balancer = kit.balancer(SecurityGroups=[front])
    listener = kit.listener(balancer["LoadBalancerArn"], "", DefaultActions=[OTHERWISE])
    return Shop(kit, balancer, listener, front, Visitor(kit.box))


def header(name: str, *values: str, **more: Any) -> Condition:
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values), **more}}


def query(*pairs: dict[str, str]) -> Condition:
    return {"Field": "query-string", "QueryStringConfig": {"Values": list(pairs)}}


HOST = on_host("shop.example.com", "*.example.org")
PATH = on_path("/Img/*", "/a?c")
REGEX = {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/v[0-9]+/"]}}
METHOD = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}}


@pytest.mark.parametrize(
    ("condition", "request_", "expected"),
    [
        (HOST, {"host": "shop.example.com"}, True),
        (HOST, {"host": "SHOP.example.com"}, True),
        (HOST, {"host": "a.b.example.org"}, True),
        (HOST, {"host": "example.org"}, False),
        (PATH, {"path": "/Img/x/y.png?z=1"}, True),
        (PATH, {"path": "/img/x"}, False),
        (PATH, {"path": "/abc"}, True),
        (PATH, {"path": "/abbc"}, False),
        (REGEX, {"path": "/v12/x"}, True),
        (REGEX, {"path": "/vx/x"}, False),
        (METHOD, {"method": "POST"}, True),
        (METHOD, {"method": "GET"}, False),
        (header("User-Agent", "*Chrome*"), {"user_agent": "Mozilla chrome 120"}, True),
        (header("user-agent", "*Chrome*"), {"User_Agent": "Firefox"}, False),
        (header("X-Beta", "yes"), {}, False),
        (query({"Key": "version", "Value": "v1"}), {"path": "/?x=2&VERSION=V1"}, True),
        (query({"Key": "version", "Value": "v1"}), {"path": "/?other=v1"}, False),
        (query({"Value": "*ex*"}), {"path": "/?a=1&b=text"}, True),
        (query({"Value": "*ex*"}), {"path": "/?a=1"}, False),
        (query({"Value": r"\*"}), {"path": "/?a=*"}, True),
        (query({"Value": r"\*"}), {"path": "/?a=b"}, False),
    ],
)
def test_each_condition(shop: Shop, condition: Condition, request_: dict[str, str], expected: bool) -> None:
    shop.rule(condition)
    assert shop.matches(**request_) is expected


def test_the_address_of_the_visitor(shop: Shop) -> None:
    shop.rule({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24"]}})
    assert not shop.matches(X_Forwarded_For="192.0.2.9")
    shop.visitor = Visitor(shop.kit.box, source="192.0.2.9")
    assert shop.matches()


def test_all_conditions_of_the_first_rule_in_order(shop: Shop) -> None:
    second = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "201"}}
    shop.rule(on_path("/a"), action=second, priority=2)
    shop.rule(on_path("/a"), METHOD, priority=1)
    assert shop.get("/a").status == 201
    assert shop.get("/a", method="POST").status == 200


def test_a_fixed_response(shop: Shop) -> None:
    config = {"StatusCode": "503", "ContentType": "application/json", "MessageBody": '{"closed": true}'}
    shop.default({"Type": "fixed-response", "FixedResponseConfig": config})
    page = shop.get("/x")
    assert (page.status, page.text) == (503, '{"closed": true}')
    assert (page.headers["Content-Type"], page.headers["Server"]) == ("application/json", "awselb/2.0")


@pytest.mark.parametrize(
    ("config", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443"}, "https://www.example.com:443/a/b?x=1&y=2"),
        ({"Host": "new.#{host}", "Path": "/#{port}/#{path}"}, "http://new.www.example.com:80/80/a/b?x=1&y=2"),
        ({"Protocol": "#{protocol}", "Port": "8080", "Query": "#{query}&z=3"}, "http://www.example.com:8080/a/b?x=1&y=2&z=3"),
        ({"Path": "/new", "Query": ""}, "http://www.example.com:80/new"),
    ],
)  # fmt: skip
def test_redirects(shop: Shop, config: dict[str, str], location: str) -> None:
    shop.default({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", **config}})
    page = shop.get("/a/b?x=1&y=2", host="www.example.com")
    assert (page.status, page.headers["Location"]) == (302, location)


def group_with_server(shop: Shop, name: str, **more: Any) -> tuple[str, str]:
    """A target group with one instance that everybody reaches."""
    instance, group = shop.kit.instance(shop.kit.open_group(f"{name}-servers")), shop.kit.group(name, **more)
    shop.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    return group, instance


def test_weights_over_two_hundred_requests(shop: Shop) -> None:
    (old, server_old), (new, server_new) = group_with_server(shop, "old"), group_with_server(shop, "new")
    shop.default(forward(old, new, weights=(180, 20)))
    with shop.visitor.connected(f"http://{shop.name}/") as connection:
        counts: Counter[str] = Counter()
        for _ in range(200):
            connection.request("GET", "/", headers={"Host": shop.name})
            counts[connection.getresponse().read().decode().split()[0]] += 1
    assert counts == {server_old: 180, server_new: 20}


def test_the_servers_of_a_group_take_turns(shop: Shop) -> None:
    group, first = group_with_server(shop, "web")
    second = shop.kit.instance(shop.kit.open_group("more"))
    shop.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": second}])
    shop.default(forward(group))
    assert Counter(shop.get().text.split()[0] for _ in range(6)) == {first: 3, second: 3}


def test_a_visitor_with_the_cookie_stays_with_group_and_target(shop: Shop) -> None:
    sticky = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie"}
    attributes = [{"Key": key, "Value": value} for key, value in sticky.items()]
    groups = [group_with_server(shop, name)[0] for name in ("a", "b")]
    for number, group in enumerate(groups):
        more = shop.kit.instance(shop.kit.open_group(f"more-{number}"))
        shop.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": more}])
    action = forward(*groups, weights=(1, 1))
    action["ForwardConfig"]["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 60}
    shop.default(action)
    for group in groups:
        shop.kit.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes)
    with shop.visitor.connected(f"http://{shop.name}/") as connection:
        connection.request("GET", "/", headers={"Host": shop.name})
        first = connection.getresponse()
        cookies = [value.partition(";")[0] for value in first.headers.get_all("Set-Cookie") or []]
        server = first.read().split()[0].decode()
    assert {cookie.partition("=")[0] for cookie in cookies} == {"AWSALB", "AWSALBCORS", "AWSALBTG", "AWSALBTGCORS"}
    assert {shop.get(Cookie="; ".join(cookies)).text.split()[0] for _ in range(5)} == {server}
    assert len({shop.get().text.split()[0] for _ in range(8)}) == 4


def test_cookies_last_seven_days_and_sessions_as_long_as_the_group_says(shop: Shop) -> None:
    groups = [group_with_server(shop, name)[0] for name in ("a", "b")]
    action = forward(*groups, weights=(1, 1))
    action["ForwardConfig"]["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 60}
    shop.default(action)
    cookie = shop.get().headers["Set-Cookie"]
    end = parsedate_to_datetime(cookie.partition("Expires=")[2].partition(";")[0])
    assert 6.9 < (end - datetime.now(UTC)) / timedelta(days=1) <= 7
    kept = cookie.partition(";")[0]
    assert len({shop.get(Cookie=kept).text.split()[0] for _ in range(4)}) == 1
    shop.kit.box.advance(61)
    assert len({shop.get(Cookie=kept).text.split()[0] for _ in range(4)}) == 2


def test_the_cookie_for_other_sites_comes_first(shop: Shop) -> None:
    group = group_with_server(shop, "web")[0]
    more = shop.kit.instance(shop.kit.open_group("more"))
    shop.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": more}])
    sticky = [{"Key": "stickiness.enabled", "Value": "true"}, {"Key": "stickiness.type", "Value": "lb_cookie"}]
    shop.kit.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=sticky)
    shop.default(forward(group))
    pages = [shop.get() for _ in range(2)]
    first, second = (page.headers["Set-Cookie"].partition(";")[0].partition("=")[2] for page in pages)
    cookies = f"AWSALB={second}; AWSALBCORS={first}"
    assert {shop.get(Cookie=cookies).text for _ in range(4)} == {pages[0].text} != {pages[1].text}


def test_a_port_that_is_not_the_default_is_added_to_the_host(shop: Shop) -> None:
    arn, group = shop.balancer["LoadBalancerArn"], group_with_server(shop, "web")[0]
    shop.kit.let_in(shop.front, 8080)
    shop.kit.listener(arn, group, 8080)
    url = f"http://{shop.name}:8080/"
    assert "Host: shop.example.com:8080\n" in shop.visitor.get(url, Host="shop.example.com").text
    assert f"Host: {shop.name}:8080\n" in shop.visitor.get(url).text
    keep = [{"Key": "routing.http.preserve_host_header.enabled", "Value": "true"}]
    shop.kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=keep)
    assert "Host: shop.example.com\n" in shop.visitor.get(url, Host="shop.example.com").text
    assert f"Host: {shop.name}:8080\n" in shop.visitor.get(url).text


def test_a_server_learns_of_the_visitor(shop: Shop) -> None:
    shop.default(forward(group_with_server(shop, "web")[0]))
    text = shop.get("/who", X_Forwarded_For="192.0.2.1", X_Forwarded_Proto="https").text
    assert "X-Forwarded-For: 192.0.2.1, 198.51.100.7\nX-Forwarded-Proto: http\nX-Forwarded-Port: 80\n" in text


@pytest.mark.parametrize(("mode", "line"), [("preserve", "X-Forwarded-For: 192.0.2.1\n"), ("remove", "")])
def test_modes_of_x_forwarded_for(shop: Shop, mode: str, line: str) -> None:
    shop.default(forward(group_with_server(shop, "web")[0]))
    attributes = [{"Key": "routing.http.xff_header_processing.mode", "Value": mode}]
    arn = shop.balancer["LoadBalancerArn"]
    shop.kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    text = shop.get("/who", X_Forwarded_For="192.0.2.1").text
    assert f"Host: {shop.name}\n{line}X-Forwarded-Proto: http\n" in text


def test_headers_that_a_listener_adds_to_answers(shop: Shop) -> None:
    wanted = {
        "routing.http.response.strict_transport_security.header_value": "max-age=31536000",
        "routing.http.response.x_frame_options.header_value": "DENY",
        "routing.http.response.server.enabled": "false",
    }
    attributes = [{"Key": key, "Value": value} for key, value in wanted.items()]
    shop.kit.elb.modify_listener_attributes(ListenerArn=shop.listener, Attributes=attributes)
    headers = shop.get().headers
    assert (headers["Strict-Transport-Security"], headers["X-Frame-Options"]) == ("max-age=31536000", "DENY")
    assert "Server" not in headers


def test_a_rule_rewrites_host_and_url(shop: Shop) -> None:
    host = {"Rewrites": [{"Regex": r"^mywebsite-(.+)\.com$", "Replace": "internal.$1.example.com"}]}
    url = {"Rewrites": [{"Regex": r"^/dp/([A-Za-z0-9]+)/?$", "Replace": "/product.php?id=$1"}]}
    transforms = [
        {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": host},
        {"Type": "url-rewrite", "UrlRewriteConfig": url},
    ]
    shop.rule(on_path("/dp/*"), action=forward(group_with_server(shop, "web")[0]), Transforms=transforms)
    text = shop.get("/dp/B09G/", host="mywebsite-shop.com").text
    assert "GET /product.php?id=B09G\nHost: internal.shop.example.com\n" in text
    assert "GET /dp/a/b\nHost: other.com\n" in shop.get("/dp/a/b", host="other.com").text


def test_a_transform_that_fails_is_500(shop: Shop) -> None:
    url = {"Rewrites": [{"Regex": "^/(a)/", "Replace": "/$2/"}]}
    transforms = [{"Type": "url-rewrite", "UrlRewriteConfig": url}]
    shop.rule(on_path("/*"), action=forward(group_with_server(shop, "web")[0]), Transforms=transforms)
    assert (shop.get("/a/b").status, shop.get("/b").status) == (500, 200)


def test_no_target_is_503(shop: Shop) -> None:
    empty = shop.kit.group("empty")
    shop.default(forward(empty))
    assert (shop.get().status, shop.get().headers["Server"]) == (503, "awselb/2.0")


def test_a_stopped_server_is_no_target(shop: Shop) -> None:
    group, instance = group_with_server(shop, "web")
    shop.default(forward(group))
    shop.kit.ec2.stop_instances(InstanceIds=[instance])
    assert shop.get().status == 503


def test_all_weights_are_zero(shop: Shop) -> None:
    group, _ = group_with_server(shop, "web")
    shop.default(forward(group, weights=(0,)))
    assert shop.get().status == 503


@pytest.mark.parametrize(
    ("reason", "status"),
    [("Target.FailedHealthChecks", 502), ("Target.Timeout", 504), ("Target.ResponseCodeMismatch", 404)],
)
def test_a_group_of_sick_targets_fails_open(shop: Shop, reason: str, status: int) -> None:
    group, _ = group_with_server(shop, "web")
    shop.default(forward(group))
    shop.kit.box.sick("web", reason, 404)
    assert shop.get().status == status
    shop.kit.box.well("web")
    assert shop.get().status == 200


def test_only_healthy_targets_get_requests(shop: Shop) -> None:
    group, healthy = group_with_server(shop, "web")
    closed = shop.kit.ec2.create_security_group(GroupName="closed", Description="closed", VpcId=shop.kit.vpc)
    unreachable = shop.kit.instance(closed["GroupId"])
    shop.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": unreachable}])
    shop.default(forward(group))
    assert {shop.get().text.split()[0] for _ in range(4)} == {healthy}
    shop.kit.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": healthy}])
    assert shop.get().status == 504, "the group fails open to a server whose security group is closed"


def test_a_closed_security_group_does_not_answer(shop: Shop) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    shop.kit.ec2.revoke_security_group_ingress(GroupId=shop.front, IpPermissions=[rule])
    with pytest.raises(TimeoutError):
        shop.get(timeout=0.3)
    with pytest.raises(TimeoutError):
        shop.visitor.plain(f"http://{shop.name}/", timeout=0.3)
    shop.kit.let_in(shop.front, 80, "192.0.2.0/24")
    shop.visitor = Visitor(shop.kit.box, source="192.0.2.9")
    assert shop.get().status == 404


def test_a_port_without_a_listener_is_refused(shop: Shop) -> None:
    with pytest.raises(OSError, match="502"):
        shop.visitor.tunnel(shop.name, 443)
    page = shop.visitor.plain(f"http://{shop.name}:443/")
    assert (page.status, page.headers["Server"]) == (502, "elbplan-sandbox-proxy")
    assert "does not listen on port 443" in page.text


def test_a_deleted_listener_closes_its_connections(shop: Shop) -> None:
    with shop.visitor.connected(f"http://{shop.name}/") as connection:
        shop.kit.elb.delete_listener(ListenerArn=shop.listener)
        connection.request("GET", "/", headers={"Host": shop.name})
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()


def test_a_function_and_an_address_answer(shop: Shop) -> None:
    address = shop.kit.group("address", TargetType="ip")
    shop.kit.elb.register_targets(TargetGroupArn=address, Targets=[{"Id": "172.31.0.77", "Port": 8080}])
    shop.default(forward(address))
    assert shop.get().text.startswith("server at 172.31.0.77, port 8080\n")


OIDC = {
    "Issuer": "https://login.example", "AuthorizationEndpoint": "https://login.example/authorize",
    "TokenEndpoint": "https://login.example/token", "UserInfoEndpoint": "https://login.example/me",
    "ClientId": "web", "ClientSecret": "secret",
}  # fmt: skip
COGNITO = {
    "UserPoolArn": "arn:aws:cognito-idp:eu-central-1:1:userpool/x", "UserPoolClientId": "web", "UserPoolDomain": "shop",
}  # fmt: skip
JWT = {"JwksEndpoint": "https://login.example/keys", "Issuer": "https://login.example"}
LOGINS = {
    "oidc": {"Type": "authenticate-oidc", "AuthenticateOidcConfig": OIDC},
    "deny": {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {**OIDC, "OnUnauthenticatedRequest": "deny"}},
    "allow": {"Type": "authenticate-oidc", "AuthenticateOidcConfig": {**OIDC, "OnUnauthenticatedRequest": "allow"}},
    "cognito": {"Type": "authenticate-cognito", "AuthenticateCognitoConfig": COGNITO},
    "jwt": {"Type": "jwt-validation", "JwtValidationConfig": JWT},
}


def secured_shop(shop: Shop, login: str) -> None:
    certificate = shop.kit.issued("api.example.com")
    shop.kit.listener(
        shop.balancer["LoadBalancerArn"], "", 443, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{**LOGINS[login], "Order": 1}, {**MATCHED, "Order": 2}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("login", "status"), [("oidc", 302), ("deny", 401), ("allow", 200), ("cognito", 302), ("jwt", 401)]
)
def test_a_login_comes_before_the_page(shop: Shop, login: str, status: int) -> None:
    secured_shop(shop, login)
    page = shop.visitor.get("https://api.example.com/x", at=shop.name)
    assert page.status == status
    if status == 302:
        target = urlsplit(page.headers["Location"])
        assert target.hostname == ("login.example" if login == "oidc" else "shop.auth.eu-central-1.amazoncognito.com")
        asked = parse_qs(target.query)
        assert asked["redirect_uri"] == ["https://api.example.com/oauth2/idpresponse"]
        assert (asked["client_id"], asked["response_type"], asked["scope"]) == (["web"], ["code"], ["openid"])


def test_a_visitor_with_session_or_token_passes(shop: Shop) -> None:
    secured_shop(shop, "jwt")
    assert shop.visitor.get("https://api.example.com/", at=shop.name, Authorization="Bearer x").text == "matched"
