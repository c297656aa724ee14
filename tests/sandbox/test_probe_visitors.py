"""The data plane for one visitor: the place, the client certificate, the login, and what reaches the target."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.sandbox.state.visitors import visitor_of
from elbplan.sandbox.traffic.names import resolutions

from .kit import Kit, alias, forward, on_path

NAME = "api.example.com"
REGION = "eu-central-1"
CA = {"CaCertificatesBundleS3Bucket": "authorities", "CaCertificatesBundleS3Key": "ca.pem"}
OURS = {"authority": "s3://authorities/ca.pem"}
LIST = {"S3Bucket": "authorities", "S3Key": "a.crl"}


@pytest.fixture
def site(kit: Kit) -> dict[str, Any]:
    """https://api.example.com with one healthy server."""
    group, balancer = kit.group(), kit.balancer(SecurityGroups=[kit.open_group("front")])
    certificates = [{"CertificateArn": kit.issued()}]
    arn = kit.listener(balancer["LoadBalancerArn"], group, 443, Protocol="HTTPS", Certificates=certificates)
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": kit.instance(kit.open_group("behind"))}])
    kit.change(("CREATE", alias(NAME, balancer)))
    return {"listener": arn, "group": group, "balancer": balancer, "certificates": certificates}


def asked(kit: Kit, path: str = "/", **visitor: Any) -> dict[str, Any]:
    return kit.box.traffic(NAME, 443, NAME, path, **visitor)


def test_rule_41_verify_accepts_only_clients_of_the_trust_store(kit: Kit, site: dict[str, Any]) -> None:
    store = kit.elb.create_trust_store(Name="clients", **CA)["TrustStores"][0]["TrustStoreArn"]
    kit.elb.modify_listener(ListenerArn=site["listener"], MutualAuthentication={"Mode": "passthrough"})
    assert asked(kit)["ok"], "passthrough refuses nobody"
    verify = {"Mode": "verify", "TrustStoreArn": store}
    kit.elb.modify_listener(ListenerArn=site["listener"], MutualAuthentication=verify)
    kit.elb.add_trust_store_revocations(TrustStoreArn=store, RevocationContents=[LIST])
    assert asked(kit)["why"] == "port 443: it needs a client certificate"
    assert asked(kit, certificate=OURS)["ok"]
    whys = {
        "does not have the authority": {"authority": "s3://authorities/other.pem"},
        "has revoked": {**OURS, "revoked": "s3://authorities/a.crl"},
        "has expired": {**OURS, "expired": True},
    }
    for why, certificate in whys.items():
        assert why in asked(kit, certificate=certificate)["why"]
    late = {**verify, "IgnoreClientCertificateExpiry": True}
    kit.elb.modify_listener(ListenerArn=site["listener"], MutualAuthentication=late)
    assert asked(kit, certificate={**OURS, "expired": True})["ok"]


def test_rule_41_identity_filters_of_a_network_load_balancer(kit: Kit, site: dict[str, Any]) -> None:
    store = kit.elb.create_trust_store(Name="clients", **CA)["TrustStores"][0]["TrustStoreArn"]
    balancer, group = kit.balancer("net", Type="network"), kit.group("net", Protocol="TCP")
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": kit.instance(kit.open_group("others"))}])
    filters = [{"Field": "san-dns", "Action": "accept", "MatchType": "prefix", "Value": "api."}]
    mutual = {"Mode": "verify", "TrustStoreArn": store, "ClientCertificateIdentityFilters": filters}
    kit.listener(
        balancer["LoadBalancerArn"], group, 443, Protocol="TLS", Certificates=site["certificates"],
        MutualAuthentication=mutual,
    )  # fmt: skip
    name = balancer["DNSName"]
    assert kit.box.traffic(name, 443, NAME, certificate={**OURS, "domain": "api.partner.com"})["ok"]
    assert "no identity filter" in kit.box.traffic(name, 443, NAME, certificate=OURS)["why"]


OIDC = {
    "Issuer": "https://id.example.com",
    "AuthorizationEndpoint": "https://id.example.com/authorize",
    "TokenEndpoint": "https://id.example.com/token",
    "UserInfoEndpoint": "https://id.example.com/user",
    "ClientId": "web",
    "ClientSecret": "secret",
}


def test_a_login_a_token_and_a_rewrite_of_a_probe(kit: Kit, site: dict[str, Any]) -> None:
    login = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": OIDC}
    last = {**forward(site["group"]), "Order": 2}
    kit.elb.modify_listener(ListenerArn=site["listener"], DefaultActions=[login, last])
    token = {"JwksEndpoint": "https://id.example.com/keys", "Issuer": "https://id.example.com"}
    check = {"Type": "jwt-validation", "Order": 1, "JwtValidationConfig": token}
    rewrites = [{"Regex": "^/api", "Replace": "/v1"}]
    kit.elb.create_rule(
        ListenerArn=site["listener"], Priority=1, Conditions=[on_path("/api/*")], Actions=[check, last],
        Transforms=[{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": rewrites}}],
    )  # fmt: skip
    anonymous = asked(kit)
    assert (anonymous["status"], anonymous["location"].partition("?")[0]) == (302, "https://id.example.com/authorize")
    session = asked(kit, headers={"Cookie": "AWSELBAuthSessionCookie-0=x"})
    assert (session["status"], session["sees"]) == (200, f"GET {NAME}/")
    assert asked(kit, "/api/users")["status"] == 401
    bearer = {"Authorization": "Bearer x"}
    assert asked(kit, "/api/users?q=1", headers=bearer)["sees"] == f"GET {NAME}/v1/users?q=1"


def test_a_watched_route_with_another_answer_than_wanted_is_a_gap(kit: Kit, site: dict[str, Any]) -> None:
    wanted = {"status": 200, "sees": f"GET {NAME}/"}
    kit.box.watch([(NAME, 443, NAME, "/", {**wanted, "source": "198.51.100.9"})])
    assert kit.box.unanswered() == []
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    kit.elb.modify_listener(ListenerArn=site["listener"], DefaultActions=[fixed])
    _, action, route, why = kit.box.unanswered()[0]
    assert (action, list(route)) == ("ModifyListener", [NAME, 443, NAME, "/"])
    assert why == f"sees is '', not 'GET {NAME}/' (visitor: 198.51.100.9)"


def test_a_function_and_a_load_balancer_are_targets_that_answer(kit: Kit, site: dict[str, Any]) -> None:
    function = f"arn:aws:lambda:{REGION}:123456789012:function:shop"
    code = kit.elb.create_target_group(Name="code", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    kit.box.client("lambda", REGION).add_permission(
        FunctionName=function, StatementId="elb", Action="lambda:InvokeFunction",
        Principal="elasticloadbalancing.amazonaws.com", SourceArn=code,
    )  # fmt: skip
    kit.elb.register_targets(TargetGroupArn=code, Targets=[{"Id": function}])
    kit.elb.modify_listener(ListenerArn=site["listener"], DefaultActions=[forward(code)])
    assert asked(kit)["via"][-1] == code
    front = kit.balancer("net", Type="network")
    inner = kit.group("inner", Protocol="TCP", Port=443, TargetType="alb", HealthCheckProtocol="HTTPS")
    kit.listener(front["LoadBalancerArn"], inner, 443, Protocol="TCP")
    kit.elb.register_targets(TargetGroupArn=inner, Targets=[{"Id": site["balancer"]["LoadBalancerArn"]}])
    through = kit.box.traffic(front["DNSName"], 443, NAME)
    assert (through["ok"], through["via"][-1]) == (True, code)
    kit.elb.modify_listener(ListenerArn=site["listener"], Port=8443)
    assert "does not listen on port 443" in kit.box.traffic(front["DNSName"], 443, NAME)["why"]


def records(kit: Kit, *members: dict[str, Any]) -> None:
    """Creates one record set for each member; the last number of its address is its position, from 1."""
    for number, member in enumerate(members, 1):
        record = {
            "Name": "shop.example.com", "Type": "A", "TTL": 60, "SetIdentifier": str(number), **member,
            "ResourceRecords": [{"Value": f"203.0.113.{number}"}],
        }  # fmt: skip
        kit.change(("CREATE", record))


def reaches(kit: Kit, **visitor: Any) -> str:
    """The numbers of the records that can answer a visitor: `13`; empty if no record does."""
    found = resolutions(kit.box.account, "shop.example.com", "A", visitor=visitor_of(visitor))
    return "".join(value.rpartition(".")[2] for each in found for value in each.values)


def test_rule_33_the_place_of_a_visitor_chooses_the_record(kit: Kit) -> None:
    places = [{"ContinentCode": "AS"}, {"CountryCode": "KR"}, {"CountryCode": "US"}]
    states = {"CountryCode": "US", "SubdivisionCode": "CA"}
    records(kit, *({"GeoLocation": place} for place in (*places, states)))
    assert reaches(kit, continent="EU", country="DE") == "", "without a record for everywhere else"
    assert reaches(kit, continent="AS", country="JP") == "1"
    assert reaches(kit, continent="AS", country="KR") == "2"
    assert reaches(kit, continent="NA", country="US") == "3"
    assert reaches(kit, continent="NA", country="US", subdivision="CA") == "4"


@pytest.mark.parametrize("member", ["Region", "GeoProximityLocation"])
def test_rule_33_the_record_of_the_nearest_region_answers(kit: Kit, member: str) -> None:
    regions = ("ap-northeast-2", "eu-west-1")
    records(kit, *({member: region if member == "Region" else {"AWSRegion": region}} for region in regions))
    assert reaches(kit, region="eu-west-1") == "2"
    assert reaches(kit, region="us-east-1") == "12", "nobody knows which is nearer"


def test_rule_33_the_longest_block_with_the_address_answers(kit: Kit) -> None:
    blocks = {"office": ["198.51.100.0/24"], "desk": ["198.51.100.7/32"]}
    kit.box.create_fixture("cidr_collection", "c1", region=REGION, locations=blocks)
    names = ("office", "desk", "*")
    records(kit, *({"CidrRoutingConfig": {"CollectionId": "c1", "LocationName": name}} for name in names))
    assert reaches(kit, source="198.51.100.8") == "1"
    assert reaches(kit, source="198.51.100.7") == "2"
    assert reaches(kit, source="192.0.2.1") == "3"
