"""`${VAR}` and `${VAR:-default}` in values; `$${` is a literal `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.hidden import Hidden

PLACE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)\}|\$\{")
INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<fallback>:-.*)?", re.DOTALL)


class BadVariable(ValueError):
    """A variable that is not set or not valid."""

    def __init__(self, what: str, hint: str, *, unset: bool = False) -> None:
        super().__init__(what)
        self.hint = hint
        self.unset = unset


def substitute(text: str, env: Mapping[str, str]) -> str:
    """Replaces the variables of a text by their values, once: values may contain `${`. Raises BadVariable."""
    return PLACE.sub(lambda match: _value(match, env), text)


def read(text: str, env: Mapping[str, str], *, lenient: bool = False) -> str:
    """Replaces the variables of a text; the result keeps the original text as its reference. Raises BadVariable.

    If `lenient`, a text with a variable that is not set stays as it is and counts as not known.
    """
    try:
        value = substitute(text, env)
    except BadVariable as bad:
        if not lenient or not bad.unset:
            raise
        return Hidden(text, text, known=False)
    return Hidden(value, text) if has_variables(text) else value


def has_variables(text: str) -> bool:
    """True if the text has a `${` that is not literal."""
    return any(match[0] != "$${" for match in PLACE.finditer(text))


def _value(place: re.Match[str], env: Mapping[str, str]) -> str:
    if place[0] == "$${":
        return "${"
    match = INSIDE.fullmatch(place["inside"] or "")
    if not match:
        raise BadVariable(f"{place[0]} is not a variable", "write ${NAME} or ${NAME:-default}; $${ gives a literal ${")
    name, fallback = match["name"], match["fallback"]
    if env.get(name):
        return env[name]
    if fallback is not None:
        return str(fallback[2:])
    if name in env:
        return ""
    hint = f"set it, or give a default: ${{{name}:-...}}"
    raise BadVariable(f"the environment variable {name} is not set", hint, unset=True)
