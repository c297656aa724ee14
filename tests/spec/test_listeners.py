"""The resources of `domain:`, `allow:` and `listeners:`."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address, AwsId, Lookup, Ref

from .kit import everything, openings, problems, resource, spec


def test_without_a_domain_port_80_forwards() -> None:
    resources = everything(spec())
    listeners = [address.name for address in resources if address.kind == "listener"]
    assert listeners == ["80"]
    assert not [address for address in resources if address.kind in ("certificate", "record")]


def test_a_domain_adds_https_a_redirect_a_certificate_and_a_record() -> None:
    resources = everything(spec("domain: a.example.com\n"))
    listener = resources[Address("listener", "443")]
    assert (listener.protocol, listener.certificate) == ("HTTPS", Address("certificate", "main"))
    assert listener.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    redirect = resources[Address("listener", "80")].action
    assert (redirect.protocol, redirect.port, redirect.code, redirect.path) == ("HTTPS", "443", 301, "/#{path}")
    record = resources[Address("record", "a.example.com")]
    assert record.zone == Lookup("hosted_zone", "a.example.com")


def test_a_dualstack_domain_has_two_records() -> None:
    resources = everything(spec("domain: a.example.com\nip: dualstack\n"))
    records = {a.name: r.type for a, r in resources.items() if a.kind == "record"}
    assert records == {"a.example.com": "A", "a.example.com-aaaa": "AAAA"}
    assert openings(spec("ip: dualstack\n")) == [("tcp", 80, "0.0.0.0/0"), ("tcp", 80, "::/0")]


def test_domains_share_one_certificate_unless_they_name_their_own() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1-2"
    text = spec(f"domain: [b.example.com, a.example.com, {{name: c.example.com, certificate: '{arn}'}}]\n")
    certificate, listener = resource(text, "certificate.main"), resource(text, "listener.443")
    assert certificate.domains == ("a.example.com", "b.example.com")
    assert (listener.certificate, listener.more_certificates) == (Address("certificate", "main"), (AwsId(arn),))


SPARE = "arn:aws:acm:eu-west-1:123456789012:certificate/3-4"
OWN = Address("certificate", "main")


@pytest.mark.parametrize(
    ("words", "default", "further"),
    [
        ("", OWN, ()),
        (f"certificates: ['{SPARE}']", OWN, (AwsId(SPARE),)),
        (f"certificate: '{SPARE}'", AwsId(SPARE), ()),
        (f"certificate: '{SPARE}', certificates: [main]", AwsId(SPARE), (OWN,)),
        (f"certificate: main, certificates: ['{SPARE}']", OWN, (AwsId(SPARE),)),
    ],
)
def test_certificates_add_to_the_certificate_of_the_domains_and_certificate_replaces_it(
    words: str, default: Ref, further: tuple[Ref, ...]
) -> None:
    text = spec(f"domain: a.example.com\nlisteners: [{{listen: 443/https, {words}}}]\n")
    listener = resource(text, "listener.443")
    assert (listener.certificate, listener.more_certificates) == (default, further)
    assert (OWN in everything(text)) == (OWN in (default, *further))


def test_without_a_domain_the_first_of_certificates_is_the_default() -> None:
    listener = resource(spec(f"listeners: [{{listen: 443/https, certificates: ['{SPARE}']}}]\n"), "listener.443")
    assert (listener.certificate, listener.more_certificates) == (AwsId(SPARE), ())


@pytest.mark.parametrize("address", ["listener.80", "rule.80-a"])
def test_a_login_needs_https(address: str) -> None:
    check = '{type: jwt-validation, settings: {JwtValidationConfig: {Issuer: a, JwksEndpoint: "https://id.example.com/keys"}}}'
    rules = "listeners: [{listen: 80/http, rules: [{name: a, path: /a, forward: web}]}]\n"
    (problem,) = problems(spec(f"{rules}overrides: {{{address}: {{leading_actions: [{check}]}}}}\n"))
    assert "HTTPS" in problem.what


def test_a_spec_cannot_have_a_secret() -> None:
    secret = "{type: authenticate-oidc, settings: {AuthenticateOidcConfig: {ClientSecret: hunter2}}}"
    text = spec(f"domain: a.example.com\noverrides: {{listener.443: {{leading_actions: [{secret}]}}}}\n")
    (problem,) = problems(text)
    assert "ClientSecret" in problem.what
    assert "hunter2" not in f"{problem.what} {problem.hint}"


def test_a_certificate_that_no_listener_uses_is_not_created() -> None:
    resources = everything(spec("domain: a.example.com\nlisteners: [{listen: 80}]\n"))
    assert Address("certificate", "main") not in resources
    assert Address("record", "a.example.com") in resources


def test_the_zone_of_a_wildcard_is_searched_without_the_star() -> None:
    text = spec('domain: "*.example.com"\n')
    assert resource(text, "certificate.main").proofs[0].zone == Lookup("hosted_zone", "example.com")


def test_take_over_of_a_domain_overrides_take_over_of_the_stack() -> None:
    text = spec("take_over: true\ndomain: [a.example.com, {name: b.example.com, take_over: false}]\n")
    assert resource(text, "record.a.example.com").take_over
    assert not resource(text, "record.b.example.com").take_over


def test_allow_restricts_the_sources_of_every_listener() -> None:
    text = spec("allow: [10.0.0.0/8, 1.2.3.4, sg-0a, pl-0b]\nlisteners: [{listen: 80}, {listen: 81}]\n")
    sources = {source for _, port, source in openings(text) if port == 81}
    assert sources == {"10.0.0.0/8", "1.2.3.4/32", "sg-0a", "pl-0b"}
    assert len(openings(text)) == 8


def test_rules_get_priorities_from_their_order() -> None:
    rules = "[{path: /a, forward: web}, {name: b, path: /b, respond: 404}, {path: /c, redirect: {host: c.example.com}}]"
    resources = everything(spec(f"listeners: [{{listen: 80, rules: {rules}}}]\n"))
    numbers = {a.name: r.priority for a, r in resources.items() if a.kind == "rule"}
    assert numbers == {"80-r1": 10, "80-b": 20, "80-r3": 30}


def test_an_excluded_network_becomes_two_rules() -> None:
    rules = '[{name: closed, path: /admin/*, ip: "!10.0.0.0/8", respond: 403}]'
    text = spec(f"listeners: [{{listen: 80, rules: {rules}}}]\n")
    let, rest = resource(text, "rule.80-closed-except"), resource(text, "rule.80-closed")
    assert let.priority < rest.priority
    assert [(c.field, c.values) for c in let.conditions] == [
        ("path-pattern", ("/admin/*",)),
        ("source-ip", ("10.0.0.0/8",)),
    ]
    assert [c.field for c in rest.conditions] == ["path-pattern"]
    assert let.action == resource(text, "listener.80").action
    assert rest.action.status == "403"


def test_the_exception_of_a_rule_with_a_priority_comes_first() -> None:
    rules = '[{name: a, ip: "!10.0.0.0/8", respond: 403, priority: 7}]'
    text = spec(f"listeners: [{{listen: 80, rules: {rules}}}]\n")
    assert (resource(text, "rule.80-a-except").priority, resource(text, "rule.80-a").priority) == (7, 8)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("host: [b.example.com, A.example.com]", [("host-header", "", ("a.example.com", "b.example.com"))]),
        ("method: GET", [("http-request-method", "", ("GET",))]),
        ("header: {X-A: 1, X-B: [b, c]}", [("http-header", "X-A", ("1",)), ("http-header", "X-B", ("b", "c"))]),
        ("header: {name: X-A, values: [a]}", [("http-header", "X-A", ("a",))]),
        ("query: {v: [1, 2]}", [("query-string", "", ("v=1", "v=2"))]),
        ("query: {a: b, c: d}", [("query-string", "", ("a=b",)), ("query-string", "", ("c=d",))]),
        ("query: a=b", [("query-string", "", ("a=b",))]),
    ],
)
def test_a_condition_has_one_value_or_a_list(words: str, expected: list[Any]) -> None:
    rule = resource(spec(f"listeners: [{{listen: 80, rules: [{{{words}, respond: 404}}]}}]\n"), "rule.80-r1")
    assert [(c.field, c.name, c.values) for c in rule.conditions] == expected


@pytest.mark.parametrize(
    ("words", "protocol", "port"),
    [
        ("443/https", "HTTPS", "443"),
        ("443", "HTTPS", "443"),
        ("{protocol: https}", "HTTPS", "443"),
        ("{to: 443/https, code: 302}", "HTTPS", "443"),
        ("{host: b.example.com}", "#{protocol}", "#{port}"),
    ],
)
def test_a_redirect_is_a_port_with_a_protocol_or_a_map(words: str, protocol: str, port: str) -> None:
    text = spec(f"domain: a.example.com\nlisteners: [{{listen: 443}}, {{listen: 80, redirect: {words}}}]\n")
    action = resource(text, "listener.80").action
    assert (action.protocol, action.port) == (protocol, port)


def test_a_single_group_has_no_weight_and_several_keep_theirs() -> None:
    text = "name: x\ngroups: {a: {port: 80}, b: {port: 80}}\nlisteners: [{listen: 80, forward: %s}]\n"
    weighted = resource(text % "{a: 9, b: 1}", "listener.80").action
    sticky = resource(text % "{groups: {a: 1, b: 0}, sticky: 1h}", "listener.80").action
    assert [(share.group.name, share.weight) for share in weighted.groups] == [("a", 9), ("b", 1)]
    assert sticky.sticky == 3600


@pytest.mark.parametrize(
    ("word", "policy"),
    [
        ("modern", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
        ("compatible", "ELBSecurityPolicy-TLS13-1-0-2021-06"),
        ("ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-2018-06"),
    ],
)
def test_a_tls_alias_is_a_policy(word: str, policy: str) -> None:
    assert resource(spec(f"domain: a.example.com\ntls: {word}\n"), "listener.443").ssl_policy == policy
