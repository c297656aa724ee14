"""`${VAR}` and `${VAR:-default}` in values; `$${` is a literal `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)\}|\$\{")
INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<fallback>:-.*)?", re.DOTALL)


class BadVariable(ValueError):
    """A variable that is unset or misspelled: what, and what to write."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def substitute(text: str, env: Mapping[str, str]) -> str:
    """The text with its variables filled in; what is filled in is not looked at again. Raises BadVariable."""
    return PLACE.sub(lambda found: _value(found, env), text)


def escape(text: str) -> str:
    """The text that `substitute` turns into this one."""
    return text.replace("${", "$${")


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
    raise BadVariable(f"the environment variable {name} is not set", f"set it, or give a default: ${{{name}:-...}}")
