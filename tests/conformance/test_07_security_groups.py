"""ALB SGs A -> A+B -> B.

One SetSecurityGroups with the full list for each change. A group of the stack is deleted only after the load balancer
and its network interfaces have left it.
"""

from __future__ import annotations

from ..e2e.stage import REGION, Stage
from .kit import Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
OWN = HEAD


def spec(*groups: str) -> str:
    return HEAD + f"network: {{security_groups: [{', '.join(groups)}]}}\n"


def group(case: Case, name: str) -> str:
    vpc = case.stage.ids["vpc"]
    made = case.client("ec2").create_security_group(GroupName=name, Description=name, VpcId=vpc)
    return str(made["GroupId"])


def test_a_change_is_one_call_with_the_full_list(case: Case) -> None:
    a, b = group(case, "a"), group(case, "b")
    case.apply(spec(a))
    for groups in ((a, b), (b,)):
        sent = case.apply(spec(*groups))
        assert sent.actions == ["SetSecurityGroups"]
        assert sorted(sent.only("SetSecurityGroups")["SecurityGroups"]) == sorted(groups)
    case.destroy(spec(b))


def test_the_own_group_goes_after_the_load_balancer_has_left_it(case: Case) -> None:
    b = group(case, "b")
    case.apply(OWN)
    sent = case.apply(spec(b))
    assert sent.actions.count("SetSecurityGroups") <= 2
    assert sent.of("SetSecurityGroups")[-1]["SecurityGroups"] == [b]
    assert sent.position("SetSecurityGroups") < sent.position("DeleteSecurityGroup")
    case.destroy(spec(b))


def test_a_group_whose_interfaces_aws_has_not_released_is_tried_again(case: Case) -> None:
    b = group(case, "b")
    case.apply(OWN)
    case.box.fault("error", action="DeleteSecurityGroup", code="DependencyViolation", status=400, limit=2)
    assert case.apply(spec(b)).actions.count("DeleteSecurityGroup") == 3
    case.destroy(spec(b))


def given(stage: Stage) -> None:
    """A security group with the id GIVEN."""
    stage.box.create_fixture("security_group", GIVEN, region=REGION)


GIVEN = "sg-0000000000000000b"


def test_it_can_be_killed_anywhere(case: Case) -> None:
    case.crash_sweep(OWN, spec(GIVEN), prepare=given)
