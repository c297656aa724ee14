"""The capacity units of live load balancers, from CloudWatch; only for the commands that show costs in detail."""

from __future__ import annotations

from collections.abc import Sequence

from ..api.planning import NoCloud, Planned
from ..cost import Consumption
from ..live.consumed_capacity import read_consumption
from ..live.worker_threads import WorkerThreads
from .context import App


def measure_capacity(app: App, plans: Sequence[Planned], now: float) -> None:
    """Asks CloudWatch for the capacity units of the live load balancers of these plans, for the costs after it."""
    read = [planned for planned in plans if planned.plan.lives and not isinstance(planned.cloud, NoCloud)]
    with WorkerThreads(app.options.parallel) as workers:
        measured = workers.map(lambda each: read_consumption(each.cloud.send, [*each.plan.lives.values()], now), read)
    for planned, found in zip(read, measured, strict=True):
        app.consumed[planned.plan.stack] = {address: Consumption(*units) for address, units in found.items()}
