"""Fills the patterns of declared permissions with the names of a stack, an account and a region. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..core.permission import ANYTHING, Condition, Permission
from ..core.stack import Stack
from .statements import FilledCondition, Statement

PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


@dataclass(frozen=True)
class Place:
    """Where a policy applies; `*` for everything that is not known."""

    stack: str
    region: str
    account: str

    @classmethod
    def of(cls, stack: Stack | None, account: str, region: str) -> Place:
        """The place of a stack. What the spec says comes first."""
        name, own_region, own_account = (stack.name, stack.region, stack.account) if stack else ("", "", "")
        return cls(name or ANYTHING, own_region or region or ANYTHING, own_account or account or ANYTHING)

    @property
    def partition(self) -> str:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""
        return next((name for prefix, name in PARTITIONS if self.region.startswith(prefix)), "aws")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def fill(self, pattern: str, value: str) -> str:
        """The pattern with all names; `value` stands for `{}`."""
        if pattern == "{}" and value == ANYTHING:
            return ANYTHING
        key, _, rest = value.partition("=")
        names = {
            "{partition}": self.partition,
            "{region}": self.region,
            "{account}": self.account,
            "{stack}": self.stack,
            "{key}": key,
            "{value}": rest or ANYTHING,
            "{}": value,
        }
        for name, text in names.items():
            pattern = pattern.replace(name, text)
        return pattern


def filled(permission: Permission, values: Sequence[str], place: Place) -> Iterator[Statement]:
    """The statements of a permission: one, or one for each value if a condition names its key."""
    if any("{key}" in condition.key for condition in permission.conditions):
        for value in values:
            yield _statement(permission, [value], place)
    else:
        yield _statement(permission, values, place)


def _statement(permission: Permission, values: Sequence[str], place: Place) -> Statement:
    resources = {place.fill(pattern, value) for pattern in permission.on for value in values}
    conditions = (_condition(condition, values, place) for condition in permission.conditions)
    return Statement((permission.action,), tuple(sorted(resources)), tuple(sorted(c for c in conditions if c)))


def _condition(condition: Condition, values: Sequence[str], place: Place) -> FilledCondition | None:
    """The condition for these values; None if it would allow every value of a key that is always there."""
    found = sorted({place.fill(pattern, value) for pattern in condition.values for value in values})
    key = place.fill(condition.key, values[0])
    if ANYTHING not in found:
        return (condition.operator, key, tuple(found))
    if condition.operator.startswith("ForAllValues"):
        return None
    # Any value will do, but there must be one.
    return ("Null", key, ("false",))
