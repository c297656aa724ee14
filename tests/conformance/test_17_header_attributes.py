"""Header attributes: set, changed, and removed, which resets them to "".

Provider: TestAccELBV2Listener_attributes_alb_HTTPSRequestHeaders.
"""

from __future__ import annotations

from typing import Any

from .kit import Case

BASE = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
remove_validation: true
listeners:
  - listen: 443/https
    respond: 200
"""
HEADERS = f"""{BASE.rstrip()}
    hsts: 365d
    csp: default-src 'self'
    cors: {{origin: https://example.com, methods: [GET, POST], credentials: true, max_age: 1h}}
    response_headers: {{X-Frame-Options: DENY, X-Content-Type-Options: nosniff}}
    server_header: false
    request_headers: {{tls_version: X-Tls, client_certificate_subject: X-Subject}}
"""
CHANGED = HEADERS.replace("DENY", "SAMEORIGIN").replace("X-Tls", "X-Tls-Version")
RESPONSE = "routing.http.response."
EXPECTED = {
    f"{RESPONSE}strict_transport_security.header_value": "max-age=31536000",
    f"{RESPONSE}content_security_policy.header_value": "default-src 'self'",
    f"{RESPONSE}access_control_allow_origin.header_value": "https://example.com",
    f"{RESPONSE}access_control_allow_methods.header_value": "GET, POST",
    f"{RESPONSE}access_control_allow_credentials.header_value": "true",
    f"{RESPONSE}access_control_max_age.header_value": "3600",
    f"{RESPONSE}x_frame_options.header_value": "DENY",
    f"{RESPONSE}x_content_type_options.header_value": "nosniff",
    f"{RESPONSE}server.enabled": "false",
    "routing.http.request.x_amzn_tls_version.header_name": "X-Tls",
    "routing.http.request.x_amzn_mtls_clientcert_subject.header_name": "X-Subject",
}


def attributes(params: dict[str, Any]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in params["Attributes"]}


def test_headers_are_set_after_the_create_changed_alone_and_reset(case: Case) -> None:
    sent = case.apply(HEADERS)
    assert attributes(sent.only("ModifyListenerAttributes")) == EXPECTED
    changed = case.apply(CHANGED)
    assert changed.actions == ["ModifyListenerAttributes"]
    assert attributes(changed.only("ModifyListenerAttributes")) == {
        f"{RESPONSE}x_frame_options.header_value": "SAMEORIGIN",
        "routing.http.request.x_amzn_tls_version.header_name": "X-Tls-Version",
    }
    reset = attributes(case.apply(BASE).only("ModifyListenerAttributes"))
    assert reset == {key: "true" if key.endswith("enabled") else "" for key in EXPECTED}
    case.destroy(BASE)


def test_an_attribute_that_somebody_set_is_drift(case: Case) -> None:
    case.apply(HEADERS)
    elb = case.client("elbv2")
    balancer = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    pairs = [{"Key": f"{RESPONSE}server.enabled", "Value": "true"}]
    elb.modify_listener_attributes(ListenerArn=listener["ListenerArn"], Attributes=pairs)
    (step,) = case.plan(HEADERS).steps
    assert (step.do, str(step.address)) == ("update", "listener.443")
    healed = case.apply(HEADERS)
    assert attributes(healed.only("ModifyListenerAttributes")) == {f"{RESPONSE}server.enabled": "false"}
    case.destroy(HEADERS)


def test_a_change_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(HEADERS, CHANGED)
