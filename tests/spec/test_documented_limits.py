"""Limits that AWS states in words, not in its models: for each, its source and the wrong spec that shows the refusal.

What the models state is in tests/knobs/test_limits.py; quotas that AWS raises are looked up before the first write.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .kit import BAD, problems

GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
ELB = f"{GUIDE}APIReference/API_"
ALB, NLB = f"{GUIDE}application/", f"{GUIDE}network/"
R53 = "https://docs.aws.amazon.com/Route53/latest/"
EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_"

DOCUMENTED: Mapping[str, tuple[str, ...]] = {
    f"{ELB}CreateLoadBalancer.html": ("lb_name_internal", "lb_name_dash", "lb_one_zone"),
    f"{ELB}LoadBalancerAttribute.html": (
        "lb_idle_timeout_range", "lb_keep_alive_range", "lb_desync_word", "lb_forwarded_for_word", "lb_secondary_range",
        "lb_attribute_of_application", "lb_attribute_of_network", "lb_attribute_of_gateway",
    ),
    f"{NLB}request-capacity-unit-reservation.html": ("lb_capacity_beside_tls",),
    f"{ELB}CreateListener.html": ("dualstack_udp", "https_without_certificate", "http_on_network"),
    f"{ELB}ListenerAttribute.html": ("listener_idle_timeout_range", "listener_request_headers_on_http"),
    f"{ELB}CreateRule.html": ("priority_high", "priority_zero", "conditions", "condition_wildcards"),
    f"{ELB}RuleCondition.html": ("condition_host_twice", "condition_header_host", "condition_header_wildcard"),
    f"{ELB}HttpHeaderConditionConfig.html": ("condition_header_name_long", "condition_header_value_long"),
    f"{ELB}RedirectActionConfig.html": ("redirects",),
    f"{ELB}FixedResponseActionConfig.html": ("answers",),
    f"{ELB}ForwardActionConfig.html": ("forward_six_groups", "forward_weight", "forward_sticky_too_long"),
    f"{ELB}TargetGroupAttribute.html": (
        "group_attribute_algorithm", "group_attribute_draining", "group_attribute_of_network", "slow_start",
        "group_cookie_reserved", "group_network_sticky_time", "sticky_network_cookie",
    ),
    f"{ELB}CreateTargetGroup.html": ("group_health_threshold", "group_health_timeout", "group_health_grpc_codes"),
    f"{ELB}TargetDescription.html": ("target_zone_of_instance", "target_loopback", "target_port"),
    f"{ELB}RewriteConfig.html": ("rewrite_long",),
    f"{ALB}lambda-functions.html": ("function_of_another_region", "function_of_another_account"),
    f"{NLB}application-load-balancer-target.html": ("group_alb_of_another_region", "group_alb_not_tcp"),
    f"{ALB}load-balancer-limits.html": ("many_tags", "mtls_three_listeners"),
    "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html": ("lb_groups_many",),
    f"{EC2}CreateSecurityGroup.html": ("security_group_name", "security_group_description"),
    f"{EC2}IpPermission.html": ("security_group_protocol",),
    f"{EC2}IpRange.html": ("security_group_rule_description",),
    f"{EC2}SpotMarketOptions.html": ("server_spot_price_too_low",),
    f"{EC2}EbsBlockDevice.html": ("server_volume_size", "server_volume_iops_ratio", "server_volume_throughput"),
    "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html": ("certificate_too_many_names",),
    f"{R53}APIReference/API_ResourceRecordSet.html": ("record_weight_out_of_range", "record_geolocation_subdivision"),
    f"{R53}APIReference/API_HealthCheckConfig.html": ("health_check_interval", "health_check_two_regions"),
    f"{R53}DeveloperGuide/ResourceRecordTypes.html": ("record_cname_at_the_apex",),
}  # fmt: skip
"""By page of AWS's documentation, the files in bad/."""

FILES = {path.stem: path for path in BAD}


@pytest.mark.parametrize("page", DOCUMENTED, ids=lambda page: page.rpartition("/")[2])
def test_a_documented_limit_is_refused(page: str) -> None:
    for name in DOCUMENTED[page]:
        assert name in FILES, page
        found = problems(FILES[name].read_text(encoding="utf-8"))
        assert all(problem.what for problem in found), name
