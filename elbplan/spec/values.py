"""Attributes of AWS: AWS has only text, a spec may also write numbers and booleans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.hidden import as_text as number_as_text


def as_text(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the attributes with numbers and booleans as AWS writes them. Other types stay: the model refuses them."""
    return {key: _text(value) for key, value in attributes.items()}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return number_as_text(value) if isinstance(value, int) else value
