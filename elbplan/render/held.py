"""The last screen of a migration that waits at a hold: how much traffic has moved, and both ways to go from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ..core.resource import Resource
from ..kinds.traffic import weighted_groups
from .layout import flow
from .style import RESULT_MARKS, Style


@dataclass(frozen=True)
class HeldView:
    """Data of the screen.

    share    how much traffic has moved: `50 %`; empty if no route divides its requests
    place    `step 9 of 15 of 0003_app_on_8080`
    go_on    the command that ends the hold
    go_back  the command that undoes the file; empty if no file is before it
    """

    stack: str
    share: str
    place: str
    go_on: str
    go_back: str = ""


def held_screen(view: HeldView, style: Style) -> Iterator[Text]:
    """Yields the rows; the commands stand alone in their lines, to be copied."""
    where = f"held at {f'{view.share}, ' if view.share else ''}{view.place}; it waits for approval."
    mark, colour = RESULT_MARKS["held"]
    yield from flow(
        style,
        style.line((mark, colour), (f" {view.stack}: ", "bold")),
        where,
        back=2,
    )
    for label, command in (("go on", view.go_on), ("go back", view.go_back)):
        if command:
            yield style.line("  ", (f"{label:<9}", "bold"), command)


def held_document(view: HeldView, at: str) -> dict[str, Any]:
    """Returns the last line of `apply --json` for a migration that waits for approval."""
    return {
        "schema": 1,
        "type": "held",
        "at": at,
        "stack": view.stack,
        "share": view.share,
        "place": view.place,
        "go_on": view.go_on,
        "go_back": view.go_back,
    }


def share_text(resources: Iterable[Resource]) -> str:
    """Returns how the first route with several serving groups divides its requests.

    `10 %` for the new side of a replacement, else each group: `blue 50 %, green 50 %`.
    """
    for resource in resources:
        groups = [share for share in weighted_groups(resource) if share.weight]
        if len(groups) > 1:
            whole = sum(share.weight for share in groups)
            parts = {getattr(share.group, "label", str(share.group)): share.weight * 100 / whole for share in groups}
            new = [name for name in parts if not name.endswith("@old")]
            if len(new) == 1:
                return f"{parts[new[0]]:.0f} %"
            return ", ".join(f"{name} {part:.0f} %" for name, part in parts.items())
    return ""
