"""NLB TLS with ALPN, TCP idle timeout, gateway listener: no port and protocol there, attributes after the create.

Provider: TestAccELBV2Listener_Protocol_tls, _Gateway_basic, _attributes_gwlb_TCPIdleTimeoutSeconds.
"""

from __future__ import annotations

from .kit import Case

TLS = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
domain: api.example.com
remove_validation: true
groups: {web: {ips: [172.31.0.9], port: 80}}
listeners:
  - {listen: 443/tls, forward: web, alpn: http2-preferred}
"""
OTHER_ALPN = TLS.replace("http2-preferred", "http1")
NO_ALPN = TLS.replace(", alpn: http2-preferred", "")
TCP = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
groups: {web: {ips: [172.31.0.9], port: 80}}
listeners:
  - {listen: 443/tcp, forward: web, idle_timeout: 10m}
"""
TCP_DEFAULT = TCP.replace(", idle_timeout: 10m", "")
GATEWAY = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: gateway
groups: {web: {ips: [172.31.0.9]}}
listeners:
  - {forward: web, idle_timeout: 400s, tcp_reset: true}
"""
GATEWAY_DEFAULT = GATEWAY.replace(", idle_timeout: 400s, tcp_reset: true", "")


def attributes(params: dict[str, object]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in params["Attributes"]}  # type: ignore[attr-defined]


def test_alpn_is_set_changed_and_cleared_and_tls_has_no_attributes(case: Case) -> None:
    sent = case.apply(TLS)
    assert sent.only("CreateListener")["AlpnPolicy"] == ["HTTP2Preferred"]
    assert case.apply(OTHER_ALPN).only("ModifyListener")["AlpnPolicy"] == ["HTTP1Only"]
    assert case.apply(NO_ALPN).only("ModifyListener")["AlpnPolicy"] == ["None"]
    case.box.clear_calls()
    assert case.plan(NO_ALPN).empty
    asked = {call.action for call in case.box.calls}
    assert "DescribeListenerCertificates" in asked
    assert "DescribeListenerAttributes" not in asked
    case.destroy(NO_ALPN)


def test_tls_becomes_tcp_in_place_and_back(case: Case) -> None:
    tls = TLS.replace("remove_validation: true\n", "")
    case.apply(tls)
    sent = case.apply(TCP)
    params = sent.only("ModifyListener")
    assert params["Protocol"] == "TCP"
    assert not {"Certificates", "SslPolicy", "AlpnPolicy"} & set(params)
    assert attributes(sent.only("ModifyListenerAttributes")) == {"tcp.idle_timeout.seconds": "600"}
    back = case.apply(tls).only("ModifyListener")
    assert (back["Protocol"], back["AlpnPolicy"], len(back["Certificates"])) == ("TLS", ["HTTP2Preferred"], 1)
    case.destroy(tls)


def test_an_idle_timeout_that_is_dropped_returns_to_the_default(case: Case) -> None:
    sent = case.apply(TCP)
    assert sent.position("CreateListener") < sent.position("ModifyListenerAttributes")
    dropped = case.apply(TCP_DEFAULT)
    assert dropped.actions == ["ModifyListenerAttributes"]
    assert attributes(dropped.only("ModifyListenerAttributes")) == {"tcp.idle_timeout.seconds": "350"}
    case.destroy(TCP_DEFAULT)


def test_a_gateway_listener_has_neither_port_nor_protocol(case: Case) -> None:
    sent = case.apply(GATEWAY)
    assert not {"Port", "Protocol"} & set(sent.only("CreateListener"))
    assert attributes(sent.only("ModifyListenerAttributes")) == {
        "tcp.idle_timeout.seconds": "400",
        "send_tcp_reset.on_idle_timeout.enabled": "true",
    }
    dropped = attributes(case.apply(GATEWAY_DEFAULT).only("ModifyListenerAttributes"))
    assert dropped == {"tcp.idle_timeout.seconds": "350", "send_tcp_reset.on_idle_timeout.enabled": "false"}
    case.destroy(GATEWAY_DEFAULT)


def test_a_change_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(TCP, TCP_DEFAULT)
