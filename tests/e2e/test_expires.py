"""`expires:` is a tag that does not change with time: the second plan is empty, and AWS's dates say when the end is."""

from __future__ import annotations

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds.aws.expiry import EXPIRES, Expiry, expiry_of
from elbplan.kinds.aws.moments import seconds_of

from .stage import REGION, Stage

SPEC = f"""
name: my-web
region: {REGION}
zones: [a, c]
servers: {{count: 2}}
targets: {{port: 80, health: /health}}
"""
HOURS = 3600


def expiry(plan: Plan) -> Expiry:
    found = expiry_of(plan.desired, plan.lives)
    assert found
    return found


def tagged(stage: Stage) -> dict[str, set[str]]:
    """The values of the tag by the last part of the address."""
    found: dict[str, set[str]] = {}
    for tags in stage.box.tagged("my-web").values():
        if EXPIRES in tags:
            found.setdefault(tags["elbplan:address"], set()).add(tags[EXPIRES])
    return found


def created(stage: Stage) -> float:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return float(balancer["CreatedTime"].timestamp())


def test_a_duration_counts_from_the_oldest_resource(stage: Stage) -> None:
    spec = SPEC + "expires: 8h\n"
    first = stage.plan(spec)
    assert expiry(first) == Expiry("8h", None)
    stage.apply(spec)  # asserts that the second plan is empty
    assert tagged(stage) == {
        "load_balancer.main": {"8h"},
        "instance.web-1": {"8h"},
        "instance.web-2": {"8h"},
    }
    at = expiry(stage.plan(spec)).at
    assert at is not None
    assert abs(at - (created(stage) + 8 * HOURS)) < 60
    stage.destroy(spec)


def test_a_restarted_server_does_not_move_the_end(stage: Stage) -> None:
    spec = SPEC + "expires: 8h\n"
    stage.apply(spec)
    before = expiry(stage.plan(spec)).at
    ec2 = stage.client("ec2")
    ids = [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"] if i.get("Tags")]
    stage.box.advance(2 * HOURS)
    ec2.stop_instances(InstanceIds=ids)
    ec2.start_instances(InstanceIds=ids)
    assert expiry(stage.plan(spec)).at == before
    stage.destroy(spec)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2026-12-01T18:00:00Z", "2026-12-01T18:00:00Z"),
        ("2026-12-02 03:00+09:00", "2026-12-01T18:00:00Z"),
    ],
)
def test_a_moment_counts_as_it_is(stage: Stage, text: str, normal: str) -> None:
    spec = SPEC + f"expires: {text}\n"
    stage.apply(spec)
    assert tagged(stage)["load_balancer.main"] == {normal}
    found = expiry(stage.plan(spec))
    assert found.at == seconds_of(normal)
    assert found.at is not None
    assert found.is_past(found.at + 1)
    assert not found.is_past(found.at - 1)
    stage.destroy(spec)


def test_another_end_and_no_end_change_only_the_tags(stage: Stage) -> None:
    stage.apply(SPEC + "expires: 8h\n")
    longer = stage.apply(SPEC + "expires: 2d\n")
    assert {(change.action, change.fields) for change in longer.changes} == {("update", ("tags",))}
    assert tagged(stage)["load_balancer.main"] == {"48h"}
    stage.apply(SPEC)
    assert tagged(stage) == {}
    stage.destroy(SPEC)


def test_an_end_beside_many_tags_of_the_user(stage: Stage) -> None:
    """The keys of many tags are kept as digests."""
    tags = ", ".join(f"key-with-a-long-name-{number}: v" for number in range(30))
    spec = SPEC + f"expires: 8h\ntags: {{{tags}}}\n"
    stage.apply(spec)
    assert tagged(stage)["load_balancer.main"] == {"8h"}
    stage.destroy(spec)
