"""The short form and its long form are the same resources."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from elbplan.spec import expand_text

from .kit import stacks

NAMES = st.sampled_from(["web", "api", "blog", "shop"])
DURATIONS = st.sampled_from(["30s", "1m", 45])


def some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A map with any of these keys."""
    return st.fixed_dictionaries({}, optional=choices)


TARGETS = st.sampled_from(
    [
        {"instances": ["i-0aaa", "i-0bbb"]},
        {"tag": "app=web"},
        {"ips": ["10.0.0.5"]},
        {"servers": {"count": 2}},
        {"servers": {"type": "t4g.micro", "elastic_ip": True, "user_data": "#!/bin/sh\necho $X: 'on'\n"}},
        {},
    ]
)
HEALTH = some(path=st.just("/up"), every=DURATIONS, healthy=st.integers(2, 10), codes=st.just("200-299"))
WORDS = some(
    port=st.integers(1, 65535),
    health=HEALTH,
    drain=DURATIONS,
    sticky=st.sampled_from(["1h", True, False]),
    version=st.just("http2"),
    slow_start=st.just("1m"),
    attributes=st.just({"a.b": "true"}),
)
GROUPS = st.dictionaries(NAMES, st.builds(lambda a, b: {**a, **b}, TARGETS, WORDS), min_size=1, max_size=3)
CONDITIONS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"path": "/a/*"},
        {"host": ["a.example.com"]},
        {"method": "GET", "path": "/b"},
        {"header": {"X-A": ["b", "c"]}},
        {"query": {"a": "b"}},
        {"ip": "!10.0.0.0/8", "path": "/c"},
        {"ip": ["10.0.0.0/8"]},
    ]
)
ANSWERS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{"respond": {"status": 404, "body": "22:30", "type": "html"}}, {"redirect": {"host": "b.example.com"}}]
)
REST = some(
    traffic=st.just({"gb_per_hour": 0.25, "requests_per_second": 40, "new_connections_per_second": 0}),
    region=st.just("eu-west-1"),
    zones=st.just(["a", "c"]),
    ip=st.sampled_from(["ipv4", "dualstack"]),
    access=st.sampled_from(["public", "internal"]),
    tags=st.just({"on": "yes", "n": "012"}),
    protect=st.just(True),
    logs=st.just("s3://bucket/a"),
    allow=st.just(["10.0.0.0/8", "sg-0abc"]),
    take_over=st.booleans(),
    domain=st.sampled_from(["a.example.com", ["a.example.com", {"name": "*.b.example.com", "zone": "Z0123456789A"}]]),
    tls=st.just("modern"),
)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A short spec without problems."""
    groups, rest = draw(GROUPS), draw(REST)
    rules: list[Any] = [{**draw(CONDITIONS), **draw(ANSWERS)} for _ in range(draw(st.integers(0, 3)))]
    if "domain" not in rest:
        groups = {name: {key: value for key, value in g.items() if key != "version"} for name, g in groups.items()}
    forward: dict[str, Any] = dict.fromkeys(groups, 1)
    if len(groups) > 1 and any(group.get("sticky") for group in groups.values()):
        forward = {"groups": forward, "sticky": "1h"}
    listener = {"listen": 443 if "domain" in rest else 80, "forward": forward, "rules": rules}
    return {"name": "x", "groups": groups, "listeners": [listener], **rest}


@settings(max_examples=150, deadline=None)
@given(specs())
def test_a_short_spec_and_its_long_form_are_the_same_resources(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, sort_keys=False)
    before = stacks(text)
    after = stacks(expand_text(before))
    assert [list(s.resources.items()) for s in after] == [list(s.resources.items()) for s in before]
    assert [s.traffic for s in after] == [s.traffic for s in before]
    assert [(s.name, s.region, s.spec_hash) for s in after] == [(s.name, s.region, s.spec_hash) for s in before]
