"""What the words of the short form stand for."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address, Find, Id

from .kit import everything, problems, resource, stack

LB = Address("security_group", "lb")


def spec(rest: str = "", targets: str = "{instances: [i-0aaa]}") -> str:
    return f"name: x\ntargets: {targets}\n{rest}"


def group(targets: str, rest: str = "") -> Any:
    return resource(spec(rest, targets), "target_group.web")


def openings(text: str, address: str = "security_group.lb") -> list[tuple[Any, ...]]:
    ingress = resource(text, address).ingress
    return [(o.protocol, o.from_port, str(o.cidr or o.group or o.prefix_list)) for o in ingress]


def test_without_a_domain_port_80_forwards() -> None:
    resources = everything(spec())
    listeners = [address.name for address in resources if address.kind == "listener"]
    assert listeners == ["80"]
    assert not [address for address in resources if address.kind in ("certificate", "record")]


def test_a_domain_brings_https_a_redirect_a_certificate_and_a_record() -> None:
    resources = everything(spec("domain: a.example.com\n"))
    listener = resources[Address("listener", "443")]
    assert (listener.protocol, listener.certificate) == ("HTTPS", Address("certificate", "main"))
    assert listener.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    redirect = resources[Address("listener", "80")].action
    assert (redirect.protocol, redirect.port, redirect.code, redirect.path) == ("HTTPS", "443", 301, "/#{path}")
    record = resources[Address("record", "a.example.com")]
    assert record.zone == Find("hosted_zone", "a.example.com")


def test_a_domain_of_two_families_has_two_records() -> None:
    resources = everything(spec("domain: a.example.com\nip: dualstack\n"))
    records = {a.name: r.type for a, r in resources.items() if a.kind == "record"}
    assert records == {"a.example.com": "A", "a.example.com-aaaa": "AAAA"}
    assert openings(spec("ip: dualstack\n")) == [("tcp", 80, "0.0.0.0/0"), ("tcp", 80, "::/0")]


def test_names_share_one_certificate_unless_they_bring_their_own() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1-2"
    text = spec(f"domain: [b.example.com, a.example.com, {{name: c.example.com, certificate: '{arn}'}}]\n")
    certificate, listener = resource(text, "certificate.main"), resource(text, "listener.443")
    assert certificate.domains == ("a.example.com", "b.example.com")
    assert (listener.certificate, listener.more_certificates) == (Address("certificate", "main"), (Id(arn),))


def test_no_certificate_is_made_that_no_listener_shows() -> None:
    resources = everything(spec("domain: a.example.com\nlisteners: [{listen: 80}]\n"))
    assert Address("certificate", "main") not in resources
    assert Address("record", "a.example.com") in resources


def test_the_zone_of_a_wildcard_is_looked_for_without_its_star() -> None:
    text = spec('domain: "*.example.com"\n')
    assert resource(text, "certificate.main").proofs[0].zone == Find("hosted_zone", "example.com")


def test_take_over_holds_for_all_domains_unless_one_says_otherwise() -> None:
    text = spec("take_over: true\ndomain: [a.example.com, {name: b.example.com, take_over: false}]\n")
    assert resource(text, "record.a.example.com").take_over
    assert not resource(text, "record.b.example.com").take_over


@pytest.mark.parametrize(
    ("rest", "subnets"),
    [
        ("", [Find("subnet", "*")]),
        ("zones: [a, c]\n", [Find("subnet", "a"), Find("subnet", "c")]),
        ("region: eu-west-1\nzones: [eu-west-1a, b]\n", [Find("subnet", "a"), Find("subnet", "b")]),
        ("network: {subnets: [subnet-0a, prod-b]}\n", [Find("subnet", "name:prod-b"), Id("subnet-0a")]),
    ],
)
def test_zones_and_subnets_say_where_the_balancer_stands(rest: str, subnets: list[Any]) -> None:
    assert list(resource(spec(rest), "load_balancer.main").subnets) == subnets


@pytest.mark.parametrize(
    ("vpc", "ref"), [("default", Find("vpc", "default")), ("vpc-0a", Id("vpc-0a")), ("prod", Find("vpc", "name:prod"))]
)
def test_a_vpc_is_named_by_id_or_name(vpc: str, ref: Any) -> None:
    assert resource(spec(f"network: {{vpc: {vpc}}}\n"), "target_group.web").vpc == ref


@pytest.mark.parametrize(
    ("targets", "member"),
    [
        ("{instances: i-0abc}", Id("i-0abc")),
        ("{instances: {tag: app=web}}", Find("instance", "tag:app=web")),
        ("{tag: app=web}", Find("instance", "tag:app=web")),
        ("{tag: {app: web}}", Find("instance", "tag:app=web")),
    ],
)
def test_instances_are_named_by_id_or_tag(targets: str, member: Any) -> None:
    assert [m.instance for m in resource(spec(targets=targets), "targets.web").members] == [member]


def test_addresses_make_a_group_of_addresses() -> None:
    text = spec(targets="{ips: [10.0.0.5, 10.0.0.4]}")
    assert resource(text, "target_group.web").target_type == "ip"
    assert [m.address for m in resource(text, "targets.web").members] == ["10.0.0.4", "10.0.0.5"]


def test_a_group_that_names_no_targets_is_filled_by_somebody_else() -> None:
    assert Address("targets", "web") not in everything(spec(targets="{port: 80}"))


def test_targets_take_the_servers_if_they_name_nobody() -> None:
    text = spec("servers: {count: 2}\n", "{port: 80}")
    members = [m.instance for m in resource(text, "targets.web").members]
    assert members == [Address("instance", "web-1"), Address("instance", "web-2")]


def test_servers_stand_in_the_zones_in_turn() -> None:
    zones = everything(spec("zones: [a, c]\nservers: {count: 3}\n", "{port: 80}"))
    anywhere = everything(spec("servers: {count: 2}\n", "{port: 80}"))
    assert [r.subnet.query for a, r in zones.items() if a.kind == "instance"] == ["a", "c", "a"]
    assert [r.subnet.query for a, r in anywhere.items() if a.kind == "instance"] == ["#0", "#1"]


def test_servers_let_in_the_balancer_and_nobody_else() -> None:
    text = spec("servers: {count: 1}\n", "{port: 8080, health: {path: /h, port: 8081}}")
    assert openings(text, "security_group.web-servers") == [
        ("tcp", 8080, "security_group.lb"),
        ("tcp", 8081, "security_group.lb"),
    ]
    assert resource(text, "instance.web-1").security_groups == (Address("security_group", "web-servers"),)


def test_servers_may_be_written_inside_their_group() -> None:
    text = "name: x\ngroups:\n  api: {servers: {count: 1, elastic_ip: true, port: 3000}}\n"
    assert resource(text, "target_group.api").port == 3000
    assert resource(text, "elastic_ip.api-1").instance == Address("instance", "api-1")


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        ("al2023", "t3.micro", "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
        ("al2023", "t4g.micro", "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"),
        ("al2023", "c7gn.large", "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"),
        ("al2023", "g4dn.xlarge", "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
        ("al2", "m6g.large", "ssm:/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2"),
        (
            "ubuntu-22.04",
            "t3.micro",
            "ssm:/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
        ),
        (
            "ubuntu-24.04",
            "t4g.micro",
            "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        ),
        ("ami-0abc", "t3.micro", "ami-0abc"),
        ("ssm:/my/image", "t3.micro", "ssm:/my/image"),
        ("/aws/service/x", "t3.micro", "ssm:/aws/service/x"),
    ],
)
def test_an_image_is_chosen_for_the_processor_of_the_type(image: str, kind: str, expected: str) -> None:
    text = spec(f"servers: {{image: {image}, type: {kind}}}\n", "{port: 80}")
    assert resource(text, "instance.web-1").image == expected


def test_a_script_is_read_from_a_file_beside_the_spec(tmp_path: Any) -> None:
    from elbplan.spec import load

    (tmp_path / "start.sh").write_text("#!/bin/sh\necho ${NOT_OURS}\n")
    (tmp_path / "s.yaml").write_text(spec("servers: {user_data_file: start.sh}\n", "{port: 80}"))
    (only,) = load([str(tmp_path / "s.yaml")], env={})
    assert only.resources[Address("instance", "web-1")].user_data == "#!/bin/sh\necho ${NOT_OURS}\n"


def test_a_path_is_the_whole_health_check_with_known_defaults() -> None:
    health = group("{instances: [i-0aaa], health: /up}").health
    assert (health.protocol, health.path, health.interval, health.codes) == ("HTTP", "/up", 30, "200-299")


def test_a_tcp_group_is_only_connected_to() -> None:
    health = group("{instances: [i-0aaa], port: 5432}", "type: network\n").health
    assert (health.protocol, health.path, health.codes) == ("TCP", None, None)


def test_a_quick_check_gets_a_timeout_that_is_quicker() -> None:
    assert group("{instances: [i-0aaa], health: {every: 5s}}").health.timeout == 4


@pytest.mark.parametrize(
    ("words", "attributes"),
    [
        ("drain: 0", {"deregistration_delay.timeout_seconds": "0"}),
        ("drain: 1m", {"deregistration_delay.timeout_seconds": "60"}),
        ("slow_start: 2m", {"slow_start.duration_seconds": "120"}),
        ("sticky: false", {"stickiness.enabled": "false"}),
        (
            "sticky: 1h",
            {
                "stickiness.enabled": "true",
                "stickiness.type": "lb_cookie",
                "stickiness.lb_cookie.duration_seconds": "3600",
            },
        ),
        (
            "sticky: {cookie: me, for: 1d}",
            {
                "stickiness.enabled": "true",
                "stickiness.type": "app_cookie",
                "stickiness.app_cookie.duration_seconds": "86400",
                "stickiness.app_cookie.cookie_name": "me",
            },
        ),
        ("attributes: {a.b: 5, c: true}", {"a.b": "5", "c": "true"}),
    ],
)
def test_words_become_attributes(words: str, attributes: dict[str, str]) -> None:
    assert group(f"{{instances: [i-0aaa], {words}}}").attributes == attributes


def test_logs_and_protection_become_attributes() -> None:
    attributes = resource(spec("logs: s3://bucket/a/b/\nprotect: true\n"), "load_balancer.main").attributes
    assert attributes == {
        "deletion_protection.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "bucket",
        "access_logs.s3.prefix": "a/b",
    }


def test_allow_says_who_may_reach_every_listener() -> None:
    text = spec("allow: [10.0.0.0/8, 1.2.3.4, sg-0a, pl-0b]\nlisteners: [{listen: 80}, {listen: 81}]\n")
    sources = {source for _, port, source in openings(text) if port == 81}
    assert sources == {"10.0.0.0/8", "1.2.3.4/32", "sg-0a", "pl-0b"}
    assert len(openings(text)) == 8


def test_rules_get_priorities_from_their_order() -> None:
    rules = "[{path: /a, forward: web}, {name: b, path: /b, respond: 404}, {path: /c, redirect: {host: c.example.com}}]"
    resources = everything(spec(f"listeners: [{{listen: 80, rules: {rules}}}]\n"))
    numbers = {a.name: r.priority for a, r in resources.items() if a.kind == "rule"}
    assert numbers == {"80-r1": 10, "80-b": 20, "80-r3": 30}


def test_everybody_but_a_network_is_two_rules() -> None:
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


def test_the_exception_of_a_rule_with_a_number_comes_first() -> None:
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
def test_conditions_are_words_or_lists_of_words(words: str, expected: list[Any]) -> None:
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
def test_a_redirect_is_a_door_or_a_map(words: str, protocol: str, port: str) -> None:
    text = spec(f"domain: a.example.com\nlisteners: [{{listen: 443}}, {{listen: 80, redirect: {words}}}]\n")
    action = resource(text, "listener.80").action
    assert (action.protocol, action.port) == (protocol, port)


def test_a_lone_group_has_no_weight_and_several_keep_theirs() -> None:
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
def test_a_tls_word_is_a_policy(word: str, policy: str) -> None:
    assert resource(spec(f"domain: a.example.com\ntls: {word}\n"), "listener.443").ssl_policy == policy


def test_tags_are_on_everything_that_can_be_tagged() -> None:
    resources = everything(spec("domain: a.example.com\ntags: {team: web}\n"))
    assert {a.kind for a, r in resources.items() if not r.tags} == {"record", "targets"}


def test_overrides_are_laid_over_fields_of_the_long_form() -> None:
    idle = "attributes: {idle_timeout.timeout_seconds: 120}"
    text = spec(
        f"overrides:\n  load_balancer: {{{idle}, ip_address_type: dualstack}}\n"
        "  target_group.web: {health: {timeout: 7}}\n"
    )
    balancer = resource(text, "load_balancer.main")
    assert (balancer.attributes, balancer.ip_address_type) == ({"idle_timeout.timeout_seconds": "120"}, "dualstack")
    health = resource(text, "target_group.web").health
    assert (health.timeout, health.path) == (7, "/")


def test_what_is_not_to_be_managed_is_left_out() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1-2"
    text = (
        f"name: x\ndomain: a.example.com\nservers: {{}}\ntargets: {{}}\n"
        f"listeners: [{{listen: 443, certificate: '{arn}'}}]\n"
        "manage: {dns: false, certificate: false, target_security_groups: false}\n"
    )
    assert [str(a) for a in everything(text) if a.kind in ("record", "certificate", "security_group")] == [
        "security_group.lb"
    ]


def test_the_rest_of_a_stack_is_kept() -> None:
    text = spec("expires: 8h\ntraffic: {requests_per_second: 40, gb_per_hour: 0.5}\nignore: targets.web.members\n")
    one = stack(text)
    assert (one.expires, dict(one.traffic)) == ("8h", {"requests_per_second": 40.0, "gb_per_hour": 0.5})
    assert one.ignore == ("targets.web.members",)


def test_two_spellings_of_one_wish_have_one_hash() -> None:
    long = "{instances: [i-0aaa], port: 80, health: {path: /, every: 30s}}"
    assert stack(spec()).spec_hash == stack(spec("", long)).spec_hash


def test_a_group_cannot_be_called_like_an_id_of_aws() -> None:
    for name in ("tg-1", "i", "sg-a"):
        (problem,) = problems(f"name: x\ngroups: {{{name}: {{port: 80}}}}\n")
        assert "AWS id" in problem.what
