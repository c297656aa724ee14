"""Load balancers: attributes have known defaults, zones and groups widen before they narrow, names are remembered."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Step
from elbplan.core.resource import differing_fields, immutable
from elbplan.kinds.aws.alias_tags import RECORDS, record_tags
from elbplan.kinds.aws.load_balancer_attributes import DEFAULTS
from elbplan.kinds.aws.ownership import TAG_VALUE
from elbplan.kinds.aws.ownership_steps import change_ownership
from elbplan.kinds.load_balancer import KIND, LoadBalancer

from .kit import BALANCER, DNS, at, one, operations, owned, play, read

A, C, D = AwsId("subnet-a"), AwsId("subnet-c"), AwsId("subnet-d")


def balancer(*subnets, **rest):
    return LoadBalancer(subnets=subnets or (A, C), **rest)


def live(attributes=(), tags=(), **rest):
    raw = {
        "LoadBalancerArn": BALANCER, "LoadBalancerName": "shop", "DNSName": DNS, "CanonicalHostedZoneId": "Z1",
        "Type": "application", "Scheme": "internet-facing", "IpAddressType": "ipv4", "State": {"Code": "active"},
        "VpcId": "vpc-1", "SecurityGroups": ["sg-1"],
        "AvailabilityZones": [{"SubnetId": "subnet-c"}, {"SubnetId": "subnet-a"}], **rest,
    }  # fmt: skip
    answers = {
        "DescribeLoadBalancers": {"LoadBalancers": [raw]},
        "DescribeLoadBalancerAttributes": {"Attributes": [{"Key": k, "Value": v} for k, v in dict(attributes).items()]},
        "tags": {BALANCER: [*owned("load_balancer.main"), *tags]},
    }
    return read(KIND, answers)


def change(want, have):
    return differing_fields(have, KIND.with_live_defaults(want, have))


def test_a_plain_balancer_is_as_aws_makes_it():
    found = one(live())
    assert change(balancer(), found.model) == ()
    assert (found.facts["dns_name"], found.facts["zone_id"]) == (DNS, "Z1")


def test_subnets_and_groups_are_sets():
    assert balancer(A, C, security_groups=(AwsId("sg-2"), AwsId("sg-1"))) == balancer(
        C, A, C, security_groups=(AwsId("sg-1"), AwsId("sg-2"))
    )


def test_an_attribute_nobody_named_means_the_default_and_drift_is_seen():
    assert change(balancer(), one(live({"idle_timeout.timeout_seconds": "61"})).model) == ("attributes",)


def test_an_attribute_nobody_has_heard_of_is_left_alone():
    assert change(balancer(), one(live({"brand.new": "1"})).model) == ()


def test_who_holds_a_name_is_known_though_it_is_not_ours():
    assert live().names_in_use == {"shop": BALANCER}


@pytest.mark.parametrize("type", ["application", "network", "gateway"])
def test_only_attributes_that_are_no_default_are_sent_after_the_creation(type):
    raw = {"LoadBalancerArn": BALANCER, "LoadBalancerName": "shop"}
    attributes = {**DEFAULTS[type], "deletion_protection.enabled": "true"}
    want = balancer(type=type, attributes=attributes)
    calls, facts = play(KIND.create(want, at(KIND, "main")), {"CreateLoadBalancer": {"LoadBalancers": [raw]}})
    assert operations(calls) == ["CreateLoadBalancer", "ModifyLoadBalancerAttributes"]
    assert calls[1].params["Attributes"] == [{"Key": "deletion_protection.enabled", "Value": "true"}]
    assert facts["id"] == BALANCER


def test_attributes_go_out_twenty_at_a_time():
    many = {f"key.{number:02}": "1" for number in range(45)}
    calls, _ = play(KIND.update(balancer(), balancer(attributes=many), at(KIND, id=BALANCER)))
    assert [len(call.params["Attributes"]) for call in calls] == [20, 20, 5]


def test_the_attributes_of_one_log_go_out_together():
    many = {f"access_key.{number:02}": "1" for number in range(18)}
    logs = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "b", "access_logs.s3.prefix": "p"}
    calls, _ = play(KIND.update(balancer(), balancer(attributes=many | logs), at(KIND, id=BALANCER)))
    assert [len(call.params["Attributes"]) for call in calls] == [18, 3]


@pytest.mark.parametrize("logs", ["access_logs", "connection_logs", "health_check_logs"])
def test_a_log_that_is_switched_off_keeps_its_place(logs):
    there = {f"{logs}.s3.enabled": "true", f"{logs}.s3.bucket": "b", f"{logs}.s3.prefix": "p"}
    now = one(live(attributes=there)).model
    calls, _ = play(KIND.update(now, KIND.with_live_defaults(balancer(), now), at(KIND, id=BALANCER)))
    assert calls[0].params["Attributes"] == [{"Key": f"{logs}.s3.enabled", "Value": "false"}]


def test_zones_and_groups_widen_before_they_narrow():
    before = balancer(A, C, security_groups=(AwsId("sg-1"),))
    after = balancer(A, D, security_groups=(AwsId("sg-2"),))
    (first, wide), (last, narrow) = KIND.update_path(before, after, set())
    assert (first, wide.subnets) == ("expand", (A, C, D))
    assert wide.security_groups == (AwsId("sg-1"), AwsId("sg-2"))
    assert (last, narrow) == ("contract", after)


def test_two_subnets_of_one_zone_may_be_refused_on_the_way_but_not_at_its_end():
    for before, after, refused in ((balancer(A), balancer(A, D), True), (balancer(A, D), balancer(D), False)):
        calls, _ = play(KIND.update(before, after, at(KIND, id=BALANCER)))
        assert operations(calls) == ["SetSubnets"]
        assert bool(calls[0].done_if) is refused


def test_groups_and_address_type_change_in_place():
    after = balancer(security_groups=(AwsId("sg-2"),), ip_address_type="dualstack")
    before = balancer(security_groups=(AwsId("sg-1"),))
    calls, _ = play(KIND.update(before, after, at(KIND, id=BALANCER)))
    assert operations(calls) == ["SetSecurityGroups", "SetIpAddressType"]


def test_groups_the_spec_does_not_speak_of_stay():
    assert KIND.with_live_defaults(balancer(), one(live()).model).security_groups == (AwsId("sg-1"),)


def test_names_that_point_here_fit_into_tags_and_read_back():
    names = sorted(f"Z0123456789ABC/host-{number}.example.com/A" for number in range(20))
    tags = record_tags(names)
    assert all(len(value) <= TAG_VALUE for value in tags.values())
    assert len(tags) > 1
    said = [{"Key": key, "Value": value} for key, value in tags.items()]
    assert sorted(one(live(tags=said)).model.records) == names


def test_a_name_that_is_dropped_is_forgotten():
    before = balancer(records=("Z1/a.example.com/A", "Z1/b.example.com/A"))
    calls, _ = play(KIND.update(before, balancer(records=("Z1/b.example.com/A",)), at(KIND, id=BALANCER)))
    assert operations(calls) == ["AddTags"]
    calls, _ = play(KIND.update(before, balancer(), at(KIND, id=BALANCER)))
    assert operations(calls) == ["RemoveTags"]
    assert calls[0].params["TagKeys"] == [RECORDS]


def memory(calls):
    """What security groups are told to remember, by call: the groups, and the tags or keys."""
    said = [call for call in calls if call.service == "ec2"]
    assert all(call.optional for call in said), "a role that may not tag can make balancers all the same"
    return [(c.operation, c.params["Resources"], [(t["Key"], t.get("Value")) for t in c.params["Tags"]]) for c in said]


OWN, THEIRS = Address("security_group", "lb"), AwsId("sg-9")
NAMES = ("Z1/a.example.com/A", "Z1/b.example.com/A")
KEY = f"elbplan:balancer/{DNS}"


def test_the_stacks_own_security_groups_remember_a_new_balancers_names():
    raw = {"LoadBalancerArn": BALANCER, "LoadBalancerName": "shop", "DNSName": DNS}
    place = at(KIND, "main", ids={OWN: "sg-1"})
    want = balancer(security_groups=(OWN, THEIRS), records=NAMES)
    calls, _ = play(KIND.create(want, place), {"CreateLoadBalancer": {"LoadBalancers": [raw]}})
    assert memory(calls) == [("CreateTags", ["sg-1"], [(KEY, " ".join(NAMES))])]


def test_they_follow_its_names_and_forget_it_with_its_end():
    place = at(KIND, id=BALANCER, facts={"dns_name": DNS})
    place.ids = {**place.ids, OWN: "sg-1"}
    with_names, bare = (balancer(security_groups=(OWN,), records=names) for names in (NAMES, ()))
    fewer = with_names.model_copy(update={"records": NAMES[:1]})
    calls, _ = play(KIND.update(with_names, fewer, place))
    assert memory(calls) == [("CreateTags", ["sg-1"], [(KEY, NAMES[0])])]
    calls, _ = play(KIND.update(with_names, bare, place))
    assert memory(calls) == [("DeleteTags", ["sg-1"], [(KEY, None)])]
    place.live = LiveResource(Address("load_balancer", "web"), BALANCER, with_names, {"dns_name": DNS})
    calls, _ = play(KIND.delete(with_names, place))
    assert operations(calls) == ["DeleteLoadBalancer", "DeleteTags"]


def test_a_group_that_joins_a_balancer_learns_its_names():
    place = at(KIND, id=BALANCER, facts={"dns_name": DNS})
    place.ids = {**place.ids, OWN: "sg-1"}
    before, after = (balancer(security_groups=(group,), records=NAMES) for group in (THEIRS, OWN))
    calls, _ = play(KIND.update(before, after, place))
    assert memory(calls) == [("CreateTags", ["sg-1"], [(KEY, " ".join(NAMES))])]


def test_a_balancer_that_is_let_go_is_forgotten_so_that_its_names_are_no_longer_ours():
    place = at(KIND, "main", id=BALANCER, facts={"dns_name": DNS})
    place.ids = {**place.ids, OWN: "sg-1"}
    old = balancer(security_groups=(OWN,), records=NAMES)
    step = Step("release load_balancer.main", "contract", "release", place.address, "", before=old)
    calls, _ = play(change_ownership(step, place))
    assert memory(calls) == [("DeleteTags", ["sg-1"], [(KEY, None)])]
    assert RECORDS in calls[0].params["TagKeys"]


def gate(name, answer):
    look = next(gate for gate in KIND.gates if gate.name == name).probe
    return play(look(balancer(), at(KIND, "main", id=BALANCER)), answer)


@pytest.mark.parametrize(
    ("code", "verdict", "cause"),
    [
        ("active", "ready", ""),
        ("active_impaired", "ready", ""),
        ("provisioning", "waiting", "because"),
        ("failed", "failed", "because"),
    ],
)
def test_what_a_balancers_state_means(code, verdict, cause):
    answer = {"LoadBalancers": [{"State": {"Code": code, "Reason": "because"}}]}
    _, sight = gate("active", {"DescribeLoadBalancers": answer})
    assert (sight.state, sight.cause) == (verdict, cause)
    found = one(live(State={"Code": code}))
    assert (KIND.pending_gate(found) == "") is (verdict == "ready")


def test_interfaces_are_asked_for_by_the_balancers_own_description():
    calls, sight = gate("interfaces", {"DescribeNetworkInterfaces": {"NetworkInterfaces": [{}]}})
    assert calls[0].params["Filters"][0]["Values"] == ["ELB app/web/50dc6c495c0c9188"]
    assert sight.state == "waiting"
    assert gate("interfaces", {"DescribeNetworkInterfaces": {"NetworkInterfaces": []}})[1].state == "ready"


def needs_replacement(want, have):
    return immutable(KIND.with_live_defaults(want, have)) != immutable(have)


@pytest.mark.parametrize(
    ("type", "have", "want", "replaced"),
    [
        ("network", (), ("sg-1",), True),
        ("network", ("sg-1",), (), True),
        ("network", ("sg-1",), ("sg-2", "sg-3"), False),
        ("network", (), None, False),
        ("network", ("sg-1",), None, False),
        ("application", ("sg-1",), ("sg-2",), False),
    ],
)
def test_a_network_balancer_neither_gets_its_first_group_nor_loses_its_last(type, have, want, replaced):
    now = one(live(Type=type, SecurityGroups=list(have))).model
    wanted = balancer(type=type, security_groups=None if want is None else tuple(map(AwsId, want)))
    assert needs_replacement(wanted, now) is replaced


def subnets_set(before, after, zones):
    """The subnets of each SetSubnets call when a network balancer in a and c changes its subnets."""
    now = [{"ZoneName": subnet.value[-1], "SubnetId": subnet.value} for subnet in (A, C)]
    answers = {
        "DescribeLoadBalancers": {"LoadBalancers": [{"AvailabilityZones": now}]},
        "DescribeSubnets": {"Subnets": [{"SubnetId": id, "AvailabilityZone": zone} for id, zone in zones.items()]},
    }
    before, after = (balancer(*subnets, type="network") for subnets in (before, after))
    calls, _ = play(KIND.update(before, after, at(KIND, id=BALANCER)), answers)
    return [call.params["Subnets"] for call in calls if call.operation == "SetSubnets"]


def test_a_network_balancer_leaves_a_zone_before_it_gets_another_subnet_there():
    other = AwsId("subnet-other")
    zones = {"subnet-other": "a"}
    assert subnets_set((A, C), (A, C, other), zones) == []
    assert subnets_set((A, C, other), (C, other), zones) == [["subnet-c"], ["subnet-other", "subnet-c"]]
    assert subnets_set((A, C), (A, C, D), {"subnet-d": "d"}) == [["subnet-a", "subnet-c", "subnet-d"]]
    assert subnets_set((A, C), (C,), {}) == [["subnet-c"]]
