"""Reads from CloudWatch how many capacity units load balancers used. Needs the permission `cloudwatch:GetMetricData`.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from ..core.address import Address
from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ..core.kind import LiveResource
from ..core.permission import reads
from ..kinds.load_balancer import LoadBalancer

HOURS = 24
NAMESPACES: Mapping[str, str] = {
    "application": "AWS/ApplicationELB", "network": "AWS/NetworkELB", "gateway": "AWS/GatewayELB"
}  # fmt: skip
PERMISSIONS = reads(
    "cloudwatch:GetMetricData",
    verbs=("compare",),
    always=True,
    without_it="shows no capacity units (plan --detail, status --cost)",
)

DENIED_TEXT = "CloudWatch was not read: the credentials need the permission cloudwatch:GetMetricData"
FAILED_TEXT = "CloudWatch was not read: it does not answer"
NEW_TEXT = "CloudWatch has no full hour of this load balancer yet"


class Measured(NamedTuple):
    """The capacity units of an hour on average, or why they are not known."""

    units: Decimal | None
    problem: str = ""


def read_consumption(
    send: Callable[[Call], Answer], lives: Sequence[LiveResource[Any]], now: float
) -> dict[Address, Measured]:
    """The capacity units of each live load balancer, as an average of up to 24 full hours. A failure is an answer too.

    The sum of `ConsumedLCUs` in an hour counts as the units of that hour. AWS says so of `ReservedLCUs`, which has the
    same unit, and not of `ConsumedLCUs`:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/monitor-capacity-unit-reservation.html ("the
    one-hour total for ReservedLCUs is 6,000, and the one-minute total is 100"). An hour without a value counts as 0.
    """
    balancers = [live for live in lives if isinstance(live.model, LoadBalancer)]
    end = datetime.fromtimestamp(now, UTC).replace(minute=0, second=0, microsecond=0)
    hours = {live.address: _full_hours(live, end) for live in balancers}
    asked = [live for live in balancers if hours[live.address]]
    answer = send(_call(asked, end)) if asked else {}
    failed = DENIED_TEXT if answer == DENIED_ANSWER else FAILED_TEXT if answer == FAILED_ANSWER else ""
    results = {} if failed else {raw["Id"]: raw.get("Values", ()) for raw in answer.get("MetricDataResults", ())}
    measured = {live.address: Measured(None, NEW_TEXT) for live in balancers}
    for number, live in enumerate(asked):
        values = [Decimal(str(value)) for value in results.get(f"m{number}", ())]
        average = sum(values, Decimal(0)) / hours[live.address]
        measured[live.address] = Measured(None, failed) if failed else Measured(average)
    return measured


def _full_hours(live: LiveResource[Any], end: datetime) -> int:
    """How many of the hours before `end` the load balancer has existed for, at most 24."""
    try:
        created = datetime.fromisoformat(live.facts.get("created", ""))
    except ValueError:
        return HOURS
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    return max(0, min(HOURS, int((end - created) / timedelta(hours=1))))


def _call(balancers: Sequence[LiveResource[Any]], end: datetime) -> Call:
    params = {
        "MetricDataQueries": [_query(number, live) for number, live in enumerate(balancers)],
        "StartTime": end - timedelta(hours=HOURS),
        "EndTime": end,
    }
    return Call("cloudwatch", "GetMetricData", params, may_be_denied=True, has_fallback=True)


def _query(number: int, live: LiveResource[Any]) -> dict[str, Any]:
    dimension = {"Name": "LoadBalancer", "Value": live.id.partition(":loadbalancer/")[2]}
    metric = {
        "Namespace": NAMESPACES[live.model.type], "MetricName": "ConsumedLCUs", "Dimensions": [dimension]
    }  # fmt: skip
    return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
