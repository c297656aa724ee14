"""Makes the name of a stack from any text, for example from the name of a folder."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container

from ..core.address import AWS_ID
from ..spec.short.words import NAME

LONGEST = 24
FALLBACK = "my-web"
"""The name if a text has no letter of a to z, for example a folder with a Korean name."""


def stack_name(text: str, in_use: Container[str] = ()) -> str:
    """Returns a valid name that is like the text and is not in use: `My Shop` becomes `my-shop`, `Café` `cafe`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    name = re.sub(r"^[0-9-]+", "", words)[:LONGEST].rstrip("-") or FALLBACK
    return name if not AWS_ID.match(name) and name not in in_use else _numbered(name, in_use)


def is_stack_name(text: str) -> bool:
    """True for a text that a spec accepts as the name of a stack."""
    return bool(NAME.fullmatch(text))


def _numbered(name: str, in_use: Container[str]) -> str:
    candidates = (f"{name[: LONGEST - len(str(n)) - 1].rstrip('-')}-{n}" for n in itertools.count(2))
    return next(candidate for candidate in candidates if candidate not in in_use)
