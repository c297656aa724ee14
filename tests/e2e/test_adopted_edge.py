"""What other services attached to an imported load balancer becomes the stack's, by tags alone, also after a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from .console import Console, course
from .crashing_aws import CrashingAws
from .stage import REGION, Stage
from .test_import import imported, refusal_free, without_tags

FLEET = "fleet"


def protect(box: Box, name: str) -> str:
    """Associates a web ACL with a load balancer and protects it with Shield Advanced, as others do. Returns its ARN."""
    box.switch("shield", True)
    (balancer,) = box.client("elbv2", REGION).describe_load_balancers(Names=[name])["LoadBalancers"]
    arn = str(balancer["LoadBalancerArn"])
    acl = box.create_fixture("web_acl", region=REGION, name="edge")
    box.client("wafv2", REGION).associate_web_acl(WebACLArn=acl, ResourceArn=arn)
    box.client("shield", "us-east-1").create_protection(Name="ours", ResourceArn=arn)
    box.clear_calls()
    return arn


def protected(stage: Stage) -> str:
    """The course's load balancer with a web ACL and a protection of Shield Advanced."""
    course(Console(stage))
    return protect(stage.box, "server")


def filled_by_a_fleet(stage: Stage) -> None:
    """A load balancer whose target group an Auto Scaling group without instances fills."""
    console = Console(stage)
    balancer = console.balancer("fleets", Subnets=console.subnets("ac"))
    elb = console.client("elbv2")
    made = elb.create_target_group(Name="fleet", Protocol="HTTP", Port=80, VpcId=console.vpc)
    group = made["TargetGroups"][0]["TargetGroupArn"]
    console.listener(balancer, 80, "HTTP", {"Type": "forward", "TargetGroupArn": group})
    stage.box.create_fixture("auto_scaling_group", FLEET, region=REGION)
    source = [{"Identifier": group, "Type": "elbv2"}]
    stage.client("autoscaling").attach_traffic_sources(AutoScalingGroupName=FLEET, TrafficSources=source)
    console.done()


def test_web_acl_and_shield_are_marked_and_go_with_the_stack(stage: Stage) -> None:
    arn = protected(stage)
    before = stage.box.snapshot()
    _, spec = imported(stage, "server")
    assert "web_acl: edge\nshield: true\n" in spec
    kills = 0
    while not (plan := refusal_free(stage, spec)).empty:
        assert {change.action for change in plan.changes} <= {"adopt", "update"}
        workflow.apply(CrashingAws(stage.aws, 2), plan, KINDS, lambda event: None, stage.clock, parallel=1)
        kills += 1
        assert kills < 60, "every run gets further"
    assert without_tags(stage.box.snapshot()) == without_tags(before)
    stage.assert_settled(spec)

    less = spec.replace("web_acl: edge\n", "").replace("shield: true\n", "")
    assert stage.run(stage.plan(less)).complete
    kept = stage.box.snapshot()
    assert f"{arn}#web_acl" not in kept
    assert not [id for id in kept if id.startswith("protection/")]


def test_a_protection_that_is_no_longer_wanted_before_the_adoption_stays(stage: Stage) -> None:
    protected(stage)
    _, spec = imported(stage, "server")
    less = spec.replace("shield: true\n", "").replace("web_acl: edge\n", "")
    assert stage.run(refusal_free(stage, less)).complete
    kept = stage.box.snapshot()
    (held,) = [fields for id, fields in kept.items() if id.startswith("protection/")]
    assert held["Tags"] == {}
    assert [id for id in kept if id.endswith("#web_acl")]


def test_an_auto_scaling_group_without_instances_is_found_and_marked(stage: Stage) -> None:
    filled_by_a_fleet(stage)
    source, spec = imported(stage, "fleets")
    assert "auto_scaling_group: fleet" in spec
    assert stage.run(refusal_free(stage, spec)).complete
    (group,) = [id for id in source.ids.values() if ":targetgroup/" in id]
    assert stage.box.snapshot()[group]["tags"]["elbplan:auto-scaling"] == "true"
    stage.assert_settled(spec)


def test_a_migration_marks_what_others_attached(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stage = Stage(box)
    arn = protected(stage)
    shell = Shell(box, tmp_path)
    shell.environ["AWS_REGION"] = REGION
    assert shell.run("import", "server", "-o", "imported.yaml").code == 0
    assert shell.run("plan", "imported.yaml", "--save", "adoption").code == 0
    applied = shell.run("apply", "imported.yaml", "--yes", "--no-verify")
    assert applied.code == 0, applied.err
    planned = shell.run("plan", "imported.yaml", "--exit-code")
    assert planned.code == 0, planned.out
    tags = box.snapshot()[arn]["tags"]
    assert {"elbplan:web-acl", "elbplan:shield/load-balancer"} <= tags.keys()


def test_the_adoption_of_an_auto_scaling_group_can_be_saved(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    filled_by_a_fleet(Stage(box))
    shell = Shell(box, tmp_path)
    shell.environ["AWS_REGION"] = REGION
    assert shell.run("import", "fleets", "-o", "imported.yaml").code == 0
    saved = shell.run("plan", "imported.yaml", "--save", "adoption")
    assert saved.code == 0, saved.err
    assert shell.run("apply", "imported.yaml", "--yes", "--no-verify").code == 0
    assert shell.run("plan", "imported.yaml", "--exit-code").code == 0


DENIED = {
    "wafv2:GetWebACLForResource": "web ACL of AWS WAF",
    "shield:DescribeProtection": "protection of load-balancer by Shield Advanced",
    "elasticloadbalancing:DescribeCapacityReservation": "reserved capacity",
    "autoscaling:DescribeAutoScalingGroups": "Auto Scaling groups that fill a target group",
    "route53:ListHostedZones": "records and hosted zones",
    "route53:ListResourceRecordSets": "records in zone example.com",
}


@pytest.mark.parametrize("action", DENIED)
def test_a_denied_read_is_named_and_the_rest_is_imported(stage: Stage, action: str) -> None:
    protected(stage)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    stage.box.policy(
        {"Version": "2012-10-17", "Statement": [everything, {**everything, "Effect": "Deny", "Action": action}]}
    )
    try:
        source, spec = imported(stage, "server")
    finally:
        stage.box.policy(None)
    expected = f"{DENIED[action]}: AWS denies {action}, so the spec may lack it"
    assert expected in [str(left) for left in source.not_imported]
    assert "listeners:" in spec or "targets:" in spec


def test_a_trust_store_is_adopted_and_gets_its_files_again(stage: Stage) -> None:
    stage.apply(CLIENTS.format(adopt=""))
    elb = stage.client("elbv2")
    (arn,) = [store["TrustStoreArn"] for store in elb.describe_trust_stores()["TrustStores"]]
    own = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    elb.remove_tags(ResourceArns=[arn], TagKeys=[tag["Key"] for tag in own])
    spec = CLIENTS.format(adopt=f"adopt: {{trust_store.clients: {arn!r}}}")
    plan = refusal_free(stage, spec)
    assert [(str(change.address), change.action) for change in plan.changes] == [
        ("trust_store.clients", "adopt"),
        ("trust_store.clients", "update"),
    ]
    assert stage.run(plan).complete
    stage.assert_settled(spec)
    stage.destroy(spec)


CLIENTS = f"""name: my-web
region: {REGION}
zones: [a, c]
domain: api.example.com
remove_validation: true
trust_stores:
  clients: {{{{bundle: "s3://authorities/ca.pem", revocations: ["s3://authorities/a.crl"]}}}}
listeners:
  - {{{{listen: 443/https, respond: 200, client_certificates: {{{{trust_store: clients}}}}}}}}
{{adopt}}
"""
