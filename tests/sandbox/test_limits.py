"""Rules 21, 23, 25, 26, 30: names, quotas, batches, pages, and the other services."""

from typing import Any

import pytest

from .kit import Kit, forward, plain, refused


@pytest.mark.parametrize("name", ["x" * 33, "a_b", "-a", "a-", "internal-a"])
def test_rule_21_names(kit: Kit, name: str) -> None:
    with refused("ValidationError"):
        kit.balancer(name)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidConfigurationRequest", {"HealthCheckProtocol": "TCP"}),
        ("ValidationError", {"HealthCheckProtocol": "UDP"}),
        ("ValidationError", {"HealthCheckIntervalSeconds": 400}),
        ("ValidationError", {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5}),
        ("ValidationError", {"HealthyThresholdCount": 11}),
        ("ValidationError", {"Matcher": {"HttpCode": "600"}}),
        ("ValidationError", {"HealthCheckPort": "70000"}),
        ("ValidationError", {"HealthCheckPath": "health"}),
        ("InvalidConfigurationRequest", {"HealthCheckEnabled": False}),
        ("ValidationError", {"Protocol": "GENEVE", "Port": 80}),
        ("ValidationError", {"TargetType": "alb"}),
    ],
)
def test_rule_21_health_checks(kit: Kit, code: str, more: dict[str, Any]) -> None:
    with refused(code):
        kit.group(**more)


def test_rule_21_a_change_is_checked_like_a_creation(kit: Kit) -> None:
    group = kit.group()
    with refused("ValidationError"):
        kit.elb.modify_target_group(TargetGroupArn=group, HealthCheckTimeoutSeconds=60)
    group_after = kit.elb.modify_target_group(TargetGroupArn=group, HealthCheckPath="/h")["TargetGroups"][0]
    assert (group_after["HealthCheckPath"], group_after["HealthCheckTimeoutSeconds"]) == ("/h", 5)


@pytest.mark.parametrize(("key", "value"), [("idle_timeout.timeout_seconds", "5000"), ("made.up", "1")])
def test_rule_21_attributes(kit: Kit, key: str, value: str) -> None:
    arn = kit.balancer()["LoadBalancerArn"]
    with refused("ValidationError"):
        kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}])


NET = {"Type": "network"}


@pytest.mark.parametrize(
    ("code", "values", "more"),
    [
        ("ValidationError", {"access_logs.s3.bucket": ""}, {}),
        ("ValidationError", {"health_check_logs.s3.bucket": ""}, {}),
        ("InvalidConfigurationRequest", {"connection_logs.s3.enabled": "true"}, {}),
        ("InvalidConfigurationRequest", {"secondary_ips.auto_assigned.per_subnet": "1"}, NET),
    ],
)
def test_rule_21_invalid_attributes_of_a_balancer(
    kit: Kit, code: str, values: dict[str, str], more: dict[str, str]
) -> None:
    arn = kit.balancer(**more)["LoadBalancerArn"]
    if more:
        high = [{"Key": key, "Value": "2"} for key in values]
        kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=high)
    with refused(code):
        attributes = [{"Key": key, "Value": value} for key, value in values.items()]
        kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


DRAINING = "target_health_state.unhealthy.draining_interval_seconds"
GENEVE = {"Protocol": "GENEVE", "Port": 6081}


@pytest.mark.parametrize(
    ("code", "values", "more"),
    [
        ("InvalidConfigurationRequest", {DRAINING: "60"}, {"Protocol": "TCP"}),
        ("InvalidConfigurationRequest", {"preserve_client_ip.enabled": "false"}, {"Protocol": "UDP"}),
        ("InvalidConfigurationRequest", {"target_failover.on_unhealthy": "rebalance"}, GENEVE),
        ("ValidationError", {"waf.http2.traffic_inspection_behavior": "inspect_immediately"}, {}),
        ("ValidationError", {"load_balancing.cross_zone.enabled": "sometimes"}, {}),
    ],
)
def test_rule_21_invalid_attributes_of_a_group(
    kit: Kit, code: str, values: dict[str, str], more: dict[str, Any]
) -> None:
    group = kit.group(**more)
    with refused(code):
        attributes = [{"Key": key, "Value": value} for key, value in values.items()]
        kit.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes)


def test_rule_24_defaults_depend_on_the_scheme(kit: Kit) -> None:
    def attributes(arn: str) -> dict[str, str]:
        pairs = kit.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {pair["Key"]: pair["Value"] for pair in pairs}

    key = "ipv6.deny_all_igw_traffic"
    assert attributes(kit.balancer("inside", Scheme="internal")["LoadBalancerArn"])[key] == "true"
    assert attributes(kit.balancer("outside")["LoadBalancerArn"])[key] == "false"


def test_rule_23_quotas(kit: Kit) -> None:
    for name in (
        "load_balancers",
        "target_groups",
        "listeners_per_lb",
        "rules_per_lb",
        "targets_per_group",
        "elastic_ips",
    ):
        kit.box.quota(name, 1)
    group, balancer = kit.group(), kit.balancer()["LoadBalancerArn"]
    listener = kit.listener(balancer, group)
    kit.rule(listener, 1, group)
    kit.ec2.allocate_address(Domain="vpc")
    with refused("TooManyLoadBalancers"):
        kit.balancer("two")
    kit.balancer("other-type", Type="network")
    with refused("TooManyTargetGroups"):
        kit.group("two")
    with refused("TooManyListeners"):
        kit.listener(balancer, group, 81)
    with refused("TooManyRules"):
        kit.rule(listener, 2, group)
    with refused("AddressLimitExceeded"):
        kit.ec2.allocate_address(Domain="vpc")
    kit.box.quota("groups_per_lb", 1)
    kit.box.quota("target_groups", 3)
    with refused("TooManyUniqueTargetGroupsPerLoadBalancer"):
        kit.elb.modify_listener(ListenerArn=listener, DefaultActions=[forward(kit.group("two"))])
    with refused("TooManyTargets"):
        targets = [{"Id": kit.instance()}, {"Id": kit.instance(kit.default_group)}]
        kit.elb.register_targets(TargetGroupArn=group, Targets=targets)


def test_rule_23_certificates_and_groups_of_an_action(kit: Kit) -> None:
    kit.box.quota("certificates_per_lb", 1)
    certificates = [{"CertificateArn": kit.issued()}]
    group = kit.group()
    balancer = kit.balancer()["LoadBalancerArn"]
    listener = kit.listener(balancer, group, 443, Protocol="HTTPS", Certificates=certificates)
    extra = [kit.issued(f"{letter}.example.com") for letter in "bc"]
    kit.elb.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": extra[0]}])
    with refused("TooManyCertificates"):
        kit.elb.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": extra[1]}])
    groups = [kit.group(f"g{number}") for number in range(6)]
    with refused("ValidationError"):
        kit.listener(balancer, group, 81, DefaultActions=[forward(*groups, weights=(1,) * 6)])


def test_rule_25_one_missing_name_fails_the_batch(kit: Kit) -> None:
    balancer, group = kit.balancer()["LoadBalancerArn"], kit.group()
    listener = kit.listener(balancer, group)
    with refused("LoadBalancerNotFound"):
        kit.elb.describe_load_balancers(Names=["web", "nobody"])
    with refused("TargetGroupNotFound"):
        kit.elb.describe_target_groups(Names=["web", "nobody"])
    with refused("ListenerNotFound"):
        kit.elb.describe_listeners(ListenerArns=[listener, listener + "0"])
    with refused("RuleNotFound"):
        kit.elb.describe_rules(RuleArns=[listener.replace(":listener/", ":listener-rule/") + "/0"])
    with refused("LoadBalancerNotFound"):
        kit.elb.describe_tags(ResourceArns=[balancer, balancer + "0"])
    with refused("ValidationError"):
        kit.elb.describe_tags(ResourceArns=[balancer] * 21)
    with refused("ValidationError"):
        kit.elb.describe_load_balancers(LoadBalancerArns=[balancer] * 21)


def test_rule_26_pages(kit: Kit) -> None:
    for number in range(5):
        kit.group(f"g{number}")
    pages = kit.elb.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 2})
    sizes = [len(page["TargetGroups"]) for page in pages]
    assert sizes == [2, 2, 1]
    kit.box.quota("page", 3)
    assert len(kit.elb.describe_target_groups()["TargetGroups"]) == 3
    with refused("ValidationError"):
        kit.elb.describe_target_groups(Marker="junk")


def test_resources_are_found_by_tag(kit: Kit) -> None:
    tags = [{"Key": "elbplan:stack", "Value": "s"}]
    group = kit.group()
    listener = kit.listener(kit.balancer()["LoadBalancerArn"], group, Tags=tags)
    kit.elb.add_tags(ResourceArns=[kit.rule(listener, 1, group)], Tags=tags)
    kit.ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}])
    kit.ssm.put_parameter(Name="/elbplan/s", Value="1", Type="String", Tags=tags)
    kinds = {arn.split(":", 5)[5].split("/")[0] for arn in kit.box.tagged("s")}
    assert kinds == {"listener", "listener-rule", "elastic-ip", "parameter"}


def test_a_service_that_moto_would_answer_wrongly_is_refused(kit: Kit) -> None:
    with refused("InvalidAction"):
        kit.box.client("service-quotas", "eu-central-1").list_services()


def test_rule_30_parameters_are_created_once(kit: Kit) -> None:
    kit.ssm.put_parameter(Name="/elbplan/lock", Value="a", Type="String")
    with refused("ParameterAlreadyExists"):
        kit.ssm.put_parameter(Name="/elbplan/lock", Value="b", Type="String")
    with refused("ValidationException"):
        kit.ssm.put_parameter(Name="/elbplan/big", Value="x" * 4097, Type="String")
    with refused("ValidationException"):
        kit.ssm.put_parameter(Name="/elbplan/*.example.com", Value="a", Type="String")
    with refused("HierarchyTypeMismatchException"):
        kit.ssm.put_parameter(Name="/elbplan/lock", Value="b", Type="StringList", Overwrite=True)
    assert len(kit.ssm.get_parameters_by_path(Path="/elbplan")["Parameters"]) == 1
    kit.ssm.delete_parameter(Name="/elbplan/lock")


def test_rule_30_web_acls(kit: Kit) -> None:
    waf = kit.box.client("wafv2", "eu-central-1")
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    params = {"Name": "acl", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visible}
    acl = waf.create_web_acl(**params)["Summary"]
    with refused("WAFDuplicateItemException"):
        waf.create_web_acl(**params)
    with refused("WAFNonexistentItemException"):
        waf.associate_web_acl(
            WebACLArn=acl["ARN"], ResourceArn="arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/a"
        )
    network = kit.balancer("net", Type="network")["LoadBalancerArn"]
    with refused("WAFInvalidParameterException"):
        waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=network)
    balancer = kit.balancer()["LoadBalancerArn"]
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=balancer)
    assert waf.list_resources_for_web_acl(WebACLArn=acl["ARN"])["ResourceArns"] == [balancer]
    with refused("WAFAssociatedItemException"):
        waf.delete_web_acl(Name="acl", Scope="REGIONAL", Id=acl["Id"], LockToken=acl["LockToken"])
    kit.elb.delete_load_balancer(LoadBalancerArn=balancer)
    waf.delete_web_acl(Name="acl", Scope="REGIONAL", Id=acl["Id"], LockToken=acl["LockToken"])


def test_account_limits_can_be_read(kit: Kit) -> None:
    limits = {limit["Name"]: limit["Max"] for limit in kit.elb.describe_account_limits()["Limits"]}
    assert limits["rules-per-application-load-balancer"] == "100"


def test_rule_26_records_come_in_pages(kit: Kit) -> None:
    kit.change(*(("CREATE", plain(f"n{number}.example.com", "A", "192.0.2.1")) for number in range(5)))
    kit.box.quota("page", 2)
    pages = kit.dns.get_paginator("list_resource_record_sets").paginate(HostedZoneId=kit.zone)
    assert [len(page["ResourceRecordSets"]) for page in pages] == [2, 2, 2, 1]


def test_rule_23_some_new_accounts_may_not_create_load_balancers(kit: Kit) -> None:
    kit.box.switch("new_account", True)
    try:
        with refused("OperationNotPermitted"):
            kit.balancer()
    finally:
        kit.box.switch("new_account", False)


def test_rule_23_forty_requests_at_once(kit: Kit) -> None:
    kit.box.switch("elb_rate", True)
    try:
        with refused("Throttling"):
            for _ in range(200):
                kit.elb.describe_account_limits()
    finally:
        kit.box.switch("elb_rate", False)


def test_rule_23_quotas_of_route_53(kit: Kit) -> None:
    limit = kit.dns.get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")
    assert (limit["Limit"]["Value"], limit["Count"]) == (500, 1)
    kit.box.quota("hosted_zones", 1)
    with refused("TooManyHostedZones"):
        kit.dns.create_hosted_zone(Name="more.net", CallerReference="more")
    kit.box.quota("health_checks", 0)
    check = {"Type": "HTTP", "FullyQualifiedDomainName": "a.example.com"}
    with refused("TooManyHealthChecks"):
        kit.dns.create_health_check(CallerReference="a", HealthCheckConfig=check)
