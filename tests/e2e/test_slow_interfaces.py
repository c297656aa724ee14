"""AWS takes up to 35 minutes to delete the network interfaces of a load balancer."""

from __future__ import annotations

from . import specs
from .stage import Stage


def test_destroy_waits_for_network_interfaces_that_stay_for_half_an_hour(slow_stage: Stage) -> None:
    slow_stage.apply(specs.HTTP)
    slow_stage.box.switch("slow", 1900)
    slow_stage.destroy(specs.HTTP)
