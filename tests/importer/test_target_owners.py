"""Targets that an Auto Scaling group or a service registers are not in the spec."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.importer.survey import Survey
from elbplan.importer.target_owners import other_registrar

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067"


def seen(target: str, **facts: Any) -> Survey:
    """A load balancer with one target."""
    return Survey({"LoadBalancerArn": "arn"}, targets={GROUP: [{"Target": {"Id": target}}]}, **facts)


def test_an_auto_scaling_group_is_known_by_its_tag() -> None:
    tags = [{"Key": "aws:autoscaling:groupName", "Value": "web-asg"}]
    survey = seen("i-0a1", instances={"i-0a1": {"InstanceId": "i-0a1", "Tags": tags}})
    assert other_registrar(survey, GROUP) == "Auto Scaling group web-asg"


SERVICES = {
    "arn:aws:ecs:eu-west-1:123456789012:attachment/0a1b": "an ECS service",
    "aws-K8S-i-0a1b": "a Kubernetes controller",
}


@pytest.mark.parametrize("description", SERVICES)
def test_a_service_is_known_by_its_network_interface(description: str) -> None:
    survey = seen("10.0.0.5", addresses={"10.0.0.5": {"Description": description}})
    assert other_registrar(survey, GROUP) == SERVICES[description]


def test_targets_of_a_person_have_no_other_registrar() -> None:
    survey = seen("i-0a1", instances={"i-0a1": {"InstanceId": "i-0a1", "Tags": [{"Key": "Name", "Value": "web"}]}})
    assert other_registrar(survey, GROUP) == ""
