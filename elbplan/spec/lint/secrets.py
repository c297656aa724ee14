"""The rule about secrets that a spec contains as text. Its findings never show the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...core.hidden import Hidden
from ..validate.checks.subject import Subject
from ..yaml.tree import YamlPath
from .finding import Finding

WORD = r"(?:pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key|credentials?)"
KEY = re.compile(rf"(?i)(?:^|[_.-]){WORD}s?$")
ASSIGNED = re.compile(rf"(?i){WORD}[\"']?\s*[=:]\s*[\"']?(?P<value>[^\s\"'$<>{{}}()`;&|]{{6,}})")
MARKS = {
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token of GitHub": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "a password in a URL": re.compile(r"[a-z][a-z0-9+]*://[^\s/:@$]+:[^\s/:@$]{3,}@"),
}
PUBLIC = re.compile(r"(?:https?://|arn:|/|ssm:|secretsmanager:|env:|true$|false$|[A-Z_]+$|\*)")
"""The start of values that are places, references or switches, not secrets."""
REMEDY = "keep it in AWS Secrets Manager or Parameter Store, and read it when the server starts"
VARIABLE = "write ${NAME}, and set NAME in the environment; change the secret if others read this file"


def secret_in_spec(subject: Subject) -> Iterator[Finding]:
    """Texts of the document, and scripts in files, that look like a secret."""
    for path, text in _texts((), subject.report.tree.data):
        if what := kind_of_secret(text, str(path[-1]) if path else ""):
            in_script = path[-1] == "user_data"
            yield Finding(None, path, f"{_label(path)} has {what} as text", REMEDY if in_script else VARIABLE, True)
    for address, server in subject.of("instance"):
        place = subject.drafts[address].place(("user_data",))
        if place[-1:] == ("user_data_file",) and (what := kind_of_secret(server.user_data or "", "")):
            yield Finding(None, place, f"the script has {what} as text", REMEDY)


def _label(path: YamlPath) -> str:
    return next(step for step in reversed(path) if isinstance(step, str))


def _texts(path: YamlPath, data: Any) -> Iterator[tuple[YamlPath, str]]:
    """The texts of a document as they are written: `${NAME}` in place of a value of the environment."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _texts((*path, key), value)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts((*path, index), value)
    elif isinstance(data, str) and path:
        yield path, data.reference if isinstance(data, Hidden) else data


def kind_of_secret(text: str, key: str) -> str:
    """What the text reveals (`a private key`, `a password or token`); empty for text without a secret."""
    for what, mark in MARKS.items():
        if mark.search(text):
            return what
    if KEY.search(key) and len(text) >= 6 and "${" not in text and not PUBLIC.match(text) and "\n" not in text:
        return "a password or token"
    assigned = [match["value"] for match in ASSIGNED.finditer(text)]
    return "a password or token" if any(not PUBLIC.match(value) for value in assigned) else ""
