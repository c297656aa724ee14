"""A proxy can answer instead of AWS: with a web page, half a body, or an answer without its keys."""

from __future__ import annotations

import pytest

from elbplan.errors import AwsProblem

from . import specs
from .stage import Stage

READS = ["DescribeLoadBalancers", "DescribeTargetGroups", "DescribeListeners", "DescribeRules", "DescribeTags",
         "DescribeSecurityGroups", "DescribeAddresses", "ListHostedZones", "ListResourceRecordSets", "ListCertificates",
         "DescribeInstances"]  # fmt: skip


@pytest.mark.parametrize("kind", ["page", "cut"])
@pytest.mark.parametrize("action", READS)
def test_a_read_that_nobody_can_understand_is_a_problem_of_aws_with_a_hint(
    stage: Stage, action: str, kind: str
) -> None:
    spec = specs.SERVICES + specs.RULES + specs.A if action == "DescribeRules" else specs.ELASTIC
    stage.run(stage.plan(spec))
    stage.box.fault(kind, action=action)
    try:
        with pytest.raises(AwsProblem) as met:
            stage.plan(spec)
    finally:
        stage.box.clear_faults()
        stage.destroy(spec)
    assert action in met.value.what
    assert "cannot be understood" in met.value.what
    assert "proxy" in met.value.hint
    assert "<html" not in met.value.what


@pytest.mark.parametrize("kind", ["page", "cut"])
@pytest.mark.parametrize(
    "action",
    [
        "AllocateAddress",
        "CreateSecurityGroup",
        "RunInstances",
        "RequestCertificate",
        "CreateLoadBalancer",
        "CreateListener",
        "CreateTargetGroup",
        "CreateRule",
    ],
)
def test_after_a_write_whose_answer_nobody_can_understand_we_look_and_make_nothing_twice(
    stage: Stage, action: str, kind: str
) -> None:
    spec = specs.SERVICES + specs.RULES + specs.A + specs.B if action == "CreateRule" else specs.ELASTIC
    stage.box.fault(kind, action=action, nth=1, limit=1)
    outcome = stage.run(stage.plan(spec))
    stage.box.clear_faults()
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    stage.assert_settled(spec)
    stage.destroy(spec)
