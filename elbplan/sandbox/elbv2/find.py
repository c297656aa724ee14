"""Look-ups that refuse as AWS does, and pages."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup, StoredListener, StoredRule

T = TypeVar("T")

NOT_FOUND = {
    "loadbalancer": ("LoadBalancerNotFound", "One or more load balancers not found"),
    "targetgroup": ("TargetGroupNotFound", "One or more target groups not found"),
    "listener": ("ListenerNotFound", "One or more listeners not found"),
    "listener-rule": ("RuleNotFound", "One or more rules not found"),
    "truststore": ("TrustStoreNotFound", "One or more trust stores not found"),
}


def kind_of(arn: str) -> str:
    return arn.split(":")[5].split("/")[0] if arn.count(":") >= 5 else ""


def missing(kind: str) -> AwsError:
    return AwsError(*NOT_FOUND[kind])


@rule(27)
def is_visible(context: CallContext, arn: str) -> bool:
    """A thing just made may be unknown for some reads more, when the switch `hide_new` says so.

    aws-load-balancer-controller retries ListenerNotFound for 20 s, terraform-provider-aws longer:
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/deploy/elbv2/listener_rule_manager.go
    """
    newborn = context.account.memory("newborn")
    if left := newborn.get(arn, 0):
        newborn[arn] = left - 1
    return not left


def mark_new(context: CallContext, arn: str) -> None:
    """It was made just now: see `is_visible`."""
    if context.timing.hide_new:
        context.account.memory("newborn")[arn] = context.timing.hide_new


def balancer(context: CallContext, arn: str) -> StoredBalancer:
    found = context.elb.balancers.get(arn)
    if not found:
        raise missing("loadbalancer")
    return found


def group(context: CallContext, arn: str) -> StoredGroup:
    found = context.elb.groups.get(arn)
    if not found or not is_visible(context, arn):
        raise missing("targetgroup")
    return found


def listener(context: CallContext, arn: str) -> StoredListener:
    found = context.elb.listeners.get(arn)
    if not found or not is_visible(context, arn):
        raise missing("listener")
    return found


def rule_of(context: CallContext, arn: str) -> tuple[StoredRule, StoredListener]:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html:
    RuleNotFound.
    """
    found = context.elb.rules().get(arn)
    if not found:
        raise missing("listener-rule")
    return found


@rule(25)
def all_of(kind: str, known: dict[str, T], wanted: Sequence[str], limit: int = 0) -> list[T]:
    """Every one asked for, or an error for all of them; and not more than a call may name.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
    ("If you specify one or more nonexistent load balancers, an error is returned"; at most 20).
    """
    if limit and len(wanted) > limit:
        raise validation(f"Too many {kind} identifiers: {len(wanted)}, at most {limit}")
    if any(one not in known for one in wanted):
        raise missing(kind)
    return [known[one] for one in dict.fromkeys(wanted)]


@rule(26)
def page(context: CallContext, params: Params, items: list[T]) -> tuple[list[T], str | None]:
    """One page and an opaque marker to the next; a marker we never gave is refused.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html (1
    to 400).
    """
    size = int(params.get("PageSize") or 400)
    if not 1 <= size <= 400:
        raise validation(f"1 validation error detected: Value '{size}' at 'pageSize' must be between 1 and 400")
    size = min(size, context.account.quota("page"))
    start = _from_marker(params.get("Marker"))
    following = start + size
    return items[start:following], _to_marker(following) if following < len(items) else None


def _to_marker(start: int) -> str:
    return base64.urlsafe_b64encode(f"elb:{start}".encode()).decode()


def _from_marker(marker: Any) -> int:
    if not marker:
        return 0
    try:
        word, start = base64.urlsafe_b64decode(str(marker)).decode().split(":")
        if word == "elb":
            return int(start)
    except (binascii.Error, ValueError):
        pass
    raise validation("Marker is not valid")


def new_id(context: CallContext, *parts: str) -> str:
    """Sixteen hex digits as ELB gives them: the same in every run of the same calls, never given twice."""
    text = "/".join((context.account_id, context.region, *parts, str(next(context.account.numbers))))
    return hashlib.sha1(text.encode()).hexdigest()[:16]
