"""Accounts for the tests of the first spec: drawn ones of every shape, and one like that of a course."""

from __future__ import annotations

from hypothesis import strategies as st

from elbplan.starter.facts import AccountFacts, Balancer, HostedZone, IssuedCertificate, Network, OpenPorts, Server

VPCS = ("vpc-0aaa1111", "vpc-0bbb2222")
HEX = st.text("0123456789abcdef", min_size=8, max_size=17)
TAG_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
KEYS = st.sampled_from(
    ["app", "role", "env", "Name", "aws:autoscaling:groupName", "elbplan:stack", "서버", "a b", "x=y"]
)
PORTS = st.integers(0, 65535)
LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
ZONE_NAMES = st.builds("{}.{}".format, LABELS, st.sampled_from(["com", "co.kr", "example"]))

open_ports = st.builds(lambda a, b, anywhere: OpenPorts(min(a, b), max(a, b), anywhere), PORTS, PORTS, st.booleans())
servers = st.builds(
    Server,
    HEX.map("i-{}".format),
    name=TAG_TEXT,
    zone=st.sampled_from(["a", "b", "c", ""]),
    vpc=st.sampled_from(VPCS),
    running=st.booleans(),
    tags=st.dictionaries(KEYS, st.sampled_from(["web", "on", "12", "a\nb", "${HOME}", '"', "한글", "# no", "\x85"])),
    ports=st.lists(open_ports, max_size=3).map(tuple),
)
networks = st.builds(
    lambda default, zones: tuple(
        Network(vpc, vpc == default, tuple(sorted(zones[number]))) for number, vpc in enumerate(VPCS)
    ),
    st.sampled_from([*VPCS, ""]),
    st.lists(st.sets(st.sampled_from("abcd")), min_size=2, max_size=2),
)
certificates = st.builds(
    IssuedCertificate,
    HEX.map("arn:aws:acm:eu-west-1:123456789012:certificate/{}".format),
    st.lists(ZONE_NAMES, max_size=2).map(tuple),
)
accounts = st.builds(
    AccountFacts,
    st.sampled_from(["ap-northeast-2", "us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"]),
    account=st.sampled_from(["123456789012", "000000000001", ""]),
    servers=st.lists(servers, max_size=6, unique_by=lambda server: server.id).map(tuple),
    networks=networks,
    zones=st.lists(st.builds(HostedZone, HEX.map("Z{}".format), ZONE_NAMES), max_size=3).map(tuple),
    balancers=st.lists(st.builds(Balancer, LABELS, st.sampled_from(["", "shop"])), max_size=3).map(tuple),
    certificates=st.lists(certificates, max_size=2).map(tuple),
    unread=st.lists(st.sampled_from(["instances", "hosted zones"]), unique=True).map(tuple),
)

COURSE = AccountFacts(
    "ap-northeast-2",
    "123456789012",
    servers=(
        Server("i-0aaaaaaaa", "server-a", "a", VPCS[0], tags={"app": "web"}, ports=(OpenPorts(80, 80, True),)),
        Server("i-0bbbbbbbb", "server-c", "c", VPCS[0], tags={"app": "web"}, ports=(OpenPorts(80, 80, True),)),
        Server("i-0cccccccc", "db", "a", VPCS[0], tags={"app": "db"}, ports=(OpenPorts(5432, 5432, False),)),
    ),
    networks=(Network(VPCS[0], True, ("a", "b", "c", "d")),),
    zones=(HostedZone("Z0123456789", "example.com"),),
    balancers=(Balancer("server", targets=frozenset({"i-0aaaaaaaa"})), Balancer("shop", "shop")),
    certificates=(IssuedCertificate("arn:aws:acm:ap-northeast-2:123456789012:certificate/1", ("*.example.com",)),),
)
"""Two servers of an application and a database, like the account of a beginners' course."""
