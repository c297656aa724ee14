"""Listeners: certificates are never missing for a moment, and AWS's twin listings are one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from elbplan.core.address import Address, AwsId
from elbplan.core.resource import differing_fields
from elbplan.kinds.aws.actions import Forward, Redirect, Respond, WeightedGroup
from elbplan.kinds.listener import KIND, Listener

from .kit import BALANCER, CERTIFICATE, GROUP, LISTENER, OTHER, SECOND, at, one, operations, owned, play, read

LB = AwsId(BALANCER)
ONE, TWO = AwsId(CERTIFICATE), AwsId(SECOND)


def to(arn=GROUP):
    return Forward(groups=(WeightedGroup(group=AwsId(arn)),))


def https(certificate=ONE, *more, action=None, **rest):
    return Listener(
        load_balancer=LB,
        port=443,
        protocol="HTTPS",
        certificate=certificate,
        more_certificates=more,
        action=action or to(),
        **rest,
    )


def http(action=None, port=80):
    return Listener(load_balancer=LB, port=port, protocol="HTTP", action=action or to())


def live(*certificates, tags=None, **rest):
    raw = {
        "ListenerArn": LISTENER, "LoadBalancerArn": BALANCER, "Port": 443, "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-2016-08", "Certificates": [{"CertificateArn": CERTIFICATE}],
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP}], **rest,
    }  # fmt: skip
    answers = {
        "DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER}]},
        "DescribeTargetGroups": {"TargetGroups": []},
        "DescribeListeners": {"Listeners": [raw]},
        "DescribeListenerCertificates": {"Certificates": list(certificates)},
        "tags": {
            BALANCER: owned("load_balancer.main"),
            LISTENER: owned("listener.443") if tags is None else tags,
        },
    }
    return read(KIND, answers)


def test_the_default_certificate_that_is_listed_twice_is_one():
    listed = [
        {"CertificateArn": CERTIFICATE, "IsDefault": True},
        {"CertificateArn": CERTIFICATE, "IsDefault": False},
        {"CertificateArn": SECOND, "IsDefault": False},
    ]
    model = one(live(*listed)).model
    assert (model.certificate, model.more_certificates) == (ONE, (TWO,))


def test_a_default_certificate_without_its_mark_is_still_one():
    assert one(live({"CertificateArn": CERTIFICATE})).model.more_certificates == ()


def test_a_policy_nobody_named_is_aws_business():
    found = one(live({"CertificateArn": CERTIFICATE, "IsDefault": True})).model
    assert differing_fields(found, KIND.with_live_defaults(https(), found)) == ()
    assert differing_fields(found, KIND.with_live_defaults(https(ssl_policy="other"), found)) == ("ssl_policy",)


def test_a_listener_that_gives_up_tls_gives_up_its_policy():
    found = one(live({"CertificateArn": CERTIFICATE, "IsDefault": True})).model
    settled = KIND.with_live_defaults(http(port=443), found)
    assert (settled.certificate, settled.ssl_policy, settled.alpn) == (None, None, None)


def test_a_strangers_listener_is_not_ours_but_its_port_is_taken():
    found = live(tags=[])
    assert found.ours == {}
    assert found.names_in_use == {f"{BALANCER}/443": LISTENER}


def test_only_the_last_of_several_actions_routes():
    actions = [
        {"Type": "forward", "Order": 2, "TargetGroupArn": GROUP},
        {"Type": "authenticate-oidc", "Order": 1},
    ]
    assert one(live(DefaultActions=actions)).model.action == to()


def test_an_unknown_action_is_a_difference_to_anything_wanted():
    found = one(live(DefaultActions=[{"Type": "brand-new"}])).model
    assert "action" in differing_fields(found, KIND.with_live_defaults(https(), found))


def test_a_new_default_certificate_stands_before_the_old_one_goes():
    calls, _ = play(KIND.update(https(ONE), https(TWO), at(KIND, id=LISTENER)))
    assert operations(calls) == ["ModifyListener", "RemoveListenerCertificates"]
    assert calls[0].params == {"ListenerArn": LISTENER, "Certificates": [{"CertificateArn": SECOND}]}


def test_further_certificates_are_added_first_and_removed_last():
    calls, _ = play(
        KIND.update(https(ONE, TWO), https(ONE, AwsId(f"{SECOND}4"), action=Respond(status=404)), at(KIND, id=LISTENER))
    )
    assert operations(calls) == ["AddListenerCertificates", "ModifyListener", "RemoveListenerCertificates"]


def test_the_way_holds_all_certificates_until_everything_has_switched():
    way = KIND.update_path(https(ONE, TWO), https(TWO, ONE), set())
    held = [{model.certificate, *model.more_certificates} for _, model in way]
    assert [phase for phase, _ in way] == ["expand", "switch", "contract"]
    assert held == [{ONE, TWO}] * 3


def test_a_new_group_is_attached_then_served_then_alone():
    way = KIND.update_path(http(to(GROUP)), http(to(OTHER)), {AwsId(GROUP)})
    weights = [{share.group.value: share.weight for share in model.action.groups} for _, model in way]
    assert weights == [{GROUP: 1, OTHER: 0}, {OTHER: 1, GROUP: 0}, {OTHER: 1}]


def test_a_redirect_gets_help_to_attach_a_new_group():
    address, rule = KIND.temporary_resource(
        Address("listener", "80"), http(Redirect(protocol="HTTPS")), http(to()), set()
    )
    assert str(address) == "rule.80-gate"
    assert rule.conditions[0].field == "http-header"
    assert KIND.temporary_resource(Address("listener", "80"), http(to(OTHER)), http(to()), set()) is None


def test_a_sticky_group_is_attached_by_a_rule():
    before, after, sticky = http(to(GROUP)), http(to(OTHER)), {AwsId(GROUP)}
    _, rule = KIND.temporary_resource(Address("listener", "80"), before, after, {AwsId(GROUP)}, sticky)
    assert rule.conditions[0].field == "http-header"
    assert rule.action == to(OTHER)
    path = KIND.update_path(before, after, {AwsId(GROUP)}, sticky)
    assert [model.action for _, model in path] == [to(OTHER), to(OTHER)]


def test_a_redirect_waits_for_the_listener_it_sends_people_to():
    here, there = Address("listener", "80"), Address("listener", "443")
    redirect = http(Redirect(protocol="HTTPS", port="443"))
    desired = {here: redirect, there: https()}
    assert list(KIND.also_wait_for(redirect, desired)) == [there]
    assert list(KIND.also_wait_for(http(Redirect(host="elsewhere.org", port="443")), desired)) == []


def test_a_new_listener_gets_its_further_certificates_one_by_one():
    calls, facts = play(
        KIND.create(https(ONE, TWO), at(KIND)), {"CreateListener": {"Listeners": [{"ListenerArn": LISTENER}]}}
    )
    assert operations(calls) == ["CreateListener", "AddListenerCertificates"]
    assert "CertificateNotFound" in calls[0].retry_on
    assert facts == {"id": LISTENER}


def test_alpn_that_is_dropped_is_switched_off():
    tls = {"load_balancer": LB, "port": 443, "protocol": "TLS", "certificate": ONE, "action": to()}
    calls, _ = play(KIND.update(Listener(**tls, alpn="HTTP2Only"), Listener(**tls), at(KIND, id=LISTENER)))
    assert calls[0].params["AlpnPolicy"] == ["None"]


@pytest.mark.parametrize(
    "fields", [{"protocol": "HTTPS"}, {"protocol": "HTTP", "certificate": CERTIFICATE}, {"protocol": "SMTP"}]
)
def test_what_aws_would_refuse_is_no_listener(fields):
    with pytest.raises(ValidationError):
        Listener.model_validate({"load_balancer": "main", "port": 1, "action": to(), **fields})


def test_a_gateway_listener_switches_its_group_without_weights():
    before, after = (Listener(load_balancer=LB, action=to(arn)) for arn in (GROUP, OTHER))
    path = KIND.update_path(before, after, set())
    assert [(phase, step.action) for phase, step in path] == [("switch", to(OTHER)), ("contract", to(OTHER))]
