"""What `list` and `leftovers` say about accounts that they did not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from ..leftovers.other_accounts import OtherAccount
from .layout import flow
from .style import Style, listed


def not_read_lines(others: Sequence[OtherAccount], command: str, style: Style) -> Iterator[Text]:
    """Yields a line for each account, with the command that reads it; `command` is `list` or `leftovers`."""
    for other in others:
        text = f"{other.text}, of {listed(list(other.stacks), 3)}: {_how(other, command)}"
        yield from flow(style, style.line(("Not read  ", "bold yellow")), style.clean(text))


def _how(other: OtherAccount, command: str) -> str:
    if other.identity.role:
        return f"elbplan {command} --profile NAME, with a profile that has this role_arn"
    return f"elbplan {command} --profile {other.identity.profile or 'NAME'}"


def not_read_documents(others: Sequence[OtherAccount]) -> list[dict[str, Any]]:
    """Returns the accounts for programs; what is not known is null."""
    return [
        {
            "profile": other.identity.profile or None,
            "role": other.identity.role or None,
            "account": other.account or None,
            "stacks": list(other.stacks),
        }
        for other in others
    ]
