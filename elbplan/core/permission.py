"""An IAM action that elbplan needs, and how narrowly AWS allows it to be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Verb = Literal["read", "compare", "create", "update", "delete", "end"]
"""`read` is for every command, `compare` for plan and apply, which compare AWS with specs, `end` for destroy only."""

ANYTHING = "*"
STACK_TAG = "elbplan:stack"

Values = Callable[[Any], Iterable[str]]
"""What a resource of the spec stands for, for example its functions; nothing if it does not need the permission."""


class Condition(NamedTuple):
    """A condition of a statement.

    In key and values, `{stack}` is the stack's name, `{}` a value of `each`, and of a value `KEY=VALUE`, `{key}` and
    `{value}` are the parts.
    """

    operator: str
    key: str
    values: tuple[str, ...]


NEW = Condition("StringEquals", f"aws:RequestTag/{STACK_TAG}", ("{stack}",))
"""The request writes the ownership tag."""

OWN = Condition("StringEquals", f"aws:ResourceTag/{STACK_TAG}", ("{stack}",))
"""The resource has the ownership tag."""


@dataclass(frozen=True)
class Permission:
    """An IAM action, for what elbplan needs it, and its limits.

    on          patterns of ARNs, with `{partition}`, `{region}`, `{account}`, `{stack}` and `{}`, a value of `each`
    each        the values for `{}`. Without a value in any resource of the spec, the permission is not needed. None: it
                is needed for every resource of its kind
    always      needed also if the spec has no resource of the kind: elbplan looks for what the stack has in AWS
    without_it  what elbplan does if AWS denies the action and the command goes on; empty if it ends there
    why         why AWS allows no narrower limit; empty if it does
    """

    action: str
    verbs: tuple[Verb, ...]
    on: tuple[str, ...] = (ANYTHING,)
    conditions: tuple[Condition, ...] = ()
    each: Values | None = None
    always: bool = False
    without_it: str = ""
    why: str = ""

    @property
    def service(self) -> str:
        """The part before the colon."""
        return self.action.partition(":")[0]


def arn(service: str, resource: str, *, region: str = "{region}", account: str = "{account}") -> str:
    """The pattern of an ARN."""
    return f"arn:{{partition}}:{service}:{region}:{account}:{resource}"


NO_RESOURCES = "AWS does not limit these actions to resources or tags"
"""https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
(no resource type in the row of the action)"""


def reads(
    *actions: str,
    verbs: Sequence[Verb] = ("read",),
    always: bool = False,
    without_it: str = "",
    each: Values | None = None,
) -> tuple[Permission, ...]:
    """Reads that AWS allows only for everything."""
    return tuple(
        Permission(action, tuple(verbs), each=each, always=always, without_it=without_it, why=NO_RESOURCES)
        for action in actions
    )
