"""Sample requests: each is taken by its own rule, and what cannot be made says why."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.hidden import Hidden
from elbplan.kinds.aws.conditions import Condition
from elbplan.kinds.aws.request_matching import Request, fits, matches, text_for
from elbplan.kinds.listener import Listener
from elbplan.kinds.rule import Rule, attach_only_rule
from elbplan.kinds.sample_requests import SampleRequest, sample_requests, taken_by

LISTENER = Address("listener", "443")
HOSTS = ("api.example.com",)


def condition(field: str, *values: str, **more: Any) -> Condition:
    return Condition(field=field, values=values, **more)


def rule(priority: int, *conditions: Condition) -> Rule:
    action = {"type": "fixed-response", "status": "200"}
    return Rule.model_validate(
        {"listener": "443", "priority": priority, "conditions": conditions, "action": action}
    )  # fmt: skip


def samples(*rules: Rule) -> list[SampleRequest]:
    listener = Listener.model_validate(
        {"load_balancer": "main", "port": 80, "protocol": "HTTP", "action": {"type": "redirect", "protocol": "HTTPS"}}
    )
    named = {Address("rule", str(rule.priority)): rule for rule in rules}
    return sample_requests(LISTENER, listener, named, HOSTS)


@pytest.mark.parametrize(
    ("conditions", "request_"),
    [
        ([condition("path-pattern", "/api/*")], Request("api.example.com", "/api/")),
        ([condition("path-pattern", "*.png")], Request("api.example.com", "/.png")),
        ([condition("host-header", "*.example.com")], Request("api.example.com")),
        ([condition("host-header", "*.other.com")], Request("elbplan-verify.other.com")),
        ([condition("http-request-method", "DELETE", "HEAD")], Request("api.example.com", method="DELETE")),
        (
            [condition("http-header", "Mobile*", name="User-Agent")],
            Request("api.example.com", headers={"User-Agent": "Mobileelbplan-verify"}),
        ),
        ([condition("query-string", "version=v1")], Request("api.example.com", query=(("version", "v1"),))),
        ([condition("query-string", "token=a=b")], Request("api.example.com", query=(("token", "a=b"),))),
        ([condition("query-string", "beta")], Request("api.example.com", query=(("elbplan-verify", "beta"),))),
        ([condition("source-ip", "0.0.0.0/0")], Request("api.example.com")),
        (
            [condition("host-header", "a.example.com"), condition("path-pattern", "/v?/x")],
            Request("a.example.com", "/vx/x"),
        ),
    ],
)
def test_a_request_is_taken_by_its_rule(conditions: list[Condition], request_: Request) -> None:
    wanted = rule(10, *conditions)
    sample, default = samples(wanted)
    assert (sample.request, sample.skipped, sample.priority) == (request_, "", 10)
    assert taken_by(request_, [(sample.place, wanted)]) == sample.place
    assert (default.place, default.priority) == (LISTENER, None)


def test_an_earlier_rule_takes_no_sample_of_a_later_one() -> None:
    first = rule(1, condition("path-pattern", "/api/"))
    later = rule(2, condition("path-pattern", "/api/*"))
    assert [sample.request.path for sample in samples(later, first) if sample.request] == [
        "/api/", "/api/elbplan-verify", "/"
    ]  # fmt: skip


def test_a_rule_behind_one_that_takes_everything_has_no_sample() -> None:
    hidden, default = samples(rule(1, condition("path-pattern", "*")), rule(2, condition("path-pattern", "/api/*")))[1:]
    assert hidden.skipped == "rule.1 comes first and may take the same requests"
    assert default.skipped == "the rules may take every request"
    assert hidden.request is None is default.request


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (condition("source-ip", "10.0.0.0/8"), "only for clients with the ip 10.0.0.0/8"),
        (Condition(field="path-pattern", regex=("^/a.+",)), "its path is a regular expression"),
        (
            condition("http-header", Hidden("s3cret-token", "${TOKEN}"), name="X-Origin"),
            "its condition http-header has the value of a variable, which may be a secret",
        ),
    ],
)
def test_what_cannot_be_made_says_why(wrong: Condition, reason: str) -> None:
    sample, _ = samples(rule(1, wrong))
    assert (sample.skipped, sample.request) == (reason, None)


def test_a_rule_for_some_clients_may_take_the_requests_of_the_next() -> None:
    inside = rule(1, condition("source-ip", "10.0.0.0/8"), condition("path-pattern", "/admin"))
    _, admin, default = samples(inside, rule(2, condition("path-pattern", "/admin")))
    assert admin.skipped == "rule.1 comes first and may take the same requests"
    assert default.request == Request("api.example.com")


def test_a_rule_that_attaches_groups_only_has_no_sample() -> None:
    assert [sample.place for sample in samples(attach_only_rule(rule(1, condition("path-pattern", "/"))))] == [LISTENER]


def test_a_query_is_sent_as_a_url_allows() -> None:
    assert Request("x", "/a b", query=(("q", "한&#"),)).target == "/a%20b?q=%ED%95%9C&%23"


def test_a_backslash_makes_a_wildcard_literal() -> None:
    assert fits(r"a\*", "a*")
    assert not fits(r"a\*", "ab")
    assert text_for(r"a\*?*", "z") == "a*xz"


def test_a_regular_expression_is_not_decided() -> None:
    either = Condition(field="path-pattern", values=("/a",), regex=("^/b",))
    assert matches(either, Request("x", "/a")) is True
    assert matches(either, Request("x", "/c")) is None


@pytest.mark.parametrize(
    "other",
    [
        condition("query-string", "version=v2"),
        condition("query-string", "v1=version"),
        condition("http-header", "desktop*", name="User-Agent"),
        condition("http-request-method", "get"),
        condition("host-header", "api"),
        condition("path-pattern", "/A"),
    ],
)
def test_another_request_does_not_match(other: Condition) -> None:
    headers = {"user-agent": "Mobile"}
    assert matches(other, Request("api.example.com", "/a", query=(("version", "v1"),), headers=headers)) is False
