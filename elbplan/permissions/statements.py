"""Statements of IAM policies, and how few of them say the same. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..core.permission import STACK_TAG

FilledCondition = tuple[str, str, tuple[str, ...]]
"""Operator, key, values."""

CREATE_ACTION = ":CreateAction"
SHARED_KEYS = (CREATE_ACTION, f"/{STACK_TAG}")
"""Keys whose values statements share: the create calls of a service, and the stacks of one caller."""
TAG = re.compile(r"aws:(Request|Resource)Tag/")


@dataclass(frozen=True)
class Statement:
    """A statement that allows actions on resources under conditions."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[FilledCondition, ...] = ()
    sid: str = ""

    @property
    def document(self) -> dict[str, object]:
        """The statement as IAM reads it."""
        document: dict[str, object] = {"Sid": self.sid} if self.sid else {}
        document |= {"Effect": "Allow", "Action": _few(self.actions), "Resource": _few(self.resources)}
        if self.conditions:
            operators: dict[str, dict[str, object]] = {}
            for operator, key, values in self.conditions:
                operators.setdefault(operator, {})[key] = _few(values)
            document["Condition"] = operators
        return document

    def without(self, action: str) -> Statement:
        """The same statement without one action."""
        return replace(self, actions=tuple(other for other in self.actions if other != action))

    def covers(self, resource: str) -> bool:
        """True if the resource, an ARN, is one of its resources; also without an ARN."""
        if not resource or resource == "*":
            return True
        return any(fnmatch.fnmatchcase(resource, pattern.replace("[", "[[]")) for pattern in self.resources)

    @property
    def limited(self) -> bool:
        """True if it is not for every resource."""
        return self.resources != ("*",) or bool(self.conditions)

    @property
    def limited_by_tags(self) -> bool:
        """True if only resources with a certain tag are allowed."""
        return any(TAG.match(key) for _, key, _ in self.conditions)

    @property
    def adopts(self) -> bool:
        """True if it allows resources that have no tag of a stack: of any stranger, if they were not named."""
        return any(operator == "Null" and values == UNTAGGED for operator, _, values in self.conditions)


UNTAGGED = ("true",)
"""The value of `Null` that asks for a resource without the tag."""


def _few(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def grouped(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements with equal limits as one, in a stable order, each with a name.

    Statements of one service that ask for the same tags share their resources: each action applies only to its own
    types of resources, and the tags limit which of them.
    """
    by_tags: dict[tuple[object, ...], list[Statement]] = {}
    for statement in without_covered(statements):
        by_tags.setdefault(_limits(statement), []).append(statement)
    merged = [_shortened(_merged(group)) for group in by_tags.values()]
    by_actions: dict[tuple[object, ...], list[Statement]] = {}
    for statement in merged:
        by_actions.setdefault((statement.actions, statement.conditions), []).append(statement)
    return _named(sorted(map(_merged, by_actions.values()), key=_order))


def without_covered(statements: Iterable[Statement]) -> list[Statement]:
    """The statements without those that another one already says. Of two that say the same, the first stays."""
    several = list(dict.fromkeys(replace(statement, sid="") for statement in statements))
    return [s for s in several if not any(_replaces(other, s, several) for other in several if other != s)]


def _replaces(other: Statement, statement: Statement, several: Sequence[Statement]) -> bool:
    """True if the other statement says the same and more, or the same and comes first."""
    if not _says(other, statement):
        return False
    return several.index(other) < several.index(statement) or not _says(statement, other)


def _says(wide: Statement, narrow: Statement) -> bool:
    """True if the wide statement allows everything that the narrow one allows."""
    return (
        set(narrow.actions) <= set(wide.actions)
        and narrow.conditions == wide.conditions
        and all(resource != "*" and wide.covers(resource) for resource in narrow.resources)
    )


def _limits(statement: Statement) -> tuple[object, ...]:
    """What must be equal in statements that become one."""
    service = statement.actions[0].partition(":")[0]
    if not statement.limited_by_tags:
        return (service if statement.resources != ("*",) else "", statement.resources, statement.conditions)
    conditions = tuple((o, k, () if k.endswith(SHARED_KEYS) else v) for o, k, v in statement.conditions)
    return (service, statement.resources == ("*",), conditions)


def _merged(statements: Sequence[Statement]) -> Statement:
    values: dict[tuple[str, str], set[str]] = {}
    for statement in statements:
        for operator, key, several in statement.conditions:
            values.setdefault((operator, key), set()).update(several)
    return Statement(
        tuple(sorted({action for statement in statements for action in statement.actions})),
        tuple(sorted({resource for statement in statements for resource in statement.resources})),
        tuple(sorted((operator, key, tuple(sorted(several))) for (operator, key), several in values.items())),
    )


def _shortened(statement: Statement) -> Statement:
    """The statement with one pattern for several types of resources, if tags limit it: a policy must be short."""
    if not statement.limited_by_tags or statement.adopts or len(statement.resources) < 2:
        return statement
    prefixes = {":".join(resource.split(":")[:5]) for resource in statement.resources}
    return replace(statement, resources=tuple(sorted(f"{prefix}:*" for prefix in prefixes)))


def _order(statement: Statement) -> tuple[object, ...]:
    """Reads of everything first, then by service."""
    return (statement.limited, statement.actions, statement.resources)


def _named(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    used: dict[str, int] = {}
    named: list[Statement] = []
    for statement in statements:
        name = _name(statement)
        used[name] = used.get(name, 0) + 1
        named.append(replace(statement, sid=name if used[name] == 1 else f"{name}{used[name]}"))
    return tuple(named)


SERVICES = {"elasticloadbalancing": "Elb", "acm": "Acm", "ec2": "Ec2", "iam": "Iam", "ssm": "Parameters"}


def _name(statement: Statement) -> str:
    """A name of letters and digits, which is all that IAM allows: `Ec2TagNew`."""
    if not statement.limited:
        return "Read"
    service = statement.actions[0].partition(":")[0]
    keys = [key for _, key, _ in statement.conditions]
    parts = [SERVICES.get(service, service.title())]
    if any(key.endswith(CREATE_ACTION) for key in keys):
        parts.append("TagNew")
    elif any(key.startswith("aws:RequestTag/") for key in keys):
        parts.append("Create")
    elif any(key.startswith("aws:ResourceTag/") for key in keys):
        parts.append("Own")
    else:
        parts.append(_kind_of(statement.resources[0]))
    return "".join(parts)


def _kind_of(resource: str) -> str:
    """The type in an ARN, as a word: `SecurityGroup`."""
    rest = resource.split(":", 5)[-1] if resource.startswith("arn:") else ""
    return "".join(part.title() for part in re.split(r"[^A-Za-z]+", re.split(r"[/:]", rest)[0]))
