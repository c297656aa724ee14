"""Rule conditions.

Every condition with values and, where AWS has them, regular expressions; the order of values and AWS's second form of
them are no difference; two host conditions or six values are refused; an update sends the whole list in one ModifyRule.
"""

from __future__ import annotations

import io
from typing import Any

import pytest

from elbplan.errors import SpecProblem
from elbplan.spec import load

from .kit import Case

HEAD = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
listeners:
  - listen: 80/http
    forward: web
    rules:
"""
ALL = {
    "host": ("{values: [a.example.com, '*.example.org'], regex: '^www[0-9]'}", "HostHeaderConfig"),
    "path": ("{values: [/b, /a/*], regex: ['^/v[0-9]+/', '^/w']}", "PathPatternConfig"),
    "method": ("[POST, GET]", "HttpRequestMethodConfig"),
    "header": ("{X-Beta: {values: [b, a], regex: '^c'}}", "HttpHeaderConfig"),
    "query": ("{flag: [b, 'a=1']}", "QueryStringConfig"),
    "ip": ("[10.0.0.0/8, 'fd00::/8']", "SourceIpConfig"),
}
SENT: dict[str, Any] = {
    "host": {"Values": ["*.example.org", "a.example.com"], "RegexValues": ["^www[0-9]"]},
    "path": {"Values": ["/a/*", "/b"], "RegexValues": ["^/v[0-9]+/", "^/w"]},
    "method": {"Values": ["GET", "POST"]},
    "header": {"HttpHeaderName": "X-Beta", "Values": ["a", "b"], "RegexValues": ["^c"]},
    "query": {"Values": [{"Key": "flag", "Value": "a=1"}, {"Key": "flag", "Value": "b"}]},
    "ip": {"Values": ["10.0.0.0/8", "fd00::/8"]},
}


def spec(*rules: str) -> str:
    return HEAD + "".join(f"      - {{{rule}, respond: 404}}\n" for rule in rules)


def test_every_condition_is_sent_whole_and_comes_back_as_no_difference(case: Case) -> None:
    wanted = spec(*(f"name: {key}, {key}: {value}" for key, (value, _) in ALL.items()))
    sent = case.apply(wanted).of("CreateRule")
    configs = [params["Conditions"][0] for params in sent]
    found = {key: [c[config] for c in configs if config in c] for key, (_, config) in ALL.items()}
    assert found == {key: [config] for key, config in SENT.items()}
    case.destroy(wanted)


def test_an_update_sends_the_whole_list_once(case: Case) -> None:
    before = spec("name: a, path: [/a, /b], host: a.example.com")
    after = spec("name: a, path: [/b, /c], header: {X-A: '1'}, query: {a: '1'}")
    case.apply(before)
    sent = case.apply(after)
    assert sent.actions == ["ModifyRule"]
    fields = [condition["Field"] for condition in sent.only("ModifyRule")["Conditions"]]
    assert fields == ["http-header", "path-pattern", "query-string"]
    case.destroy(after)


def test_several_headers_and_queries_are_conditions_of_their_own(case: Case) -> None:
    wanted = spec("name: a, header: {X-A: '1', X-B: '2'}, query: {a: '1', b: '2'}")
    conditions = case.apply(wanted).only("CreateRule")["Conditions"]
    assert [condition["Field"] for condition in conditions] == ["http-header"] * 2 + ["query-string"] * 2
    case.destroy(wanted)


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(spec("name: a, path: [/a, /b]"), spec("name: a, path: [/b, /c], host: a.example.com"))


LONG = """
name: my-web
region: ap-northeast-2
load_balancer: {main: {subnets: [a, c]}}
listener: {"80": {load_balancer: main, port: 80, protocol: HTTP, action: {type: fixed-response, status: 200}}}
rule:
  a:
    listener: "80"
    priority: 7
    conditions: [{field: host-header, values: [a.example.com]}, {field: host-header, values: [b.example.com]}]
    action: {type: fixed-response, status: 404}
"""


def test_two_host_conditions_are_refused_before() -> None:
    with pytest.raises(SpecProblem, match="host"):
        load(["-"], stdin=io.StringIO(LONG))


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("path: [/1, /2, /3, /4, /5, /6]", "have 6 values"),
        ("header: {Host: a}", "cannot match the Host header"),
        ("path: {regex: '(?=a)'}", "does not support lookaheads"),
    ],
)
def test_what_aws_refuses_is_refused_before(rule: str, what: str) -> None:
    with pytest.raises(SpecProblem, match=what):
        load(["-"], stdin=io.StringIO(spec(rule)))


def test_a_value_of_any_key_may_contain_an_equals_sign(case: Case) -> None:
    wanted = spec("name: a, query: ['=a=b', c]")
    config = case.apply(wanted).only("CreateRule")["Conditions"][0]["QueryStringConfig"]
    assert config == {"Values": [{"Value": "a=b"}, {"Value": "c"}]}
    case.destroy(wanted)
