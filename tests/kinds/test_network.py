"""Route tables and network ACLs: the first entry that matches decides, and an answer needs its way back."""

from __future__ import annotations

import pytest

from elbplan.kinds.network import (
    ANSWERS,
    AclEntry,
    NetworkAcl,
    NetworkFacts,
    PlacedSubnet,
    Route,
    RouteTable,
    blocked,
    closed_to_clients,
    closed_ways,
)

ALLOW = AclEntry(100, True, False, "-1", "0.0.0.0/0")
OUT = AclEntry(100, True, True, "-1", "0.0.0.0/0")
A, B = PlacedSubnet("subnet-a", "a", "vpc", "10.0.0.0/24"), PlacedSubnet("subnet-b", "b", "vpc", "10.0.1.0/24")
REGION = "eu-west-1"


def deny(number: int, first: int, last: int, cidr: str = "0.0.0.0/0", *, outbound: bool = False) -> AclEntry:
    return AclEntry(number, False, outbound, "6", cidr, (first, last))


def allow(number: int, first: int, last: int, cidr: str = "0.0.0.0/0") -> AclEntry:
    return AclEntry(number, True, False, "6", cidr, (first, last))


@pytest.mark.parametrize(
    ("entries", "number"),
    [
        ([ALLOW], None),
        ([deny(50, 80, 80), ALLOW], 50),
        ([ALLOW, deny(150, 80, 80)], None),
        ([deny(50, 81, 90), ALLOW], None),
        ([deny(50, 80, 80, "10.9.0.0/16"), ALLOW], None),
        ([deny(50, 80, 80, "10.0.0.7/32"), ALLOW], 50),
        ([allow(10, 80, 80, "10.0.0.0/16"), deny(50, 80, 80)], None),
        ([allow(10, 80, 80, "10.0.0.128/25"), deny(50, 80, 80)], 50),
        ([AclEntry(50, False, False, "17", "0.0.0.0/0"), ALLOW], None),
        ([], 32767),
        ([OUT], 32767),
    ],
)
def test_which_entry_blocks_a_port(entries: list[AclEntry], number: int | None) -> None:
    acl = NetworkAcl("acl-1", frozenset({"subnet-b"}), tuple(entries))
    found = blocked(acl, "subnet-b", "10.0.0.0/24", (80, 80), outbound=False)
    assert (found.number if found else None) == number


def test_the_answers_need_all_of_their_ports() -> None:
    acl = NetworkAcl("acl-1", frozenset(), (allow(100, 32768, 65535),))
    assert blocked(acl, "subnet-b", "10.0.0.0/24", ANSWERS, outbound=False) is not None


@pytest.mark.parametrize(("first", "free"), [(50, 40), (100, 90), (5, 4), (32767, 32760)])
def test_the_new_entry_comes_before_the_one_that_denies(first: int, free: int) -> None:
    acl = NetworkAcl("acl-1", frozenset(), (deny(first, 80, 80),))
    found = blocked(acl, "subnet-b", "10.0.0.0/24", (80, 80), outbound=False)
    assert found is not None
    assert found.command(REGION) == (
        "aws ec2 create-network-acl-entry --region eu-west-1 --network-acl-id acl-1 --ingress "
        f"--rule-number {free} --protocol tcp --port-range From=80,To=80 --cidr-block 10.0.0.0/24 --rule-action allow"
    )


def test_before_the_first_number_there_is_no_room() -> None:
    found = blocked(
        NetworkAcl("acl-1", frozenset(), (deny(1, 80, 80),)), "subnet-b", "10.0.0.0/24", (80, 80), outbound=False
    )
    assert found is not None
    assert found.command(REGION) == (
        "aws ec2 delete-network-acl-entry --region eu-west-1 --network-acl-id acl-1 --ingress --rule-number 1"
    )


def facts(*entries: AclEntry, subnets: frozenset[str] = frozenset({"subnet-b"})) -> NetworkFacts:
    """Two subnets; the ACL with these entries has `subnet-b`, and another one without limits the rest."""
    own = NetworkAcl("acl-1", subnets, entries)
    rest = NetworkAcl("acl-2", frozenset({"subnet-a", "subnet-b"}) - subnets, (ALLOW, OUT))
    return NetworkFacts({"subnet-a": A, "subnet-b": B}, (), (own, rest))


def test_each_way_between_two_subnets() -> None:
    assert not list(closed_ways(facts(ALLOW, OUT), "subnet-a", "subnet-b", 80))
    inbound = list(closed_ways(facts(deny(50, 80, 80), ALLOW, OUT), "subnet-a", "subnet-b", 80))
    assert [way.text for way in inbound] == [
        "network ACL acl-1 of subnet-b does not let in port 80 from 10.0.0.0/24: entry 50 denies it"
    ]
    answers = list(closed_ways(facts(ALLOW, deny(50, 1024, 65535, outbound=True)), "subnet-a", "subnet-b", 80))
    assert [(way.outbound, way.ports) for way in answers] == [(True, ANSWERS)]


def test_an_acl_does_not_count_inside_a_subnet() -> None:
    closed = facts(deny(50, 0, 65535), subnets=frozenset({"subnet-a", "subnet-b"}))
    assert not list(closed_ways(closed, "subnet-b", "subnet-b", 80))
    assert list(closed_ways(closed, "subnet-a", "subnet-b", 80))


def test_clients_and_their_answers() -> None:
    assert not list(closed_to_clients(facts(ALLOW, OUT), "subnet-b", 443))
    assert [way.ports for way in closed_to_clients(facts(OUT), "subnet-b", 443)] == [(443, 443)]
    assert [way.ports for way in closed_to_clients(facts(ALLOW), "subnet-b", 443)] == [ANSWERS]


@pytest.mark.parametrize(
    ("routes", "public"),
    [
        ((Route("10.0.0.0/16", "local"), Route("0.0.0.0/0", "igw-1")), True),
        ((Route("0.0.0.0/0", "igw-1", works=False),), False),
        ((Route("0.0.0.0/0", "nat-1"),), False),
        ((Route("10.0.0.0/16", "local"),), False),
    ],
)
def test_a_public_subnet_has_a_route_to_an_internet_gateway(routes: tuple[Route, ...], public: bool) -> None:
    assert RouteTable("rtb-1", "vpc", False, frozenset(), routes).reaches_internet is public


def test_the_table_of_a_subnet_is_its_own_or_the_main_one_of_its_vpc() -> None:
    main, other = RouteTable("rtb-1", "vpc", True, frozenset(), ()), RouteTable("rtb-2", "other", True, frozenset(), ())
    own = RouteTable("rtb-3", "vpc", False, frozenset({"subnet-b"}), ())
    network = NetworkFacts({"subnet-a": A, "subnet-b": B}, (other, main, own))
    assert (network.table_of("subnet-a"), network.table_of("subnet-b")) == (main, own)
