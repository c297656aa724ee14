"""ELB's limit of requests, which everybody in the account shares."""

from __future__ import annotations

from .account import Account
from .errors import AwsError
from .rules import rule
from .server.call_log import LoggedCall

BUCKET, REFILL = 40.0, 10.0


@rule(23)
def throttled(account: Account, call: LoggedCall) -> AwsError | None:
    """Refuses a request of ELB when its bucket is empty: 40 requests at once, 10 more each second.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/throttling.html (token bucket). It is off
    unless the option `elb_rate` is on, since tests send more requests than an account would.
    """
    if not account.options.elb_rate or call.service != "elbv2":
        return None
    bucket = account.memory("elb requests")
    now = account.clock.now()
    tokens, filled = bucket.get(call.region, (BUCKET, now))
    tokens = min(BUCKET, tokens + (now - filled) * REFILL)
    bucket[call.region] = (max(tokens - 1, tokens % 1), now)
    if tokens >= 1:
        return None
    call.outcome = "Throttling"
    return AwsError("Throttling", "Rate exceeded")
