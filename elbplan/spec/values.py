"""AWS's attributes: always text there, so numbers and booleans are taken as what they look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.hidden import as_text as number_as_text


def as_text(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The same attributes with numbers and booleans as AWS spells them; anything else is left to be refused."""
    return {key: _text(value) for key, value in attributes.items()}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return number_as_text(value) if isinstance(value, int) else value
