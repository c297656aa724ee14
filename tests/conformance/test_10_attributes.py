"""LB attributes.

One ModifyLoadBalancerAttributes with only the changed keys, at most twenty in a call. One that the spec no longer names
returns to AWS's default.
"""

from __future__ import annotations

import pytest

from elbplan.kinds.aws.load_balancer_attributes import DEFAULTS

from .kit import Case

APPLICATION = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
NETWORK = APPLICATION + "type: network\n"
GATEWAY = """
name: my-web
region: ap-northeast-2
type: gateway
zones: [a, c]
targets: {ips: [172.31.0.5]}
"""

WORDS = [
    (APPLICATION, "idle_timeout: 2m", "idle_timeout.timeout_seconds", "120"),
    (APPLICATION, "keep_alive: 10m", "client_keep_alive.seconds", "600"),
    (APPLICATION, "http2: false", "routing.http2.enabled", "false"),
    (APPLICATION, "desync: strictest", "routing.http.desync_mitigation_mode", "strictest"),
    (APPLICATION, "drop_invalid_headers: true", "routing.http.drop_invalid_header_fields.enabled", "true"),
    (APPLICATION, "preserve_host: true", "routing.http.preserve_host_header.enabled", "true"),
    (APPLICATION, "client_port: true", "routing.http.xff_client_port.enabled", "true"),
    (APPLICATION, "forwarded_for: preserve", "routing.http.xff_header_processing.mode", "preserve"),
    (APPLICATION, "tls_headers: true", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "true"),
    (APPLICATION, "routing.http.x_amzn_tls_kx.enabled: true", "routing.http.x_amzn_tls_kx.enabled", "true"),
    (APPLICATION, "waf_fail_open: true", "waf.fail_open.enabled", "true"),
    (APPLICATION, "zonal_shift: true", "zonal_shift.config.enabled", "true"),
    (APPLICATION, "ipv6.deny_all_igw_traffic: true", "ipv6.deny_all_igw_traffic", "true"),
    (NETWORK, "cross_zone: true", "load_balancing.cross_zone.enabled", "true"),
    (NETWORK, "client_routing: zone", "dns_record.client_routing_policy", "availability_zone_affinity"),
    (NETWORK, "client_routing: partial", "dns_record.client_routing_policy", "partial_availability_zone_affinity"),
    (NETWORK, "zonal_shift: true", "zonal_shift.config.enabled", "true"),
    (GATEWAY, "cross_zone: true", "load_balancing.cross_zone.enabled", "true"),
]


@pytest.mark.parametrize(("spec", "words", "key", "value"), WORDS, ids=[f"{w[1]}" for w in WORDS])
def test_a_word_sets_one_attribute_and_without_it_the_default_returns(
    case: Case, spec: str, words: str, key: str, value: str
) -> None:
    case.apply(spec)
    sent = case.apply(f"{spec}attributes: {{{words}}}\n")
    assert sent.actions == ["ModifyLoadBalancerAttributes"]
    assert sent.only("ModifyLoadBalancerAttributes")["Attributes"] == [{"Key": key, "Value": value}]
    type = "network" if "type: network" in spec else "gateway" if "type: gateway" in spec else "application"
    back = case.apply(spec).only("ModifyLoadBalancerAttributes")["Attributes"]
    assert back == [{"Key": key, "Value": DEFAULTS[type][key]}]


def test_an_internal_load_balancer_has_another_default(case: Case) -> None:
    spec = APPLICATION + "access: internal\n"
    sent = case.apply(spec + "attributes: {ipv6.deny_all_igw_traffic: false}\n")
    changed = sent.only("ModifyLoadBalancerAttributes")["Attributes"]
    assert changed == [{"Key": "ipv6.deny_all_igw_traffic", "Value": "false"}]
    back = case.apply(spec).only("ModifyLoadBalancerAttributes")["Attributes"]
    assert back == [{"Key": "ipv6.deny_all_igw_traffic", "Value": "true"}]
    case.destroy(spec)


def test_more_than_twenty_attributes_take_two_calls(case: Case) -> None:
    case.box.switch("new_attributes", True)
    many = ", ".join(f"brand.new.number_{number:02}: 1" for number in range(25))
    first, second = case.apply(f"{APPLICATION}attributes: {{{many}}}\n").of("ModifyLoadBalancerAttributes")
    assert [len(first["Attributes"]), len(second["Attributes"])] == [20, 5]


def test_drift_of_an_attribute_is_healed(case: Case) -> None:
    case.apply(APPLICATION)
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "zonal_shift.config.enabled", "Value": "true"}],
    )
    (attribute,) = case.apply(APPLICATION).only("ModifyLoadBalancerAttributes")["Attributes"]
    assert attribute == {"Key": "zonal_shift.config.enabled", "Value": "false"}


def test_secondary_addresses_grow_in_place_and_never_decrease(case: Case) -> None:
    with_number = NETWORK + "attributes: {secondary_addresses: NUMBER}\n"
    case.apply(with_number.replace("NUMBER", "2"))
    (attribute,) = case.apply(with_number.replace("NUMBER", "3")).only("ModifyLoadBalancerAttributes")["Attributes"]
    assert attribute["Value"] == "3"
    (change,) = [
        change
        for change in case.plan(with_number.replace("NUMBER", "1")).changes
        if change.address.kind == "load_balancer"
    ]
    assert (change.action, change.fields) == ("replace", ("attributes",))
    assert case.plan(NETWORK).empty, "without the word, the addresses stay"


def test_killed_after_each_write(case: Case) -> None:
    after = APPLICATION + "attributes: {http2: false, desync: monitor}\n"
    case.crash_sweep(APPLICATION, after, allow=["protection-removed"])
