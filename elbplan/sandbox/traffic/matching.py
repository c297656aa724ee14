"""Returns whether a request matches the conditions of a rule."""

import re

from ..elbv2.conditions import CONFIG, values
from ..params import Params


def matches(conditions: list[Params], host: str, path: str, method: str = "GET") -> bool:
    """All conditions must match. Those on headers, queries or sources never do: a plain request has none of them."""
    return all(_holds(condition, host, path, method) for condition in conditions)


def _holds(condition: Params, host: str, path: str, method: str) -> bool:
    field, texts = condition["Field"], values(condition)
    regex = (condition.get(CONFIG[field]) or {}).get("RegexValues") or []
    subject = {"host-header": host, "path-pattern": path}.get(field)
    if subject is not None and any(re.search(text, subject) for text in regex):
        return True
    texts = [text for text in texts if text not in regex]
    if field == "host-header":
        return any(matches_wildcard(text.lower(), host.lower()) for text in texts)
    if field == "path-pattern":
        return any(matches_wildcard(text, path) for text in texts)
    if field == "http-request-method":
        return method in texts
    if field == "source-ip":
        return "0.0.0.0/0" in texts
    return False


def matches_wildcard(pattern: str, text: str) -> bool:
    """`*` is any text, `?` one character; nothing else is special."""
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(wildcards.get(character) or re.escape(character) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None
