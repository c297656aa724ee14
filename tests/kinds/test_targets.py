"""Targets: a set of members, in which one that is leaving does not count, and each one's health is judged."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.call import GateStatus
from elbplan.core.resource import differing_fields
from elbplan.kinds.aws.target_ids import group_arn_of
from elbplan.kinds.target import Target
from elbplan.kinds.target_group import TargetGroup
from elbplan.kinds.targets import KIND, Targets

from .kit import GROUP, REGION, at, operations, owned, play, read

ONE, TWO = "i-0000000000000000a", "i-0000000000000000b"


def targets(*members, **rest):
    return Targets(group=AwsId(GROUP), members=tuple(members), **rest)


def instance(id=ONE, port=80, **rest):
    return Target(instance=AwsId(id), port=port, **rest)


def described(id=ONE, state="healthy", port=80, reason="", description="", **target):
    health = {"State": state} | ({"Reason": reason} if reason else {})
    health |= {"Description": description} if description else {}
    return {"Target": {"Id": id, "Port": port, **target}, "TargetHealth": health}


def live(*descriptions, **group):
    raw = {"TargetGroupArn": GROUP, "TargetGroupName": "shop-web", "Port": 80, "TargetType": "instance", **group}
    answers = {
        "DescribeTargetGroups": {"TargetGroups": [raw]},
        "DescribeTargetHealth": {"TargetHealthDescriptions": list(descriptions)},
        "tags": {GROUP: owned("target_group.web")},
    }
    return read(KIND, answers).ours.get("shop", ())


def test_members_are_a_set():
    assert targets(instance(ONE), instance(TWO)) == targets(instance(TWO), instance(ONE), instance(ONE))


def test_one_that_drains_is_gone():
    (found,) = live(described(ONE), described(TWO, "draining", reason="Target.DeregistrationInProgress"))
    assert found.model.members == (instance(ONE, port=None),)
    assert live(described(ONE, "draining")) == ()


def test_one_that_aws_still_remembers_though_nobody_registered_it_is_gone():
    assert live(described(ONE, "unused", reason="Target.NotRegistered")) == ()


def test_an_unhealthy_one_is_there():
    (found,) = live(described(ONE, "unhealthy", reason="Target.Timeout"))
    assert found.model.members == (instance(ONE, port=None),)
    assert KIND.pending_gate(found) == "healthy"


def test_all_healthy_is_ready():
    (found,) = live(described(ONE), described(TWO))
    assert KIND.pending_gate(found) == ""


def test_addresses_outside_the_network_keep_their_zone_and_others_have_none():
    (found,) = live(
        described("10.9.0.1", AvailabilityZone="all"),
        described("10.0.0.1", AvailabilityZone="eu-west-1a"),
        TargetType="ip",
    )
    assert {(m.address, m.zone) for m in found.model.members} == {("10.9.0.1", "all"), ("10.0.0.1", None)}


def test_a_target_without_a_port_has_its_groups():
    (found,) = live(described(ONE, port=8080), Port=8080)
    want = targets(instance(ONE, port=None))
    assert differing_fields(found.model, KIND.with_live_defaults(want, found.model)) == ()


def test_a_port_that_is_said_though_it_is_the_groups_is_no_other_port():
    (found,) = live(described(ONE, port=8080), Port=8080)
    want = targets(instance(ONE, port=8080))
    assert differing_fields(found.model, KIND.with_live_defaults(want, found.model)) == ()


@pytest.mark.parametrize("stray", [22, 5889, 9999])
def test_a_second_registration_on_another_port_is_drift_and_the_right_one_stays(stray):
    (found,) = live(described(ONE, port=5881), described(ONE, "unhealthy", port=stray), Port=5881)
    want = KIND.with_live_defaults(targets(instance(ONE, port=None)), found.model)
    assert differing_fields(found.model, want) == ("members",)
    assert KIND.summary(found.model) == f"{ONE}, {ONE}:{stray}"
    calls, _ = play(KIND.update(found.model, want, at(KIND, facts={"port": "5881"})))
    assert [(call.operation, call.params["Targets"]) for call in calls] == [
        ("DeregisterTargets", [{"Id": ONE, "Port": stray}])
    ]


def test_the_right_port_comes_back_before_the_wrong_one_goes():
    (found,) = live(described(ONE, "unhealthy", port=5889), Port=5881)
    want = KIND.with_live_defaults(targets(instance(ONE, port=None)), found.model)
    (_, both), (_, last) = KIND.update_path(found.model, want, set())
    assert [m.port for m in both.members] == [None, 5889]
    assert last == want
    calls, _ = play(KIND.update(found.model, both, at(KIND)))
    assert [(call.operation, call.params["Targets"]) for call in calls] == [("RegisterTargets", [{"Id": ONE}])]


def test_a_target_on_its_groups_port_is_deregistered_by_that_port():
    calls, _ = play(KIND.delete(targets(instance(ONE, port=None)), at(KIND, facts={"port": "80"})))
    assert calls[0].params["Targets"] == [{"Id": ONE, "Port": 80}]


@pytest.mark.parametrize("said", [None, "eu-west-1a"])
def test_the_zone_that_aws_knows_is_no_difference(said):
    (found,) = live(described("10.0.0.1", AvailabilityZone="eu-west-1a"), TargetType="ip")
    want = targets(Target(address="10.0.0.1", zone=said))
    assert differing_fields(found.model, KIND.with_live_defaults(want, found.model)) == ()


def test_a_zone_that_the_spec_names_otherwise_is_registered_and_nothing_goes():
    (found,) = live(described("10.0.0.1", AvailabilityZone="eu-west-1a"), TargetType="ip")
    want = KIND.with_live_defaults(targets(Target(address="10.0.0.1", zone="eu-west-1b")), found.model)
    assert differing_fields(found.model, want) == ("members",)
    calls, _ = play(KIND.update(found.model, want, at(KIND)))
    assert [(call.operation, call.params["Targets"]) for call in calls] == [
        ("RegisterTargets", [{"Id": "10.0.0.1", "AvailabilityZone": "eu-west-1b"}])
    ]


def test_a_function_that_aws_tells_in_every_zone_is_the_function():
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:web"
    function = {"Target": {"Id": arn, "AvailabilityZone": "all"}, "TargetHealth": {"State": "healthy"}}
    (found,) = live(function, TargetType="lambda", Port=None)
    want = targets(Target(address=arn))
    assert differing_fields(found.model, KIND.with_live_defaults(want, found.model)) == ()


def test_register_first_deregister_after():
    calls, _ = play(KIND.update(targets(instance(ONE)), targets(instance(TWO)), at(KIND)))
    assert operations(calls) == ["RegisterTargets", "DeregisterTargets"]
    (first, wide), (last, narrow) = KIND.update_path(targets(instance(ONE)), targets(instance(TWO)), set())
    assert (first, wide) == ("expand", targets(instance(ONE), instance(TWO)))
    assert (last, narrow) == ("contract", targets(instance(TWO)))


def test_an_instance_that_has_just_started_is_not_known_yet():
    calls, facts = play(KIND.create(targets(instance()), at(KIND)))
    assert "InvalidTarget" in calls[0].retry_on
    assert facts == {"id": f"{GROUP}#targets"}
    assert group_arn_of(facts["id"]) == GROUP


def test_an_empty_group_needs_no_call():
    calls, _ = play(KIND.create(targets(), at(KIND)))
    assert calls == []


def test_a_port_named_at_registration_is_named_again():
    calls, _ = play(KIND.delete(targets(instance(port=8080)), at(KIND)))
    assert calls[0].params["Targets"] == [{"Id": ONE, "Port": 8080}]


def look(*descriptions, wanted=None, **rest):
    gate = next(gate for gate in KIND.gates if gate.name == "healthy")
    answer = {"DescribeTargetHealth": {"TargetHealthDescriptions": list(descriptions)}}
    _, sight = play(gate.probe(wanted or targets(instance(ONE), instance(TWO)), at(KIND, **rest)), answer)
    return sight


def test_the_gate_opens_when_every_wanted_target_is_healthy():
    assert look(described(ONE), described(TWO)).state == "ready"


@pytest.mark.parametrize(
    ("state", "reason", "verdict"),
    [
        ("initial", "Elb.RegistrationInProgress", "waiting"),
        ("unused", "Target.NotInUse", "waiting"),
        ("unhealthy", "Target.Timeout", "failing"),
        ("unhealthy", "Target.ResponseCodeMismatch", "failing"),
        ("unused", "Target.InvalidState", "failed"),
        ("unused", "Target.IpUnusable", "failed"),
    ],
)
def test_the_worst_target_decides_and_its_cause_is_told(state, reason, verdict):
    sight = look(described(ONE), described(TWO, state, reason=reason))
    assert sight.state == verdict
    assert sight.saw == "1 of 2 healthy"
    assert [(cause.code, cause.targets) for cause in sight.causes] == [(reason, (TWO,))]


def test_a_target_in_a_zone_without_the_load_balancer_is_waited_for_shortly():
    words = "Target is in an Availability Zone that is not enabled for the load balancer"
    sight = look(described(ONE), described(TWO, "unused", reason="Target.NotInUse", description=words))
    assert (sight.state, sight.grace) == ("failing", 60)


def test_the_health_page_is_that_of_the_group():
    group = TargetGroup.model_validate({"port": 80, "vpc": AwsId("vpc-1"), "health": {"path": "/up"}})
    codes = "Health checks failed with these codes: [404]"
    one = described(ONE, "unhealthy", reason="Target.ResponseCodeMismatch", description=codes)
    sight = look(one, wanted=targets(instance(ONE)), resources={AwsId(GROUP): group})
    assert sight.causes[0].text == "HTTP 404 on /up"


def registering(*states: str) -> GateStatus:
    """The result of the probe after AWS has refused to register instances in these states."""
    calls, _ = play(KIND.create(targets(instance(ONE), instance(TWO)), at(KIND)))
    (call,) = calls
    assert call.probe is not None
    raws = [{"InstanceId": id, "State": {"Name": state}} for id, state in zip((ONE, TWO), states, strict=False)]
    _, status = play(call.probe(), {"DescribeInstances": {"Reservations": [{"Instances": raws}]}})
    return status


def test_a_stopped_server_is_not_worth_waiting_for():
    status = registering("running", "stopped")
    assert (status.state, [cause.targets for cause in status.causes]) == ("failed", [(TWO,)])
    assert f"start-instances --region {REGION} --instance-ids {TWO}" in status.cause
    assert registering("running", "terminated").causes[0].command == ""


@pytest.mark.parametrize("states", [(), ("pending",), ("running", "running")])
def test_a_server_that_may_run_soon_is_waited_for(states):
    assert registering(*states).state == "waiting"


def test_one_that_is_not_registered_at_all_is_not_healthy():
    sight = look(described(ONE))
    assert (sight.state, sight.saw) == ("waiting", "1 of 2 healthy")


def test_the_same_instance_on_another_port_is_another_target():
    sight = look(described(ONE, port=80), described(ONE, "initial", port=81), wanted=targets(instance(ONE, port=81)))
    assert sight.state == "waiting"


def test_drained_means_nothing_is_draining_any_more():
    gate = next(gate for gate in KIND.gates if gate.name == "drained")
    old = targets(instance())
    for state, verdict in (("draining", "waiting"), ("healthy", "ready")):
        answer = {"DescribeTargetHealth": {"TargetHealthDescriptions": [described(ONE, state)]}}
        assert play(gate.probe(old, at(KIND)), answer)[1].state == verdict
    assert play(gate.probe(old, at(KIND)), {"DescribeTargetHealth": {}})[1].state == "ready"


@pytest.mark.parametrize("fields", [{}, {"instance": ONE, "address": "10.0.0.1"}])
def test_a_target_is_either_an_instance_or_an_address(fields):
    with pytest.raises(ValueError, match="exactly one"):
        Target.model_validate(fields)


def test_members_of_one_stack_are_told_by_address():
    assert Target(instance="web-1").instance == Address("instance", "web-1")


def test_on_destroy_is_no_difference_to_aws() -> None:
    live = Targets(group=AwsId(GROUP), members=(Target(instance=AwsId("i-0a")),))
    desired = live.model_copy(update={"on_destroy": "terminate"})
    assert KIND.with_live_defaults(desired, live) == live
