"""The durations of AWS's operations, scaled by one number."""

from dataclasses import dataclass
from typing import Literal

Drain = Literal["short", "real"]


@dataclass
class Timing:
    """A load balancer takes `slow` seconds to become active, everything else in proportion. 0: at the next read."""

    slow: float = 0.0
    drain: Drain = "short"
    zone_busy: float = 0.0
    """Seconds after a Route 53 change in which another change of that zone gets PriorRequestNotComplete."""
    hide_new: int = 0
    """Number of reads that do not yet find a new listener, target group, security group or instance."""
    index_lag: float = 60.0
    """Seconds after which the tag index (GetResources) knows of a change. 0: at once."""
    tag_lag: float = 0.0
    """Seconds in which EC2's filters do not find a new instance, address or security group by its tags."""

    @property
    def balancer_active(self) -> float:
        return self.slow

    @property
    def interfaces_linger(self) -> float:
        return self.slow

    @property
    def validation_record(self) -> float:
        return self.slow / 4

    @property
    def certificate_issue(self) -> float:
        return self.slow

    @property
    def first_health(self) -> float:
        return self.slow / 2

    @property
    def record_insync(self) -> float:
        return self.slow / 4

    @property
    def in_use_lag(self) -> float:
        """Seconds for which a target group or certificate is still "in use" after the last listener has left it."""
        return self.slow / 8

    @property
    def trust_store(self) -> float:
        """Seconds until a new trust store is active."""
        return self.slow / 8

    @property
    def instance_state(self) -> float:
        return self.slow / 4

    def draining(self, deregistration_delay: float) -> float:
        return deregistration_delay if self.drain == "real" else min(deregistration_delay, self.slow)
