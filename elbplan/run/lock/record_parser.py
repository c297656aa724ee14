"""Parses the text of a parameter into a record, field by field. A text that cannot be read still counts as a lock."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from ...errors import escaped
from .record import SCHEMA, UNKNOWN_STATE, RunRecord, RunState, RunStep

LARGEST = 1e9
"""A step neither starts nor ends later than after so many seconds."""

LONGEST_LEASE = 86400.0
"""Most seconds for `lease_seconds` of a record."""


def read(stack: str, name: str, text: str, modified: object = None, parameter_version: object = 0) -> RunRecord | None:
    """The record in a parameter; None if the name is not that of a run.

    Ignores unknown fields. A record with another schema, an unknown state or a field of the wrong type gets the state
    `unknown` and counts as a held lock, because a newer elbplan may have written it and may still be running.
    """
    number = name.rpartition("/")[2]
    if not number.isdigit():
        return None
    facts: dict[str, Any] = {
        "modified": modified.timestamp() if isinstance(modified, datetime) else 0.0,
        "parameter_version": parameter_version if isinstance(parameter_version, int) else 0,
    }
    try:
        return RunRecord(stack, int(number), **{"run": "", "verb": "?", "who": "?", "started": 0.0, "renewed": 0.0,
                                             **_fields(json.loads(text)), **facts})  # fmt: skip
    except (ValueError, OverflowError, RecursionError) as problem:
        why = str(problem)[:120]
        return RunRecord(stack, int(number), "", "?", "?", 0, 0, UNKNOWN_STATE, note=why, **facts)


def _fields(document: object) -> dict[str, Any]:
    """The known fields with their types. Raises ValueError with the first invalid field."""
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")
    if document.get("schema") != SCHEMA:
        raise ValueError(f"its schema is {document.get('schema')!r}, and this elbplan knows {SCHEMA}")
    if document.get("state") not in get_args(RunState) or document.get("state") == UNKNOWN_STATE:
        raise ValueError(f"its state is {document.get('state')!r}")
    return {"state": document["state"], **{name: _field(name, document[name]) for name in FIELDS if name in document}}


def _field(name: str, value: object) -> Any:
    try:
        return FIELDS[name](value)
    except (ValueError, TypeError):
        raise ValueError(f"its {name} is {value!r}") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return escaped(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError
    return value


def _moment(value: object) -> float:
    return datetime.fromisoformat(_text(value)).timestamp() if value else 0.0


def _lease(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError
    if not 0 < value <= LONGEST_LEASE:
        raise ValueError
    return float(value)


def _counts(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise ValueError
    return {str(what): _whole(number) for what, number in value.items()}


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError
    return {escaped(str(key)): _text(text) for key, text in value.items()}


def _steps(value: object) -> tuple[RunStep, ...]:
    """Ignores what it does not know: no decision depends on the steps, so they must never make a record a lock."""
    return tuple(_known_steps(value)) if isinstance(value, list) else ()


def _known_steps(rows: list[object]) -> Iterator[RunStep]:
    for row in rows:
        match row:
            case [int() | float() as start, int() | float() as took, str() as id, *rest] if (
                0 <= max(start, took) < LARGEST
            ):
                failure = rest[0] if rest and isinstance(rest[0], str) else ""
                yield RunStep(escaped(id), float(start), float(took), escaped(failure))


FIELDS: Mapping[str, Callable[[object], Any]] = {
    "run": _text, "verb": _text, "who": _text, "pid": _whole, "machine": _text,
    "started": _moment, "renewed": _moment, "ended": _moment, "lease_seconds": _lease,
    "counts": _counts, "takes": _whole, "note": _text, "version": _text, "spec": _text,
    "file": _text, "sha": _text, "at": _whole, "mode": _text, "replaced": _texts,
    "steps": _steps,
}  # fmt: skip
