"""Look-ups with the errors of AWS, pages, and ids."""

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
    """Returns whether a resource is visible. With the option `hide_new`, some reads do not find a new one yet.

    aws-load-balancer-controller retries ListenerNotFound for 20 s, terraform-provider-aws longer:
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/deploy/elbv2/listener_rule_manager.go
    """
    hidden = context.account.memory("hidden reads")
    if left := hidden.get(arn, 0):
        hidden[arn] = left - 1
    return not left


def mark_new(context: CallContext, arn: str) -> None:
    """Hides a new resource for some reads: see `is_visible`."""
    if context.timing.hide_new:
        context.account.memory("hidden reads")[arn] = context.timing.hide_new


def balancer(context: CallContext, arn: str) -> StoredBalancer:
    balancer = context.elb.balancers.get(arn)
    if not balancer:
        raise missing("loadbalancer")
    return balancer


def group(context: CallContext, arn: str) -> StoredGroup:
    group = context.elb.groups.get(arn)
    if not group or not is_visible(context, arn):
        raise missing("targetgroup")
    return group


def listener(context: CallContext, arn: str) -> StoredListener:
    listener = context.elb.listeners.get(arn)
    if not listener or not is_visible(context, arn):
        raise missing("listener")
    return listener


def rule_of(context: CallContext, arn: str) -> tuple[StoredRule, StoredListener]:
    """RuleNotFound: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html"""
    rule_and_listener = context.elb.rules().get(arn)
    if not rule_and_listener:
        raise missing("listener-rule")
    return rule_and_listener


@rule(25)
def all_of(kind: str, known: dict[str, T], wanted: Sequence[str], limit: int = 0) -> list[T]:
    """Returns all wanted resources. Refuses if one does not exist, or if there are more than `limit`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
    ("If you specify one or more nonexistent load balancers, an error is returned"; at most 20).
    """
    if limit and len(wanted) > limit:
        raise validation(f"Too many {kind} identifiers: {len(wanted)}, at most {limit}")
    if any(key not in known for key in wanted):
        raise missing(kind)
    return [known[key] for key in dict.fromkeys(wanted)]


@rule(26)
def page(context: CallContext, params: Params, items: list[T]) -> tuple[list[T], str | None]:
    """Returns one page and an opaque marker for the next page. Refuses an invalid marker.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html (1 to 400)
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
    """Returns an id of 16 hexadecimal digits: unique, and the same in every run of the same calls."""
    text = "/".join((context.account_id, context.region, *parts, str(next(context.account.numbers))))
    return hashlib.sha1(text.encode()).hexdigest()[:16]
