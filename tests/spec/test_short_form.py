"""The resources and attributes that the keys of the short form become."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address, AwsId, Lookup

from .kit import everything, openings, problems, resource, spec, stack

LB = Address("security_group", "lb")


def group(targets: str, rest: str = "") -> Any:
    return resource(spec(rest, targets), "target_group.web")


@pytest.mark.parametrize(
    ("rest", "subnets"),
    [
        ("", [Lookup("subnet", "*")]),
        ("zones: [a, c]\n", [Lookup("subnet", "a"), Lookup("subnet", "c")]),
        ("region: eu-west-1\nzones: [eu-west-1a, b]\n", [Lookup("subnet", "a"), Lookup("subnet", "b")]),
        ("network: {subnets: [subnet-0a, prod-b]}\n", [Lookup("subnet", "name:prod-b"), AwsId("subnet-0a")]),
    ],
)
def test_zones_and_subnets_say_where_the_balancer_stands(rest: str, subnets: list[Any]) -> None:
    assert list(resource(spec(rest), "load_balancer.main").subnets) == subnets


@pytest.mark.parametrize(
    ("vpc", "ref"),
    [("default", Lookup("vpc", "default")), ("vpc-0a", AwsId("vpc-0a")), ("prod", Lookup("vpc", "name:prod"))],
)
def test_a_vpc_is_named_by_id_or_name(vpc: str, ref: Any) -> None:
    assert resource(spec(f"network: {{vpc: {vpc}}}\n"), "target_group.web").vpc == ref


@pytest.mark.parametrize(
    ("targets", "member"),
    [
        ("{instances: i-0abc}", AwsId("i-0abc")),
        ("{instances: {tag: app=web}}", Lookup("instance", "tag:app=web")),
        ("{tag: app=web}", Lookup("instance", "tag:app=web")),
        ("{tag: {app: web}}", Lookup("instance", "tag:app=web")),
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


def test_addresses_that_others_register_are_no_targets_of_the_spec() -> None:
    text = spec(targets="{ips: others, port: 8080}")
    assert resource(text, "target_group.web").target_type == "ip"
    assert Address("targets", "web") not in everything(text)


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


def test_a_short_interval_makes_the_timeout_of_an_http_check_of_a_network_group_shorter() -> None:
    targets = "{instances: [i-0aaa], port: 5432, health: {path: /up, every: %s}}"
    assert group(targets % "6s", "type: network\n").health.timeout == 5
    assert group(targets % "7s", "type: network\n").health.timeout is None


@pytest.mark.parametrize(
    ("health", "path", "codes"),
    [
        ("{every: 10s}", "/AWS.ALB/healthcheck", "12"),
        ("/AWS.ALB/healthcheck", "/AWS.ALB/healthcheck", "12"),
        ("/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Check", "0"),
        ("{codes: 0-12}", "/AWS.ALB/healthcheck", "0-12"),
    ],
)
def test_a_grpc_server_without_a_path_must_answer_unimplemented(health: str, path: str, codes: str) -> None:
    check = group(f"{{instances: [i-0aaa], version: grpc, health: {health}}}", "domain: a.example.com\n").health
    assert (check.path, check.codes) == (path, codes)


def test_a_tcp_group_has_a_tcp_health_check() -> None:
    health = group("{instances: [i-0aaa], port: 5432}", "type: network\n").health
    assert (health.protocol, health.path, health.codes) == ("TCP", None, None)


def test_the_timeout_of_a_check_is_shorter_than_its_interval() -> None:
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
def test_keys_become_attributes(words: str, attributes: dict[str, str]) -> None:
    assert group(f"{{instances: [i-0aaa], {words}}}").attributes == attributes


def test_logs_and_protection_become_attributes() -> None:
    attributes = resource(spec("logs: s3://bucket/a/b/\nprotect: true\n"), "load_balancer.main").attributes
    assert attributes == {
        "deletion_protection.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "bucket",
        "access_logs.s3.prefix": "a/b",
    }


def test_tags_are_on_everything_that_can_be_tagged() -> None:
    resources = everything(spec("domain: a.example.com\ntags: {team: web}\n"))
    assert {a.kind for a, r in resources.items() if not r.tags} == {"record", "targets"}


def test_overrides_replace_fields_of_the_long_form() -> None:
    idle = "attributes: {idle_timeout.timeout_seconds: 120}"
    text = spec(
        f"overrides:\n  load_balancer: {{{idle}, ip_address_type: dualstack}}\n"
        "  target_group.web: {health: {timeout: 7}}\n"
    )
    balancer = resource(text, "load_balancer.main")
    assert (balancer.attributes, balancer.ip_address_type) == ({"idle_timeout.timeout_seconds": "120"}, "dualstack")
    health = resource(text, "target_group.web").health
    assert (health.timeout, health.path) == (7, "/")


def test_resources_that_manage_switches_off_are_left_out() -> None:
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1-2"
    text = (
        f"name: x\ndomain: a.example.com\nservers: {{}}\ntargets: {{}}\n"
        f"listeners: [{{listen: 443, certificate: '{arn}'}}]\n"
        "manage: {dns: false, certificate: false, target_security_groups: false}\n"
    )
    assert [str(a) for a in everything(text) if a.kind in ("record", "certificate", "security_group")] == [
        "security_group.lb"
    ]


def test_ignore_is_kept() -> None:
    assert stack(spec("ignore: targets.web.members\n")).ignore == ("targets.web.members",)


def test_two_spellings_of_one_stack_have_one_hash() -> None:
    long = "{instances: [i-0aaa], port: 80, health: {path: /, every: 30s}}"
    assert stack(spec()).spec_hash == stack(spec("", long)).spec_hash


def test_a_group_name_cannot_look_like_an_aws_id() -> None:
    for name in ("tg-1", "i", "sg-a"):
        (problem,) = problems(f"name: x\ngroups: {{{name}: {{port: 80}}}}\n")
        assert "AWS id" in problem.what


def test_a_sticky_gateway_group_sends_a_pair_of_addresses_to_one_appliance():
    sticky = "name: x\ntype: gateway\ntargets: {ips: [10.0.0.5], sticky: true}\n"
    assert resource(sticky, "target_group.web").attributes["stickiness.type"] == "source_ip_dest_ip"


@pytest.mark.parametrize(
    ("rest", "targets", "ending"),
    [
        ("", "{instances: [i-0aaa]}", "keep"),
        ("", "{instances: [i-0aaa], on_destroy: terminate}", "terminate"),
        ("on_destroy: stop\n", "{tag: app=web}", "stop"),
        ("on_destroy: stop\n", "{instances: [i-0aaa], on_destroy: keep}", "keep"),
        ("on_destroy: stop\noverrides: {targets.web: {on_destroy: terminate}}\n", "{tag: app=web}", "terminate"),
    ],
)
def test_on_destroy_says_what_becomes_of_instances_that_the_spec_names(rest: str, targets: str, ending: str) -> None:
    assert resource(spec(rest, targets), "targets.web").on_destroy == ending


def test_on_destroy_of_the_top_level_is_only_for_groups_that_name_instances() -> None:
    text = "name: x\non_destroy: terminate\ngroups: {a: {tag: app=a}, b: {ips: [10.0.0.5]}}\n"
    text += "listeners: [{listen: 80/http, forward: {a: 1, b: 1}}]\n"
    assert resource(text, "targets.a").on_destroy == "terminate"
    assert resource(text, "targets.b").on_destroy == "keep"
