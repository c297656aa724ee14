"""Capacity units of live load balancers, as CloudWatch reports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from elbplan.core.kind import LiveResource
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.live.consumed_capacity import DENIED_TEXT, FAILED_TEXT, NEW_TEXT, Measured, read_consumption

NOW = datetime(2026, 11, 30, 12, 34, 56, tzinfo=UTC)
MAIN = Address("load_balancer", "main")


def balancer(address: Address = MAIN, type: str = "application", created: str = "2026-01-01 00:00:00+00:00") -> Any:
    """Returns a live load balancer."""
    name = f"{type[:3]}/{address.name}/50dc6c495c0c9188"
    arn = f"arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/{name}"
    model = LoadBalancer.model_validate({"type": type, "subnets": [AwsId("subnet-0a")]})
    return LiveResource(address, arn, model, {"created": created})


@dataclass
class CloudWatch:
    """Answers GetMetricData with these values for each query."""

    values: Sequence[Sequence[float]] = ()
    answer: Answer = None
    calls: list[Call] = field(default_factory=list)

    def send(self, call: Call) -> Answer:
        self.calls.append(call)
        results = [{"Id": f"m{number}", "Values": list(values)} for number, values in enumerate(self.values)]
        return self.answer if self.answer is not None else {"MetricDataResults": results}


def read(cloud: CloudWatch, *lives: Any) -> dict[Address, Measured]:
    return read_consumption(cloud.send, lives, NOW.timestamp())


def test_the_average_of_24_hours_is_what_aws_bills_for_an_hour() -> None:
    cloud = CloudWatch([[1.5, 0.9]])
    assert read(cloud, balancer()) == {MAIN: Measured(Decimal("0.1"))}
    (call,) = cloud.calls
    assert call.permission == "cloudwatch:GetMetricData"
    assert call.params["StartTime"] == datetime(2026, 11, 29, 12, tzinfo=UTC)
    assert call.params["EndTime"] == datetime(2026, 11, 30, 12, tzinfo=UTC)
    (query,) = call.params["MetricDataQueries"]
    assert (query["MetricStat"]["Period"], query["MetricStat"]["Stat"]) == (3600, "Sum")
    assert query["MetricStat"]["Metric"] == {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "ConsumedLCUs",
        "Dimensions": [{"Name": "LoadBalancer", "Value": "app/main/50dc6c495c0c9188"}],
    }


def test_several_load_balancers_are_asked_with_one_call() -> None:
    other = Address("load_balancer", "other")
    cloud = CloudWatch([[24.0], [48.0]])
    assert read(cloud, balancer(), balancer(other, "network")) == {
        MAIN: Measured(Decimal(1)), other: Measured(Decimal(2))
    }  # fmt: skip
    (call,) = cloud.calls
    assert call.params["MetricDataQueries"][1]["MetricStat"]["Metric"]["Namespace"] == "AWS/NetworkELB"


def test_a_younger_load_balancer_is_measured_by_its_own_hours() -> None:
    young = balancer(created="2026-11-30 09:30:00+00:00")
    assert read(CloudWatch([[1.0, 2.0]]), young) == {MAIN: Measured(Decimal("1.5"))}


def test_a_new_load_balancer_has_no_figure_and_needs_no_call() -> None:
    cloud = CloudWatch([[1.0]])
    assert read(cloud, balancer(created="2026-11-30 11:30:00+00:00")) == {MAIN: Measured(None, NEW_TEXT)}
    assert cloud.calls == []


def test_no_traffic_is_no_unit() -> None:
    assert read(CloudWatch([[]]), balancer()) == {MAIN: Measured(Decimal(0))}


@pytest.mark.parametrize(("answer", "text"), [(DENIED_ANSWER, DENIED_TEXT), (FAILED_ANSWER, FAILED_TEXT)])
def test_a_failure_is_said_and_ends_nothing(answer: Answer, text: str) -> None:
    assert read(CloudWatch(answer=answer), balancer()) == {MAIN: Measured(None, text)}


def test_other_resources_are_not_asked_for() -> None:
    cloud = CloudWatch()
    assert read(cloud) == {}
    assert cloud.calls == []
