"""What happens to a request, by the rules of a stack."""

from __future__ import annotations

import pytest

from elbplan.render.reports.matching import Request, RouteCondition, matches
from elbplan.render.reports.page import section_of
from elbplan.render.reports.requests import (
    RouteAction,
    RouteBalancer,
    RouteListener,
    RouteRule,
    RouteShare,
    location_of,
    route_of,
)
from tests.render.plans import WEB, plan
from tests.render.reports.kit import SHOP, section, shop, shop_change

REQUESTS = [
    ("https://shop.example.com/", "GET", {}, "listener.443/default"),
    ("https://API.shop.example.com/v1/x", "GET", {}, "rule.443-api"),
    ("https://shop.example.com/v1", "GET", {}, "rule.443-v1"),
    ("https://shop.example.com/V1", "GET", {}, "listener.443/default"),
    ("https://shop.example.com/v1/a?b=c", "GET", {}, "rule.443-v1"),
    ("https://shop.example.com/?BETA=1&x=2", "GET", {}, "rule.443-beta"),
    ("https://shop.example.com/?beta=2", "GET", {}, "listener.443/default"),
    ("https://shop.example.com/", "POST", {"x-tool": "Abc"}, "rule.443-tool"),
    ("https://shop.example.com/", "GET", {"x-tool": "Abc"}, "listener.443/default"),
    ("https://shop.example.com/admin/", "GET", {}, "rule.443-closed"),
    ("http://shop.example.com/a?b=c", "GET", {}, "listener.80/default"),
]


@pytest.mark.parametrize(("url", "method", "headers", "rule"), REQUESTS)
def test_the_first_rule_that_matches_serves(url, method, headers, rule):
    request = Request.of(url, method, headers)
    assert request
    route = route_of(section_of(shop()).after, request)
    assert next(tried.id for tried in route.tried if tried.matched) == rule
    assert all(not tried.matched for tried in route.tried[:-1])


def test_the_way_goes_from_the_name_to_the_groups():
    route = route_of(section_of(shop()).after, Request("https", "shop.example.com", 443, "/v1"))
    assert route.path == (
        "record.shop.example.com", "load_balancer.main", "listener.443", "rule.443-v1",
        "target_group.api", "target_group.web",
    )  # fmt: skip
    assert route.shares == {"target_group.api": 90, "target_group.web": 10}
    assert (route.outcome, route.covered) == ("forward", True)


def test_a_redirect_keeps_path_and_query():
    request = Request.of("http://shop.example.com/a/b?c=d")
    assert request
    route = route_of(section_of(shop()).after, request)
    assert (route.outcome, route.status) == ("redirect", 301)
    assert route.location == "https://shop.example.com:443/a/b?c=d"


def test_parts_of_a_location():
    redirect = {"protocol": "#{protocol}", "host": "www.#{host}", "port": "8443", "path": "/new/#{path}", "query": ""}
    assert location_of(redirect, Request("http", "a.example", 80, "/x", "q=1")) == "http://www.a.example:8443/new/x"


@pytest.mark.parametrize(
    ("url", "outcome", "status"),
    [
        ("https://shop.example.com:8443/", "no-listener", 0),
        ("http://shop.example.com:443/", "wrong-protocol", 400),
        ("https://shop.example.com:80/", "wrong-protocol", 0),
        ("https://shop.example.com/admin/x", "fixed-response", 403),
    ],
)
def test_requests_that_reach_no_target(url, outcome, status):
    request = Request.of(url)
    assert request
    route = route_of(section_of(shop()).after, request)
    assert (route.outcome, route.status) == (outcome, status)


def test_a_name_of_others_is_said_to_be_one():
    route = route_of(section_of(shop()).after, Request("https", "other.example", 443))
    assert (route.known, route.covered, route.outcome) == (False, False, "forward")


def test_an_empty_group_answers_503():
    share = RouteShare("target_group.web", "web", 1)
    rule = RouteRule("listener.80/default", "default", (), RouteAction("forward", "", (share,)))
    balancer = RouteBalancer("lb", "web", {}, (RouteListener("listener.80", "80/HTTP", 80, "HTTP", (), (rule,)),))
    route = route_of([balancer], Request("http", "a.example", 80))
    assert (route.outcome, route.status) == ("no-target", 503)


def test_nothing_answers_after_a_destroy():
    gone = section_of(plan(None, WEB))
    assert route_of(gone.after, Request("https", "api.example.com", 443)).outcome == "no-name"
    assert route_of(gone.before, Request("https", "api.example.com", 443)).outcome == "forward"


def test_now_and_after_differ():
    changed = section_of(shop_change())
    request = Request("https", "shop.example.com", 443, "/", "beta=1")
    assert route_of(changed.before, request).tried[-1].id == "rule.443-beta"
    assert route_of(changed.after, request).tried[-1].id == "listener.443/default"


@pytest.mark.parametrize(
    ("field", "value", "good", "bad"),
    [
        ("path-pattern", "/a?c", "/abc", "/ac"),
        ("path-pattern", "/*/x", "/a/b/x", "/x"),
        ("path-pattern", r"/a\*", "/a*", "/ab"),
        ("path-pattern", "/a.c", "/a.c", "/abc"),
    ],
)
def test_wildcards_of_a_path(field, value, good, bad):
    condition = RouteCondition(field, (value,), (), "", "")
    assert matches(condition, Request("http", "a", 80, good))
    assert not matches(condition, Request("http", "a", 80, bad))


def test_a_regular_expression_may_match_anywhere_and_a_wrong_one_never_does():
    good = RouteCondition("path-pattern", (), ("^/v[0-9]+/",), "", "")
    assert matches(good, Request("http", "a", 80, "/v12/x"))
    assert not matches(good, Request("http", "a", 80, "/x/v1/"))
    assert not matches(RouteCondition("path-pattern", (), ("(",), "", ""), Request("http", "a", 80, "("))


def test_an_address_is_not_known_unless_every_address_fits():
    assert not matches(RouteCondition("source-ip", ("10.0.0.0/8",), (), "", ""), Request("http", "a", 80))
    assert matches(RouteCondition("source-ip", ("0.0.0.0/0",), (), "", ""), Request("http", "a", 80))


def test_every_rule_has_a_sample_request_that_it_takes():
    samples = {sample.rule: sample for sample in section(shop()).samples}
    assert list(samples) == [
        "443/HTTPS 10", "443/HTTPS 20", "443/HTTPS 30", "443/HTTPS 40", "443/HTTPS 50", "443/HTTPS default",
        "80/HTTP default",
    ]  # fmt: skip
    assert samples["443/HTTPS 20"].result == "api 90 % or web 10 %"
    assert samples["443/HTTPS 40"].method == "POST"
    assert samples["443/HTTPS 40"].header.startswith("X-Tool: a")
    assert samples["80/HTTP default"].result == "301 to https://shop.example.com:443/"


def test_a_sample_has_a_host_that_no_rule_before_takes():
    first, second = "shop.example.com", "api.shop.example.com"
    spec = SHOP.replace(f"[{first}, {second}]", f"[{second}, {first}]")
    samples = {sample.rule: sample.url for sample in section(plan(spec)).samples}
    assert samples["443/HTTPS 10"] == "https://api.shop.example.com/"
    assert samples["443/HTTPS 20"] == "https://shop.example.com/v1"


@pytest.mark.parametrize("text", ["", "no url at all", "ftp://x", "https://", "http://a:999999/"])
def test_what_is_no_url(text):
    assert Request.of(text) is None
