"""HTTPS listener: CertificateNotFound is retried; a policy change is one ModifyListener; HTTPS becomes HTTP in place.

Provider: TestAccELBV2Listener_Protocol_https.
"""

from __future__ import annotations

import pytest

from elbplan.errors import Refused

from .kit import Case

HTTPS = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
remove_validation: true
listeners:
  - {listen: 443/https, respond: 200}
"""
MODERN = HTTPS.replace("respond: 200", "respond: 200, tls: modern")
NAMED = HTTPS.replace("respond: 200", "respond: 200, tls: ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
MISTYPED = HTTPS.replace("respond: 200", "respond: 200, tls: ELBSecurityPolicy-TLS13-1-2-Ress-2021-06")
PLAIN = """
name: my-web
region: ap-northeast-2
zones: [a, c]
listeners:
  - {listen: 443/http, respond: 200}
"""


def test_a_certificate_that_elb_does_not_know_yet_is_waited_for(case: Case) -> None:
    case.box.fault("error", action="CreateListener", code="CertificateNotFound", status=400, limit=2)
    sent = case.apply(HTTPS)
    case.box.clear_faults()
    assert sent.actions.count("CreateListener") == 3
    assert sent.of("CreateListener")[-1]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    case.destroy(HTTPS)


def test_another_policy_is_one_call(case: Case) -> None:
    case.apply(HTTPS)
    sent = case.apply(MODERN)
    assert sent.actions == ["ModifyListener"]
    assert {key for key in sent.only("ModifyListener") if key != "ListenerArn"} == {"SslPolicy"}
    assert case.apply(NAMED).only("ModifyListener")["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    case.destroy(NAMED)


def test_a_policy_that_aws_does_not_have_is_refused_before_the_first_write(case: Case) -> None:
    with pytest.raises(Refused) as caught:
        case.plan(MISTYPED)
    assert caught.value.what.startswith(
        "listener.443: AWS has no TLS policy ELBSecurityPolicy-TLS13-1-2-Ress-2021-06 for application load balancers"
    )
    assert caught.value.hint == "did you mean ELBSecurityPolicy-TLS13-1-2-Res-2021-06?"


def test_https_becomes_http_in_place_without_certificate_and_policy(case: Case) -> None:
    case.apply(HTTPS)
    sent = case.apply(PLAIN)
    params = sent.only("ModifyListener")
    assert params["Protocol"] == "HTTP"
    assert not {"Certificates", "SslPolicy", "MutualAuthentication"} & set(params)
    assert sent.position("ModifyListener") < sent.position("DeleteCertificate")
    case.destroy(PLAIN)


def test_the_further_certificates_go_with_the_protocol(case: Case) -> None:
    further = case.box.create_fixture("certificate", region="ap-northeast-2", names=["b.example.com"])
    case.apply(HTTPS.replace("respond: 200", f'respond: 200, certificates: ["{further}"]'))
    sent = case.apply(PLAIN)
    removed = [entry for params in sent.of("RemoveListenerCertificates") for entry in params["Certificates"]]
    assert {"CertificateArn": further} in removed
    assert sent.only("ModifyListener")["Protocol"] == "HTTP"
    case.destroy(PLAIN)


def test_a_change_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(HTTPS, MODERN)
