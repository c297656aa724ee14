"""Rules 3, 8, 19, 20, 22, and the form of listeners and rules."""

from typing import Any

import pytest

from .kit import Kit, forward, on_host, on_path, refused


def test_rule_03_a_port_has_one_listener(kit: Kit) -> None:
    group, balancer = kit.group(), kit.balancer()["LoadBalancerArn"]
    first = kit.listener(balancer, group)
    assert kit.listener(balancer, group) == first
    with refused("DuplicateListener"):
        kit.listener(balancer, kit.group("other"))
    second = kit.listener(balancer, group, 8080)
    with refused("DuplicateListener"):
        kit.elb.modify_listener(ListenerArn=second, Port=80)


def secure(kit: Kit, certificate: str | None) -> str:
    certificates: dict[str, Any] = {"Certificates": [{"CertificateArn": certificate}]} if certificate else {}
    balancer = kit.balancer()["LoadBalancerArn"]
    return kit.listener(balancer, kit.group(), 443, Protocol="HTTPS", **certificates)


def test_rule_08_certificates_of_listeners(kit: Kit) -> None:
    with refused("ValidationError"):
        secure(kit, None)
    here = f"arn:aws:acm:eu-central-1:{kit.box.account_id}:certificate/"
    with refused("CertificateNotFound"):
        secure(kit, here + "0")
    with refused("ValidationError"):
        secure(kit, here.replace("eu-central-1", "us-east-1") + "0")
    with refused("UnsupportedCertificate"):
        secure(kit, kit.certificate())
    listener = secure(kit, kit.issued())
    with refused("UnsupportedCertificate"):
        kit.elb.add_listener_certificates(
            ListenerArn=listener, Certificates=[{"CertificateArn": kit.certificate("b.example.com")}]
        )


def test_rule_19_priorities(kit: Kit) -> None:
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)
    second, first = kit.rule(listener, 20, group), kit.rule(listener, 10, group, "/b")
    with refused("PriorityInUse"):
        kit.rule(listener, 10, group)
    with refused("ValidationError"):
        kit.rule(listener, 50_001, group)
    rules = kit.elb.describe_rules(ListenerArn=listener)["Rules"]
    assert [rule["Priority"] for rule in rules] == ["10", "20", "default"]
    swap = [{"RuleArn": first, "Priority": 20}, {"RuleArn": second, "Priority": 10}]
    kit.elb.set_rule_priorities(RulePriorities=swap)
    assert [rule["RuleArn"] for rule in kit.elb.describe_rules(ListenerArn=listener)["Rules"]][:2] == [second, first]
    with refused("PriorityInUse"):
        kit.elb.set_rule_priorities(RulePriorities=[{"RuleArn": first, "Priority": 10}])


def test_rule_20_the_default_rule_is_not_deleted(kit: Kit) -> None:
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)
    default = kit.elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]
    with refused("OperationNotPermitted"):
        kit.elb.delete_rule(RuleArn=default)
    with refused("OperationNotPermitted"):
        kit.elb.modify_rule(RuleArn=default, Actions=[forward(group)])
    with refused("OperationNotPermitted"):
        kit.elb.set_rule_priorities(RulePriorities=[{"RuleArn": default, "Priority": 3}])
    gone = kit.rule(listener, 1, group)
    kit.elb.delete_rule(RuleArn=gone)
    with refused("RuleNotFound"):
        kit.elb.delete_rule(RuleArn=gone)


def redirect(**config: str) -> dict[str, Any]:
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}


@pytest.mark.parametrize(
    ("code", "actions"),
    [
        ("InvalidLoadBalancerAction", [redirect()]),
        ("ValidationError", [redirect(Port="443", Protocol="FTP")]),
        ("ValidationError", []),
        ("ValidationError", [redirect(Port="81"), redirect(Port="82")]),
        ("InvalidLoadBalancerAction", [{"Type": "fixed-response"}]),
        ("TargetGroupNotFound", [forward("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b")]),
    ],
)
def test_rule_22_actions(kit: Kit, code: str, actions: list[dict[str, Any]]) -> None:
    balancer = kit.balancer()["LoadBalancerArn"]
    with refused(code):
        kit.elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=actions)


def test_rule_22_protocols(kit: Kit) -> None:
    balancer, network = kit.balancer()["LoadBalancerArn"], kit.balancer("net", Type="network")["LoadBalancerArn"]
    with refused("IncompatibleProtocols"):
        kit.listener(balancer, kit.group("tcp", Protocol="TCP"))
    with refused("ValidationError"):
        kit.listener(network, kit.group(), Protocol="HTTP")
    for version in ("GRPC", "HTTP2"):
        with refused("InvalidLoadBalancerAction"):
            kit.listener(balancer, kit.group(version, ProtocolVersion=version))
    with refused("InvalidLoadBalancerAction"):
        kit.listener(network, "", 81, Protocol="TCP", DefaultActions=[redirect(Port="443")])
    listener = kit.listener(network, kit.group("udp", Protocol="TCP_UDP", Port=53), 53, Protocol="TCP_UDP")
    kit.elb.modify_listener(ListenerArn=listener, Protocol="UDP")


def test_rule_22_a_sticky_group_beside_another_needs_group_stickiness(kit: Kit) -> None:
    web, api = kit.group(), kit.group("api")
    both, sticky = forward(web, api, weights=(1, 0)), [{"Key": "stickiness.enabled", "Value": "true"}]
    with_group_stickiness = forward(web, api, weights=(1, 0))
    config = {"Enabled": True, "DurationSeconds": 60}
    with_group_stickiness["ForwardConfig"]["TargetGroupStickinessConfig"] = config
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], web, DefaultActions=[both])
    with refused("InvalidConfigurationRequest"):
        kit.elb.modify_target_group_attributes(TargetGroupArn=api, Attributes=sticky)
    kit.elb.modify_listener(ListenerArn=listener, DefaultActions=[with_group_stickiness])
    kit.elb.modify_target_group_attributes(TargetGroupArn=api, Attributes=sticky)
    with refused("InvalidConfigurationRequest"):
        kit.elb.modify_listener(ListenerArn=listener, DefaultActions=[both])
    kit.elb.modify_listener(ListenerArn=listener, DefaultActions=[forward(api)])


def test_rule_24_actions_and_conditions_are_returned_in_full(kit: Kit) -> None:
    group, balancer = kit.group(), kit.balancer()["LoadBalancerArn"]
    action = redirect(Protocol="HTTPS", Port="443")
    answer = kit.elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action])
    listener = answer["Listeners"][0]
    assert listener["DefaultActions"][0]["RedirectConfig"] == {
        "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }  # fmt: skip
    assert "SslPolicy" not in listener
    host = {"Field": "host-header", "Values": ["a.example.com"]}
    rule = kit.elb.create_rule(
        ListenerArn=listener["ListenerArn"], Priority=1, Conditions=[host], Actions=[forward(group)]
    )["Rules"][0]
    assert rule["Conditions"] == [{**host, "HostHeaderConfig": {"Values": ["a.example.com"]}}]
    pair = {"TargetGroupArn": group, "Weight": 1}
    config = {"TargetGroups": [pair], "TargetGroupStickinessConfig": {"Enabled": False}}
    assert rule["Actions"] == [{"Type": "forward", "TargetGroupArn": group, "ForwardConfig": config}]


def test_rule_24_transforms_are_kept(kit: Kit) -> None:
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)
    rewrite = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/b"}]}}
    kit.elb.create_rule(
        ListenerArn=listener, Priority=1, Conditions=[on_path("/a")], Actions=[forward(group)], Transforms=[rewrite]
    )
    assert kit.elb.describe_rules(ListenerArn=listener)["Rules"][0]["Transforms"] == [rewrite]


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        [on_path(*["/a", "/b", "/c", "/d", "/e", "/f"])],
        [on_path("/a"), on_path("/b")],
        [on_path("/*/*/*", "/*/*/*")],
        [on_host("nodot")],
        [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.1"]}}],
        [{"Field": "made-up", "Values": ["a"]}],
    ],
)
def test_rule_21_conditions(kit: Kit, conditions: list[dict[str, Any]]) -> None:
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)
    with refused("ValidationError"):
        kit.elb.create_rule(ListenerArn=listener, Priority=1, Conditions=conditions, Actions=[forward(group)])


def test_an_unknown_policy(kit: Kit) -> None:
    certificate = kit.issued()
    balancer, group = kit.balancer()["LoadBalancerArn"], kit.group()
    with refused("SSLPolicyNotFound"):
        kit.listener(
            balancer, group, 443, Protocol="HTTPS", SslPolicy="nope", Certificates=[{"CertificateArn": certificate}]
        )


def test_rule_22_a_gateway_forwards_to_one_group_without_weight(kit: Kit) -> None:
    group = kit.group(Protocol="GENEVE", Port=6081)
    balancer = kit.balancer("gwy", Type="gateway")["LoadBalancerArn"]
    weighted = forward(group, weights=(1,))
    with refused("InvalidLoadBalancerAction"):
        kit.elb.create_listener(LoadBalancerArn=balancer, DefaultActions=[weighted])
    listener = kit.elb.create_listener(LoadBalancerArn=balancer, DefaultActions=[forward(group)])["Listeners"][0]
    with refused("InvalidLoadBalancerAction"):
        kit.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[weighted])


@pytest.mark.parametrize("protocol", ["UDP", "TCP_UDP"])
def test_rule_22_a_dualstack_balancer_has_no_udp_without_a_source_nat_prefix(kit: Kit, protocol: str) -> None:
    balancer = kit.balancer("net", Type="network", IpAddressType="dualstack")["LoadBalancerArn"]
    group = kit.group(Protocol=protocol)
    with refused("InvalidConfigurationRequest"):
        kit.listener(balancer, group, Protocol=protocol)
    kit.elb.set_ip_address_type(LoadBalancerArn=balancer, IpAddressType="ipv4")
    kit.listener(balancer, group, Protocol=protocol)
    with refused("InvalidConfigurationRequest"):
        kit.elb.set_ip_address_type(LoadBalancerArn=balancer, IpAddressType="dualstack")


def test_rule_22_quic_listeners_have_their_own_balancer(kit: Kit) -> None:
    group = kit.group(Protocol="QUIC", Port=443)
    for name, settings in (
        ("dual", {"IpAddressType": "dualstack"}),
        ("groups", {"SecurityGroups": [kit.open_group()]}),
    ):
        balancer = kit.balancer(name, Type="network", **settings)["LoadBalancerArn"]
        with refused("InvalidConfigurationRequest"):
            kit.listener(balancer, group, 443, Protocol="QUIC")
    balancer = kit.balancer("quic", Type="network")["LoadBalancerArn"]
    kit.listener(balancer, group, 443, Protocol="QUIC")
    for port, protocol in ((444, "QUIC"), (53, "UDP")):
        with refused("InvalidConfigurationRequest"):
            kit.listener(balancer, kit.group(f"g-{port}", Protocol=protocol), port, Protocol=protocol)


def test_rule_21_fixed_responses(kit: Kit) -> None:
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group)

    def answer(**config: str) -> None:
        action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", **config}}
        kit.elb.modify_listener(ListenerArn=listener, DefaultActions=[action])

    with refused("ValidationError"):
        answer(StatusCode="302")
    with refused("ValidationError"):
        answer(MessageBody="x" * 1025)
    with refused("InvalidLoadBalancerAction"):
        answer(ContentType="image/png")
    answer(StatusCode="503", MessageBody="x" * 1024, ContentType="text/plain")
