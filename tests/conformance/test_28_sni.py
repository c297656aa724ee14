"""SNI: one certificate in a call; the default one is neither added nor removed; a listener that is gone is success.

Provider: TestAccELBV2ListenerCertificate_basic, _multiple, _disappears, _disappears_Listener,
_CertificateARN_underscores.
"""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused

from ..e2e.stage import Stage
from .kit import Case

REGION = "ap-northeast-2"


ARNS = [f"arn:aws:acm:{REGION}:123456789012:certificate/0000000{n}-0000-4000-8000-000000000000" for n in range(3)]


def issue(stage: Stage) -> None:
    """Certificates with these ARNs, which elbplan did not make."""
    for number, arn in enumerate(ARNS):
        stage.box.create_fixture("certificate", arn, region=REGION, names=[f"{number}.example.com"])


def spec(default: str, *more: str) -> str:
    return f"""
name: my-web
region: {REGION}
zones: [a, c]
listeners:
  - {{listen: 443/https, respond: 200, certificate: "{default}", certificates: {list(more)}}}
"""


@pytest.fixture
def certificates(case: Case) -> list[str]:
    """Four certificates that elbplan did not make."""
    names = ("a", "b", "c", "d")
    return [case.box.create_fixture("certificate", region=REGION, names=[f"{name}.example.com"]) for name in names]


def added(calls: Any) -> list[list[str]]:
    return [[certificate["CertificateArn"] for certificate in params["Certificates"]] for params in calls]


def test_each_further_certificate_is_one_call_and_the_default_one_is_none(case: Case, certificates: list[str]) -> None:
    default, b, c, _ = certificates
    sent = case.apply(spec(default, b, c))
    assert sorted(added(sent.of("AddListenerCertificates"))) == sorted([[b], [c]])
    assert added(sent.of("CreateListener")) == [[default]]
    less = case.apply(spec(default, c))
    assert less.actions == ["RemoveListenerCertificates"]
    assert added(less.of("RemoveListenerCertificates")) == [[b]]
    case.destroy(spec(default, c))


def test_a_certificate_that_somebody_removed_is_added_again(case: Case, certificates: list[str]) -> None:
    default, b, *_ = certificates
    case.apply(spec(default, b))
    elb = case.client("elbv2")
    balancer = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    arn = listener["ListenerArn"]
    elb.remove_listener_certificates(ListenerArn=arn, Certificates=[{"CertificateArn": b}])
    assert case.apply(spec(default, b)).actions == ["AddListenerCertificates"]
    elb.delete_listener(ListenerArn=arn)
    assert case.apply(spec(default, b)).actions == ["CreateListener", "AddListenerCertificates"]
    case.destroy(spec(default, b))


def test_more_certificates_than_the_quota_are_refused_before_the_first_write(case: Case) -> None:
    prefix = f"arn:aws:acm:{REGION}:123456789012:certificate"
    arns = [f"{prefix}/{number:08d}-0000-4000-8000-000000000000" for number in range(27)]
    with pytest.raises(Refused, match="the spec wants 26 certificates, and this account's quota is 25"):
        case.plan(spec(*arns))


def test_killed_after_each_write(case: Case) -> None:
    first, second, third = ARNS
    case.crash_sweep(spec(first, second), spec(first, third), prepare=issue)


def test_a_certificate_of_a_listener_that_is_gone_needs_no_removal(case: Case, certificates: list[str]) -> None:
    default, b, *_ = certificates
    case.apply(spec(default, b))
    case.box.fault("error", action="RemoveListenerCertificates", code="ListenerNotFound", status=400, limit=1)
    assert case.stage.run(case.plan(spec(default))).complete
    case.box.clear_faults()
    case.destroy(spec(default, b))


def plain(spec_with_tls: str) -> str:
    """The same listener on its port, without TLS."""
    return spec_with_tls.split("listeners:")[0] + "listeners: [{listen: 443/http, respond: 200}]\n"


def test_a_listener_that_leaves_tls_loses_its_further_certificates_before(case: Case, certificates: list[str]) -> None:
    default, b, c, _ = certificates
    before = spec(default, b, c)
    case.apply(before)
    sent = case.apply(plain(before))
    assert sent.actions == ["RemoveListenerCertificates", "RemoveListenerCertificates", "ModifyListener"]
    assert sorted(added(sent.of("RemoveListenerCertificates"))) == sorted([[b], [c]])
    again = case.apply(before)
    assert again.actions[0] == "ModifyListener"
    assert sorted(added(again.of("AddListenerCertificates"))) == sorted([[b], [c]])
    case.destroy(before)


def test_killed_while_a_listener_leaves_tls_it_continues(case: Case) -> None:
    before = spec(*ARNS)
    case.crash_sweep(before, plain(before), allow=["weaker-encryption"], prepare=issue)
    case.crash_sweep(plain(before), before, prepare=issue)
