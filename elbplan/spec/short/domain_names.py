"""The names of domains."""

from __future__ import annotations

import re

from ..errors import SpecValueError
from ..messages import shown_value

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)


def domain_name(value: str) -> str:
    """Returns the name in lowercase without the final dot. Raises SpecValueError."""
    name = value.lower().rstrip(".")
    labels = name.split(".")
    if "*" in name and (labels[0] != "*" or "*" in name[1:]):
        raise SpecValueError(
            f"{shown_value(value)} has a * in the wrong place", "write * only as the whole first label: *.example.com"
        )
    if "://" in value or "/" in value:
        raise SpecValueError(
            f"{shown_value(value)} is a URL, not a domain",
            "write only the host name, without https:// and without a path",
        )
    plain = labels[1:] if labels[0] == "*" else labels
    if len(plain) < 2:
        raise SpecValueError(f"{shown_value(value)} is not a full domain name", "write all of it, like api.example.com")
    if not name.isascii() and (encoded := _ascii_form(plain)):
        first = "*." if labels[0] == "*" else ""
        raise SpecValueError(
            f"{shown_value(value)} has letters outside ASCII", f"write its form in DNS: {first}{encoded}"
        )
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in plain):
        raise SpecValueError(
            f"{shown_value(value)} is not a domain name",
            "use letters, digits and dashes, at most 63 between two dots, like api.example.com",
        )
    return name


def _ascii_form(labels: list[str]) -> str:
    """`xn--bj0bj06e.example.com`; empty if the name has none: https://www.rfc-editor.org/rfc/rfc3490"""
    try:
        encoded = ".".join(labels).encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return encoded if all(LABEL.fullmatch(label) for label in encoded.split(".")) else ""
