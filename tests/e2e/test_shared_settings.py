"""What is said across resources: ignored elements, shared defaults, fixed names, own tags, overrides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.spec import load

from . import specs
from .stage import Stage

CANARY = (
    specs.HEAD
    + """
servers: {web: {count: 1}, api: {count: 1}}
groups:
  web: {servers: web, port: 80, tags: {role: web}}
  api: {servers: api, port: 8080}
listeners:
  - listen: 80
    tags: {door: front}
    forward: {web: 90, api: 10}
    rules:
      - {name: old, path: /old, respond: 410, tags: {kind: end}}
tags: {team: web}
"""
)
IGNORED = (
    CANARY
    + """
ignore:
  - listener.80.action.groups[*].weight
  - load_balancer.main.attributes[idle_timeout.timeout_seconds]
  - targets.web.members[i-*]
"""
)


def test_another_tool_moves_weights_attributes_and_targets(stage: Stage) -> None:
    stage.apply(IGNORED)
    elb = stage.client("elbv2")
    balancer = next(b for b in elb.describe_load_balancers()["LoadBalancers"] if b["LoadBalancerName"] == "my-web")
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    groups = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    moved = [{**group, "Weight": 50} for group in groups]
    elb.modify_listener(
        ListenerArn=listener["ListenerArn"],
        DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": moved}}],
    )
    idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "90"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=idle)
    other = stage.box.create_fixture("instance", region="ap-northeast-2", zone="a")
    web = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=web, Targets=[{"Id": other}])
    assert stage.plan(IGNORED).empty
    assert {change.address.kind for change in stage.plan(CANARY).changes} == {"listener", "load_balancer", "targets"}
    stage.apply(IGNORED.replace("port: 8080", "port: 8081"))
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    weights = [group["Weight"] for group in listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]]
    assert 50 in weights
    stage.destroy(IGNORED)


def tags(stage: Stage, arn: str) -> dict[str, str]:
    (found,) = stage.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {tag["Key"]: tag["Value"] for tag in found["Tags"] if not tag["Key"].startswith("elbplan:")}


def test_groups_listeners_and_rules_have_tags_of_their_own(stage: Stage) -> None:
    stage.apply(CANARY)
    elb = stage.client("elbv2")
    balancer = next(b for b in elb.describe_load_balancers()["LoadBalancers"] if b["LoadBalancerName"] == "my-web")
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rule = next(r for r in elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"] if not r["IsDefault"])
    group = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]
    assert tags(stage, balancer["LoadBalancerArn"]) == {"team": "web"}
    assert tags(stage, listener["ListenerArn"]) == {"team": "web", "door": "front"}
    assert tags(stage, rule["RuleArn"]) == {"team": "web", "kind": "end"}
    assert tags(stage, group["TargetGroupArn"]) == {"team": "web", "role": "web"}
    stage.apply(CANARY.replace(", tags: {role: web}", ""))
    assert tags(stage, group["TargetGroupArn"]) == {"team": "web"}
    stage.destroy(CANARY)


def test_fixed_names_refuse_a_replacement_before_any_change(stage: Stage) -> None:
    fixed = specs.HTTP + "names: fixed\n"
    stage.apply(fixed)
    stage.box.clear_calls()
    with pytest.raises(Refused, match="its name is pinned and the old one still has that name"):
        stage.plan(fixed.replace("port: 80", "port: 8080"))
    assert stage.box.writes() == []
    stage.apply(specs.HTTP)
    stage.destroy(specs.HTTP)


def stacks(folder: Path, **files: str) -> list[Any]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return load([str(folder)], env={})


def test_a_stack_with_defaults_is_the_stack_with_the_keys_itself(tmp_path: Path) -> None:
    shared = "region: ap-northeast-2\nzones: [a, c]\ntags: {team: web, app: none}\nservers: {type: t3.small}\n"
    own = "name: my-web\ntags: {app: shop}\nservers: {count: 2}\ntargets: {port: 80}\n"
    whole = (
        "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntags: {team: web, app: shop}\n"
        "servers: {type: t3.small, count: 2}\ntargets: {port: 80}\n"
    )
    (by_file,) = stacks(tmp_path, common=shared, web="defaults: common.yaml\n" + own)
    assert by_file.files == (str(tmp_path / "common.yaml"),)
    (tmp_path / "common.yaml").unlink()
    indented = "".join(f"  {line}\n" for line in shared.splitlines())
    (by_document,) = stacks(tmp_path, web=f"defaults:\n{indented}---\n{own}")
    (written_out,) = stacks(tmp_path, web=whole)
    assert by_file.spec_hash == by_document.spec_hash == written_out.spec_hash
    assert by_file.resources == written_out.resources


def test_overrides_reach_every_kind_of_the_short_form(stage: Stage) -> None:
    spec = (
        specs.ELASTIC
        + """
overrides:
  load_balancer: {attributes: {idle_timeout.timeout_seconds: 90}}
  security_group.lb: {description: doors}
  security_group.web-servers: {tags: {a: b}}
  instance.web-1: {type: t3.small}
  elastic_ip.web-1: {tags: {a: b}}
  target_group.web: {slow_start: 30s, tags: {a: b}}
  listener.443: {ssl_policy: ELBSecurityPolicy-TLS13-1-3-2021-06}
  certificate: {tags: {a: b}}
  record.api.example.com: {evaluate_target_health: true}
"""
    )
    (stack,) = stage.stacks(spec.replace("slow_start: 30s, ", ""))
    fields = {str(address): resource for address, resource in stack.resources.items()}
    assert fields["instance.web-1"].type == "t3.small"
    assert fields["elastic_ip.web-1"].tags == fields["certificate.main"].tags == {"a": "b"}
    assert fields["listener.443"].ssl_policy == "ELBSecurityPolicy-TLS13-1-3-2021-06"
    assert fields["record.api.example.com"].evaluate_target_health
    assert fields["security_group.lb"].description == "doors"
