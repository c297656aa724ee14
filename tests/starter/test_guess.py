"""What init guesses: servers that belong together, their port, the zones, a free name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.starter.facts import AccountFacts, HostedZone, IssuedCertificate, Network, OpenPorts, Server
from elbplan.starter.guess import chosen_zones, is_open, likely_port, likely_servers, shared_tags, suggested_domains

from .accounts import COURSE, VPCS


def server(id: str, zone: str = "a", *, ports: tuple[tuple[int, int], ...] = (), **more: object) -> Server:
    opened = tuple(OpenPorts(first, last, True) for first, last in ports)
    return replace(Server(f"i-{id}", zone=zone, vpc=VPCS[0], ports=opened), **more)  # type: ignore[arg-type]


def account(*servers: Server, zones: str = "abc") -> AccountFacts:
    return AccountFacts("eu-west-1", "123456789012", servers, (Network(VPCS[0], True, tuple(zones)),))


def test_the_servers_of_an_application_share_a_tag() -> None:
    assert likely_servers(COURSE)[0] == "app=web"
    assert [found.name for found in likely_servers(COURSE)[1]] == ["server-a", "server-c"]


def test_a_tag_that_also_selects_a_stopped_or_distant_server_does_not_count() -> None:
    pair = (server("1", tags={"app": "web"}), server("2", tags={"app": "web"}))
    assert list(shared_tags(account(*pair))) == ["app=web"]
    assert not shared_tags(account(*pair, server("3", tags={"app": "web"}, running=False)))
    assert not shared_tags(account(*pair, server("3", tags={"app": "web"}, vpc=VPCS[1])))


def test_tags_of_aws_names_and_servers_of_a_stack_do_not_count() -> None:
    own = {"Name": "x", "aws:autoscaling:groupName": "g", "elbplan:stack": "shop", "elbplan:address": "instance.web-1"}
    facts = account(server("1", tags=own), server("2", tags=own))
    assert not shared_tags(facts)
    assert likely_servers(facts) == ("", [])


@pytest.mark.parametrize("tag", [("app", "web\x85"), ("app", "web "), ("app", "a\nb"), ("tag app", "x"), ("a=b", "c")])
def test_a_tag_that_nobody_can_type_does_not_count(tag: tuple[str, str]) -> None:
    assert not shared_tags(account(server("1", tags=dict([tag])), server("2", tags=dict([tag]))))


def test_the_best_known_key_comes_first() -> None:
    tags = {"zz": "1", "role": "web", "app": "shop"}
    assert list(shared_tags(account(server("1", tags=tags), server("2", tags=tags)))) == [
        "app=shop", "role=web", "zz=1"
    ]  # fmt: skip


def test_a_few_servers_without_tags_belong_together_and_many_do_not() -> None:
    assert len(likely_servers(account(*(server(str(n)) for n in range(4))))[1]) == 4
    assert likely_servers(account(*(server(str(n)) for n in range(5)))) == ("", [])
    assert likely_servers(account(server("1"), server("2", vpc=VPCS[1]))) == ("", [])


@pytest.mark.parametrize(
    ("ports", "port"),
    [
        (((22, 22), (8080, 8080)), 8080),
        (((80, 80), (443, 443), (8080, 8080)), 80),
        (((0, 65535),), 80),
        (((22, 22),), 80),
        (((3000, 3010),), 3000),
        (((9999, 9999),), 9999),
        ((), 80),
    ],
)
def test_the_port_comes_from_the_security_groups(ports: tuple[tuple[int, int], ...], port: int) -> None:
    assert likely_port([server("1", ports=ports)]) == port


def test_the_port_of_most_servers_wins() -> None:
    assert likely_port([server("1", ports=((80, 80), (3000, 3000))), server("2", ports=((3000, 3000),))]) == 3000


def test_a_port_is_open_if_every_server_has_it_open_to_everybody() -> None:
    web, closed = server("1", ports=((80, 80),)), server("2")
    assert is_open([web], 80)
    assert not is_open([web, closed], 80)
    assert not is_open([replace(web, ports=(OpenPorts(80, 80, False),))], 80)


@pytest.mark.parametrize(
    ("zones_of_servers", "zones_of_vpc", "chosen"),
    [
        ("ac", "abc", "ac"),
        ("c", "abc", "ac"),
        ("abc", "abc", "abc"),
        ("", "bc", "bc"),
        ("a", "a", ""),
        ("d", "abc", ""),
    ],
)
def test_the_zones_are_those_of_the_servers_and_others_until_there_are_two(
    zones_of_servers: str, zones_of_vpc: str, chosen: str
) -> None:
    servers = [server(str(n), zone) for n, zone in enumerate(zones_of_servers)]
    assert "".join(chosen_zones(account(*servers, zones=zones_of_vpc), servers)) == chosen


def test_without_an_account_two_usual_zones() -> None:
    assert chosen_zones(AccountFacts("ap-northeast-2"), []) == ("a", "c")
    assert chosen_zones(AccountFacts("eu-west-1"), []) == ("a", "b")


def test_a_name_in_each_zone_but_not_in_two_zones_of_one_name() -> None:
    zones = (HostedZone("Z1", "example.com"), HostedZone("Z2", "example.org"), HostedZone("Z3", "example.org"))
    assert suggested_domains(replace(COURSE, zones=zones), "web") == ["web.example.com"]


def test_a_certificate_covers_its_names_and_one_label_of_a_wildcard() -> None:
    certificate = IssuedCertificate("arn", ("*.example.com", "example.org"))
    assert [certificate.covers(n) for n in ("a.example.com", "a.b.example.com", "example.org", "example.com")] == [
        True, False, True, False
    ]  # fmt: skip
