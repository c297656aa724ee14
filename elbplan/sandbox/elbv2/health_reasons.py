"""AWS's words for each reason of target health, and the states in which a reason occurs.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
Of Target.HealthCheckDisabled the guide has "Health checks are disabled". AWS's example of an answer has other words:
https://docs.aws.amazon.com/cli/latest/reference/elbv2/describe-target-health.html
"""

from typing import NamedTuple

from ..rules import rule


class StoredHealth(NamedTuple):
    state: str
    reason: str = ""
    description: str = ""


REASONS = {
    "Elb.RegistrationInProgress": ("initial", "Target registration is in progress"),
    "Elb.InitialHealthChecking": ("initial", "Initial health checks in progress"),
    "Target.ResponseCodeMismatch": ("unhealthy", "Health checks failed with these codes: [{code}]"),
    "Target.Timeout": ("unhealthy", "Request timed out"),
    "Target.FailedHealthChecks": ("unhealthy", "Health checks failed"),
    "Elb.InternalError": ("unhealthy", "Health checks failed due to an internal error"),
    "Target.NotRegistered": ("unused", "Target is not registered to the target group"),
    "Target.NotInUse": ("unused", "Target group is not configured to receive traffic from the load balancer"),
    "Target.InvalidState": ("unused", "Target is in the {code} state"),
    "Target.IpUnusable": (
        "unused",
        "The IP address cannot be used as a target, as it is in use by a load balancer",
    ),
    "Target.DeregistrationInProgress": ("draining", "Target deregistration is in progress"),
    "Target.HealthCheckDisabled": ("unavailable", "Health checks are not enabled for this target"),
}
OUTSIDE_ZONES = "Target is in an Availability Zone that is not enabled for the load balancer"
"""AWS's other description of Target.NotInUse."""

AFTER_A_CHECK = ("Target.ResponseCodeMismatch", "Target.Timeout", "Target.FailedHealthChecks", "Elb.InternalError")
"""The reasons that only a health check can have."""


@rule(14)
def health_for(reason: str, code: int | str = "") -> StoredHealth:
    """The state and the description of a reason: API_TargetHealth."""
    state, words = REASONS.get(reason, ("unhealthy", "Health checks failed"))
    return StoredHealth(state, reason, words.format(code=code))
