"""`${VAR}` and `${VAR:-default}` in values; `$${` is a literal `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.hidden import Hidden

PLACE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)\}|\$\{")
INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<fallback>:-.*)?", re.DOTALL)


class BadVariable(ValueError):
    """A variable that is unset or misspelled: what, and what to write."""

    def __init__(self, what: str, hint: str, *, unset: bool = False) -> None:
        super().__init__(what)
        self.hint = hint
        self.unset = unset


def substitute(text: str, env: Mapping[str, str]) -> str:
    """The text with its variables filled in; what is filled in is not looked at again. Raises BadVariable."""
    return PLACE.sub(lambda found: _value(found, env), text)


def read(text: str, env: Mapping[str, str], *, lenient: bool = False) -> str:
    """The text with its variables filled in, which remembers how it was written. Raises BadVariable.

    Where `lenient`, a variable that is not set leaves the text as it was written, and not known.
    """
    try:
        value = substitute(text, env)
    except BadVariable as bad:
        if not lenient or not bad.unset:
            raise
        return Hidden(text, text, known=False)
    return Hidden(value, text) if has_variables(text) else value


def has_variables(text: str) -> bool:
    """Is there a `${` that is not literal?"""
    return any(found[0] != "$${" for found in PLACE.finditer(text))


def _value(found: re.Match[str], env: Mapping[str, str]) -> str:
    if found[0] == "$${":
        return "${"
    match = INSIDE.fullmatch(found["inside"] or "")
    if not match:
        raise BadVariable(f"{found[0]} is not a variable", "write ${NAME} or ${NAME:-default}; $${ gives a literal ${")
    name, fallback = match["name"], match["fallback"]
    if env.get(name):
        return env[name]
    if fallback is not None:
        return str(fallback[2:])
    if name in env:
        return ""
    hint = f"set it, or give a default: ${{{name}:-...}}"
    raise BadVariable(f"the environment variable {name} is not set", hint, unset=True)
