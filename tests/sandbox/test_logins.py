"""Logins, token checks, regular expressions, rewrites and rules without ports: set up without elbplan."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import Kit, forward, on_path, refused

OIDC = {
    "Issuer": "https://id.example.com",
    "AuthorizationEndpoint": "https://id.example.com/authorize",
    "TokenEndpoint": "https://id.example.com/token",
    "UserInfoEndpoint": "https://id.example.com/user",
    "ClientId": "web",
}
COGNITO = {
    "UserPoolArn": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_a",
    "UserPoolClientId": "web",
    "UserPoolDomain": "web",
}
TOKENS = {
    "JwksEndpoint": "https://id.example.com/jwks",
    "Issuer": "https://id.example.com",
    "AdditionalClaims": [{"Format": "single-string", "Name": "scope", "Values": ["read"]}],
}


def oidc(**more: Any) -> dict[str, Any]:
    return {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {**OIDC, **more}}


COGNITO_LOGIN = {"Type": "authenticate-cognito", "Order": 1, "AuthenticateCognitoConfig": COGNITO}
TOKEN_CHECK = {"Type": "jwt-validation", "Order": 1, "JwtValidationConfig": TOKENS}


@pytest.fixture
def group(kit: Kit) -> str:
    return kit.group()


@pytest.fixture
def secure(kit: Kit, group: str) -> str:
    balancer = kit.balancer()["LoadBalancerArn"]
    return kit.listener(balancer, group, 443, Protocol="HTTPS", Certificates=[{"CertificateArn": kit.issued()}])


def modify(kit: Kit, listener: str, group: str, first: dict[str, Any]) -> dict[str, Any]:
    actions = [first, {**forward(group), "Order": 2}]
    changed: dict[str, Any] = kit.elb.modify_listener(ListenerArn=listener, DefaultActions=actions)["Listeners"][0]
    return changed


def test_rule_22_a_login_needs_its_secret_once_and_the_answer_never_contains_it(
    kit: Kit, secure: str, group: str
) -> None:
    with refused("InvalidLoadBalancerAction"):
        modify(kit, secure, group, oidc())
    with refused("InvalidLoadBalancerAction"):
        modify(kit, secure, group, oidc(UseExistingClientSecret=True))
    modify(kit, secure, group, oidc(ClientSecret="hunter2"))
    with refused("InvalidLoadBalancerAction"):
        modify(kit, secure, group, oidc(ClientSecret="hunter2", UseExistingClientSecret=True))
    listener = modify(kit, secure, group, oidc(UseExistingClientSecret=True, Scope="openid email"))
    config = listener["DefaultActions"][0]["AuthenticateOidcConfig"]
    assert not {"ClientSecret", "UseExistingClientSecret"} & set(config)
    assert (config["Scope"], config["SessionTimeout"], config["OnUnauthenticatedRequest"]) == (
        "openid email",
        604800,
        "authenticate",
    )
    kit.elb.modify_listener(ListenerArn=secure, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    (listener,) = kit.elb.describe_listeners(ListenerArns=[secure])["Listeners"]
    assert [action["Type"] for action in listener["DefaultActions"]] == ["authenticate-oidc", "forward"]


@pytest.mark.parametrize("first", [COGNITO_LOGIN, TOKEN_CHECK], ids=lambda action: action["Type"])
def test_rule_22_other_logins_come_back_as_they_were_sent(
    kit: Kit, secure: str, group: str, first: dict[str, Any]
) -> None:
    login = modify(kit, secure, group, first)["DefaultActions"][0]
    (key,) = [key for key in first if key.endswith("Config")]
    assert (login["Type"], login["Order"]) == (first["Type"], 1)
    assert {name: login[key][name] for name in first[key]} == first[key]
    with refused("InvalidLoadBalancerAction"):
        kit.elb.modify_listener(
            ListenerArn=secure, DefaultActions=[first, {**COGNITO_LOGIN, "Order": 2}, {**forward(group), "Order": 3}]
        )


def test_rule_22_logins_are_for_https(kit: Kit, group: str) -> None:
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)
    with refused("InvalidLoadBalancerAction"):
        modify(kit, listener, group, COGNITO_LOGIN)


def test_rule_21_regular_expressions_stand_beside_plain_values(kit: Kit, secure: str, group: str) -> None:
    conditions = [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a"], "RegexValues": ["^/v[0-9]+$"]}},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Who", "RegexValues": ["^(me|you)$"]}},
    ]
    kit.elb.create_rule(ListenerArn=secure, Priority=1, Conditions=conditions, Actions=[forward(group)])
    rule = kit.elb.describe_rules(ListenerArn=secure)["Rules"][0]
    path, header = rule["Conditions"]
    assert path["PathPatternConfig"] == {"Values": ["/a"], "RegexValues": ["^/v[0-9]+$"]}
    assert header["HttpHeaderConfig"]["RegexValues"] == ["^(me|you)$"]
    with refused("ValidationError"):
        kit.elb.modify_rule(
            RuleArn=rule["RuleArn"],
            Conditions=[{"Field": "query-string", "RegexValues": ["a"], "QueryStringConfig": {}}],
        )


def test_rule_22_one_rewrite_of_each_type_until_a_reset(kit: Kit, secure: str, group: str) -> None:
    url = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a/(.*)", "Replace": "/$1"}]}}
    answer = kit.elb.create_rule(
        ListenerArn=secure, Priority=1, Conditions=[on_path("/a/*")], Actions=[forward(group)], Transforms=[url]
    )
    arn = answer["Rules"][0]["RuleArn"]
    with refused("ValidationError"):
        kit.elb.modify_rule(RuleArn=arn, Transforms=[url, url])
    kit.elb.modify_rule(RuleArn=arn, Actions=[forward(group)])
    assert kit.elb.describe_rules(RuleArns=[arn])["Rules"][0]["Transforms"] == [url]
    kit.elb.modify_rule(RuleArn=arn, ResetTransforms=True)
    assert not kit.elb.describe_rules(RuleArns=[arn])["Rules"][0].get("Transforms")


def test_rule_08_another_default_certificate_keeps_the_additional_ones(kit: Kit, secure: str) -> None:
    additional, default = kit.issued("b.example.com"), kit.issued("c.example.com")
    kit.elb.add_listener_certificates(ListenerArn=secure, Certificates=[{"CertificateArn": additional}])
    kit.elb.modify_listener(ListenerArn=secure, Certificates=[{"CertificateArn": default}])
    certificates = kit.elb.describe_listener_certificates(ListenerArn=secure)["Certificates"]
    assert {listed["CertificateArn"]: listed["IsDefault"] for listed in certificates} == {
        default: True,
        additional: False,
    }


def test_rule_08_a_listener_leaves_tls_without_additional_certificates(kit: Kit, secure: str) -> None:
    additional = [{"CertificateArn": kit.issued("b.example.com")}]
    kit.elb.add_listener_certificates(ListenerArn=secure, Certificates=additional)
    with refused("InvalidConfigurationRequest"):
        kit.elb.modify_listener(ListenerArn=secure, Protocol="HTTP")
    kit.elb.remove_listener_certificates(ListenerArn=secure, Certificates=additional)
    kit.elb.modify_listener(ListenerArn=secure, Protocol="HTTP")
    with refused("OperationNotPermitted"):
        kit.elb.remove_listener_certificates(ListenerArn=secure, Certificates=additional)


def test_rule_15_an_instance_is_registered_on_several_ports(kit: Kit, group: str) -> None:
    instance = kit.instance()
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}, {"Id": instance, "Port": 8080}])
    targets = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [target["Target"]["Port"] for target in targets] == [80, 8080]
    kit.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": instance, "Port": 80}])
    targets = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [target["Target"]["Port"] for target in targets] == [8080]


@pytest.mark.parametrize("ports", [{}, {"FromPort": -1, "ToPort": -1}, {"FromPort": 0, "ToPort": 65535}])
def test_rule_29_protocols_other_than_tcp_udp_and_icmp_have_no_ports(kit: Kit, ports: dict[str, int]) -> None:
    group = kit.ec2.create_security_group(GroupName="vpn", Description="vpn", VpcId=kit.vpc)["GroupId"]
    esp = {"IpProtocol": "50", **ports, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[esp])
    with refused("InvalidPermission.Duplicate"):
        kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[esp])
    (permission,) = kit.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert permission["IpProtocol"] == "50"
    assert not {"FromPort", "ToPort"} & set(permission)
    kit.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])
    assert kit.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"] == []


def test_rule_22_a_login_has_its_required_members(kit: Kit, secure: str, group: str) -> None:
    incomplete = oidc(ClientSecret="secret")
    incomplete["AuthenticateOidcConfig"]["TokenEndpoint"] = ""
    with refused("ValidationError"):
        modify(kit, secure, group, incomplete)
