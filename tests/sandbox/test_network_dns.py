"""What DNS answers: every type of record, aliases, weights, wildcards, missing names, delegations."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from elbplan.live.dns import ParentServers
from elbplan.sandbox.traffic.record_policies import HEALTH

from .kit import Kit, alias, plain
from .visitor import Visitor


@pytest.fixture
def visitor(kit: Kit) -> Visitor:
    return Visitor(kit.box)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("A", ["192.0.2.1", "192.0.2.2"]),
        ("AAAA", ["2001:db8::1"]),
        ("TXT", ['"one" "two"']),
        ("MX", ["10 mail.example.com."]),
        ("CAA", ['0 issue "amazon.com"']),
    ],
)
def test_plain_records(kit: Kit, visitor: Visitor, kind: str, values: list[str]) -> None:
    kit.change(("CREATE", plain("x.example.com", kind, *values, ttl=77)))
    answer = visitor.ask("x.example.com", kind)
    assert sorted(str(value) for value in answer.answer[0]) == sorted(values)
    assert answer.answer[0].ttl == 77


def test_the_apex_has_ns_and_soa(visitor: Visitor) -> None:
    assert len(visitor.values("example.com", "NS")) == 4
    assert visitor.values("example.com", "SOA")[0].startswith("ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 ")


def test_a_cname_is_followed(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("www.example.com", "CNAME", "x.example.com")))
    kit.change(("CREATE", plain("x.example.com", "A", "192.0.2.1")))
    answer = visitor.ask("www.example.com")
    assert [(str(found.name), dns.rdatatype.to_text(found.rdtype)) for found in answer.answer] == [
        ("www.example.com.", "CNAME"),
        ("x.example.com.", "A"),
    ]
    assert visitor.values("www.example.com", "CNAME") == ["x.example.com."]


def test_a_cname_that_leads_outside(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("www.example.com", "CNAME", "elsewhere.example.net")))
    answer = visitor.ask("www.example.com")
    assert (dns.rcode.to_text(answer.rcode()), len(answer.answer)) == ("NXDOMAIN", 1)
    assert visitor.ask("www.example.com", recursive=False).rcode() == dns.rcode.NOERROR


def test_a_chain_that_never_ends(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("a.example.com", "CNAME", "b.example.com")))
    kit.change(("CREATE", plain("b.example.com", "CNAME", "a.example.com")))
    assert visitor.rcode("a.example.com") == "SERVFAIL"


def test_missing_names_and_missing_types(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("a.b.example.com", "A", "192.0.2.1")))
    missing, empty = visitor.ask("nothing.example.com"), visitor.ask("a.b.example.com", "TXT")
    assert dns.rcode.to_text(missing.rcode()) == "NXDOMAIN"
    assert (dns.rcode.to_text(empty.rcode()), empty.answer) == ("NOERROR", [])
    for answer in (missing, empty):
        assert dns.rdatatype.to_text(answer.authority[0].rdtype) == "SOA"
        assert str(answer.authority[0].name) == "example.com."
    assert visitor.rcode("b.example.com") == "NOERROR", "a name with others below it exists"
    assert visitor.rcode("nobody.example.net") == "NXDOMAIN"


def test_a_wildcard_stands_for_names_that_do_not_exist(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("*.example.com", "A", "192.0.2.9")), ("CREATE", plain("t.example.com", "TXT", '"x"')))
    answer = visitor.ask("any.example.com")
    assert (str(answer.answer[0].name), str(answer.answer[0][0])) == ("any.example.com.", "192.0.2.9")
    assert visitor.values("a.b.example.com") == ["192.0.2.9"]
    assert visitor.values("t.example.com") == [], "this name exists"
    assert visitor.values("below.t.example.com") == [], "its nearest ancestor has no wildcard"


def test_case_does_not_matter(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("x.example.com", "A", "192.0.2.1")))
    assert visitor.values("X.Example.COM") == ["192.0.2.1"]


def weighted(id: str, weight: int, address: str) -> dict[str, Any]:
    return {**plain("w.example.com", "A", address), "SetIdentifier": id, "Weight": weight}


def test_weights(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", weighted("a", 3, "192.0.2.1")), ("CREATE", weighted("b", 1, "192.0.2.2")))
    assert Counter(visitor.values("w.example.com")[0] for _ in range(40)) == {"192.0.2.1": 30, "192.0.2.2": 10}
    kit.change(("UPSERT", weighted("a", 0, "192.0.2.1")))
    assert {visitor.values("w.example.com")[0] for _ in range(5)} == {"192.0.2.2"}
    kit.change(("UPSERT", weighted("b", 0, "192.0.2.2")))
    assert Counter(visitor.values("w.example.com")[0] for _ in range(4)) == {"192.0.2.1": 2, "192.0.2.2": 2}


def test_the_primary_record_of_a_failover_set(kit: Kit, visitor: Visitor) -> None:
    for role, address in (("SECONDARY", "192.0.2.2"), ("PRIMARY", "192.0.2.1")):
        record = {**plain("f.example.com", "A", address), "SetIdentifier": role, "Failover": role}
        kit.change(("CREATE", record))
    assert {visitor.values("f.example.com")[0] for _ in range(4)} == {"192.0.2.1"}


def test_an_alias_answers_with_the_nodes_of_the_balancer(kit: Kit, visitor: Visitor) -> None:
    balancer = kit.balancer()
    kit.change(("CREATE", alias("api.example.com", balancer)))
    answer = visitor.ask("api.example.com")
    assert len(answer.answer) == 1
    assert (str(answer.answer[0].name), answer.answer[0].ttl, len(answer.answer[0])) == ("api.example.com.", 60, 2)
    same = {tuple(sorted(visitor.values(prefix + balancer["DNSName"]))) for prefix in ("", "dualstack.")}
    assert same == {tuple(sorted(visitor.values("api.example.com")))}
    assert visitor.values("api.example.com", "AAAA") == []
    kit.elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    assert visitor.values("api.example.com") == []


def test_an_alias_to_a_record_of_the_zone(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("x.example.com", "A", "192.0.2.1", ttl=30)))
    target = {"HostedZoneId": kit.zone, "DNSName": "x.example.com", "EvaluateTargetHealth": False}
    kit.change(("CREATE", {"Name": "example.com", "Type": "A", "AliasTarget": target}))
    answer = visitor.ask("example.com")
    assert (str(answer.answer[0].name), answer.answer[0].ttl) == ("example.com.", 30)


def test_nodes_of_other_balancers_have_other_addresses(kit: Kit, visitor: Visitor) -> None:
    names = [kit.balancer(name)["DNSName"] for name in ("first", "second")]
    internal = kit.balancer("third", Scheme="internal")
    addresses = [address for name in names for address in visitor.values(name)]
    assert len(set(addresses)) == 4
    assert all(address.startswith("203.0.113.") for address in addresses)
    assert all(address.startswith("172.31.") for address in visitor.values(internal["DNSName"]))


def test_a_dualstack_balancer_has_both_kinds_of_addresses(kit: Kit, visitor: Visitor) -> None:
    balancer = kit.balancer(IpAddressType="dualstack")
    assert len(visitor.values(balancer["DNSName"])) == 2
    assert all(address.startswith("2001:db8:") for address in visitor.values(balancer["DNSName"], "AAAA"))


def test_fixed_addresses_of_a_network_balancer(kit: Kit, visitor: Visitor) -> None:
    address = kit.ec2.allocate_address(Domain="vpc")
    mapping = [{"SubnetId": kit.subnets[0], "AllocationId": address["AllocationId"]}]
    balancer = kit.elb.create_load_balancer(Name="net", Type="network", SubnetMappings=mapping)["LoadBalancers"][0]
    assert visitor.values(balancer["DNSName"]) == [address["PublicIp"]]


def test_a_balancer_that_is_not_active_has_no_address(slow: Kit) -> None:
    balancer, visitor = slow.balancer(), Visitor(slow.box)
    assert (visitor.rcode(balancer["DNSName"]), visitor.values(balancer["DNSName"])) == ("NOERROR", [])
    slow.box.advance(121)
    assert len(visitor.values(balancer["DNSName"])) == 2


def test_name_servers_answer_with_authority(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("x.example.com", "A", "192.0.2.1")))
    asked, resolved = visitor.ask("x.example.com", recursive=False), visitor.ask("x.example.com")
    assert asked.flags & dns.flags.AA
    assert not asked.flags & dns.flags.RA
    assert resolved.flags & dns.flags.RA
    assert not resolved.flags & dns.flags.AA


def test_the_parent_refers_to_the_name_servers_of_the_zone(visitor: Visitor) -> None:
    answer = visitor.ask("example.com", "NS", recursive=False)
    assert answer.answer == []
    assert sorted(map(str, answer.authority[0]))[0] == "ns-1.awsdns-00.com."
    assert visitor.values("com", "NS"), "the parent has name servers"
    assert visitor.values("a.gtld-servers.net") == ["198.51.100.53"]
    assert visitor.values("ns-1.awsdns-00.com") == ["198.51.100.53"]


class Resolver:
    """The network of elbplan's question about a delegation, led to the sandbox."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
        return self._visitor.values(name.to_text(), type)

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        return dns.query.udp(query, "127.0.0.1", timeout=seconds, port=self._visitor.dns_port)


def test_elbplan_sees_the_delegations_of_the_registrar(kit: Kit, visitor: Visitor) -> None:
    def servers() -> tuple[str, ...]:
        return ParentServers(Resolver(visitor)).name_servers("example.com").servers

    assert "ns-1.awsdns-00.com" in servers()
    kit.box.delegate("example.com", ["ns.elsewhere.example."])
    assert servers() == ("ns.elsewhere.example",)
    kit.box.delegate("example.com", [])
    assert servers() == ()
    kit.box.delegate("example.com")
    assert len(servers()) == 4


def test_a_zone_without_a_delegation_does_not_exist_for_visitors(kit: Kit, visitor: Visitor) -> None:
    kit.change(("CREATE", plain("x.example.com", "A", "192.0.2.1")))
    kit.box.delegate("example.com", [])
    assert visitor.rcode("x.example.com") == "NXDOMAIN"
    assert visitor.ask("example.com", "NS", recursive=False).rcode() == dns.rcode.NXDOMAIN
    asked = visitor.ask("x.example.com", recursive=False)
    assert [str(value) for value in asked.answer[0]] == ["192.0.2.1"], "the zone's own servers still answer"
    kit.box.delegate("example.com", ["ns.elsewhere.example"])
    assert visitor.rcode("x.example.com") == "SERVFAIL"
    assert not kit.box.traffic("x.example.com")["ok"]


def test_a_certificate_needs_the_delegation(kit: Kit) -> None:
    kit.box.delegate("example.com", [])
    certificate = kit.issued("api.example.com")
    assert kit.acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"] == "PENDING_VALIDATION"
    kit.box.delegate("example.com")
    kit.acm.describe_certificate(CertificateArn=certificate)
    assert kit.acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"] == "ISSUED"


def test_long_answers_come_over_tcp(kit: Kit, visitor: Visitor) -> None:
    values = [f"192.0.2.{number}" for number in range(120)]
    kit.change(("CREATE", plain("many.example.com", "A", *values)))
    short = visitor.ask("many.example.com")
    assert short.flags & dns.flags.TC
    assert len(visitor.ask("many.example.com", tcp=True).answer[0]) == 120


def test_rubbish_gets_no_answer_and_harms_nobody(visitor: Visitor) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"rubbish", ("127.0.0.1", visitor.dns_port))
    with socket.create_connection(("127.0.0.1", visitor.dns_port), timeout=2) as tcp:
        tcp.sendall(struct.pack("!H", 3) + b"abc")
        assert tcp.recv(10) == b""
    assert visitor.rcode("example.com", "SOA") == "NOERROR"


def test_a_multivalue_answer_has_every_healthy_address(kit: Kit, visitor: Visitor) -> None:
    ids = []
    for number in ("1", "2"):
        config = {"Type": "TCP", "IPAddress": f"203.0.113.{number}", "Port": 80}
        created = kit.dns.create_health_check(CallerReference=number, HealthCheckConfig=config)
        ids.append(created["HealthCheck"]["Id"])
        record = plain("x.example.com", "A", f"203.0.113.{number}")
        policy = {"SetIdentifier": number, "MultiValueAnswer": True, "HealthCheckId": ids[-1]}
        kit.change(("CREATE", {**record, **policy}))
    both = {"203.0.113.1", "203.0.113.2"}
    assert set(visitor.values("x.example.com", "A")) == both
    kit.box.account.memory(HEALTH)[ids[0]] = False
    assert visitor.values("x.example.com", "A") == ["203.0.113.2"]
    kit.box.account.memory(HEALTH)[ids[1]] = False
    assert set(visitor.values("x.example.com", "A")) == both
