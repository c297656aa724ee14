"""The calls of Shield Advanced, which has one endpoint for all regions, and the tags that say what to ask for.

https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_CreateProtection.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...core.call import DENIED_ANSWER, Answer, Call
from .denied_reads import unless_denied
from .ownership import tag_list

REGION = "us-east-1"
"""https://docs.aws.amazon.com/general/latest/gr/shield.html"""

MARK = "elbplan:shield/"
"""Begins the tags of a load balancer that name what elbplan protects: `load-balancer`, or the id of an Elastic IP."""
BALANCER = "load-balancer"

MISSING = "ResourceNotFoundException"
EXISTS = "ResourceAlreadyExistsException"
BUSY = "OptimisticLockException"


class Place(NamedTuple):
    """What a protection protects: a load balancer, or an Elastic IP (`word`) of one."""

    stack: str
    balancer: str
    word: str
    arn: str

    @classmethod
    def of(cls, stack: str, balancer: str, word: str) -> Place:
        """The place for a load balancer's ARN, and `load-balancer` or the id of an Elastic IP."""
        _, partition, _, region, account, *_ = balancer.split(":")
        address = f"arn:{partition}:ec2:{region}:{account}:eip-allocation/{word}"
        return cls(stack, balancer, word, balancer if word == BALANCER else address)

    @property
    def mark(self) -> dict[str, str]:
        """The tag of the load balancer."""
        return {f"{MARK}{self.word}": "true"}

    def protection_arn(self, id: str) -> str:
        """The ARN of the protection with this id, in the account of the load balancer."""
        _, partition, _, _, account, *_ = self.balancer.split(":")
        return f"arn:{partition}:shield::{account}:protection/{id}"


def marked(tags: Mapping[str, str]) -> tuple[str, ...]:
    """What the tags of a load balancer say that elbplan protects."""
    return tuple(key.removeprefix(MARK) for key in sorted(tags) if key.startswith(MARK))


def allocations_of(balancer: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the Elastic IPs of a network load balancer."""
    zones = balancer.get("AvailabilityZones") or ()
    addresses = (address for zone in zones for address in zone.get("LoadBalancerAddresses") or ())
    return tuple(address["AllocationId"] for address in addresses if address.get("AllocationId"))


def describe(arn: str, *, needed: bool) -> Call:
    """Reads the protection of a resource. The answer is empty if it has none."""
    call = Call("shield", "DescribeProtection", {"ResourceArn": arn}, done_if=(MISSING,), region=REGION)
    return unless_denied(call, needed=needed)


def is_denied(answer: Answer) -> bool:
    """True if AWS denied the call."""
    return bool(answer == DENIED_ANSWER)


def tags_of(arn: str) -> Call:
    """Reads the tags of a protection."""
    return Call("shield", "ListTagsForResource", {"ResourceARN": arn}, done_if=(MISSING,), region=REGION)


SUBSCRIPTION = Call("shield", "GetSubscriptionState", region=REGION, may_be_denied=True)


def create(arn: str, name: str, tags: Mapping[str, str]) -> Call:
    """Protects a resource. The answer is empty if it has a protection. A new resource may not be known yet."""
    params = {"Name": name, "ResourceArn": arn, "Tags": tag_list(tags)}
    waits = (MISSING, BUSY)
    return Call("shield", "CreateProtection", params, done_if=(EXISTS,), retry_on=waits, timeout=60, region=REGION)


def delete(id: str) -> Call:
    """Ends a protection."""
    params = {"ProtectionId": id}
    return Call("shield", "DeleteProtection", params, done_if=(MISSING,), retry_on=(BUSY,), timeout=60, region=REGION)


def tag(arn: str, tags: Mapping[str, str]) -> Call:
    """Writes tags on a protection."""
    return Call("shield", "TagResource", {"ResourceARN": arn, "Tags": tag_list(tags)}, region=REGION)


def untag(arn: str, keys: Sequence[str]) -> Call:
    """Removes tags from a protection."""
    return Call("shield", "UntagResource", {"ResourceARN": arn, "TagKeys": list(keys)}, region=REGION)
