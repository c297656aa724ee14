"""Checks that each pattern of `ignore:` leads to a field, an element or a key of this stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, get_args, get_origin

from ....core.ignored import Path, parts_of
from ....core.resource import Part
from ....core.suggest import closest, did_you_mean
from ....kinds import KINDS
from ...keys import models_in
from ...models import MODELS
from .subject import Subject

Problem = tuple[str, str]
"""What is wrong, and a hint."""


def check(subject: Subject) -> None:
    """Reports patterns that lead nowhere."""
    if subject.report.lost or not subject.drafts:
        return
    for index, pattern in enumerate(subject.short.ignore or ()):
        problems = list(_readings(subject, pattern))
        if problems and None not in problems:
            what, hint = next(problem for problem in problems if problem)
            subject.report.at(("ignore", index), what, hint)
        elif not problems:
            hint = _field_hint(subject, pattern)
            subject.report.at(("ignore", index), f'"{pattern}" is not a field of this stack', hint)


def _readings(subject: Subject, pattern: str) -> Iterator[Problem | None]:
    """For each field that the pattern may mean: what is wrong with the path below it, or None."""
    for address in subject.drafts:
        for field, info in MODELS[address.kind].model_fields.items():
            for glob, path in parts_of(pattern):
                literal = not path or glob.rpartition(".")[2] == field
                if literal and fnmatchcase(f"{address}.{field}", glob):
                    resource = subject.resources.get(address)
                    complete = KINDS[address.kind].with_live_defaults(resource, resource) if resource else None
                    yield _problem(path, info.annotation, getattr(complete, field, None), f"{address}.{field}")


def _field_hint(subject: Subject, pattern: str) -> str:
    fields = [f"{address}.{field}" for address in subject.drafts for field in MODELS[address.kind].model_fields]
    head = pattern.partition("[")[0]
    near = closest(head, fields)
    if near and head != pattern:
        return f"did you mean {near}{pattern.removeprefix(head)}?"
    return did_you_mean(pattern, fields) or "write ADDRESS.FIELD, like listener.443.action; * matches any text"


def _problem(path: Path, annotation: Any, value: Any, above: str) -> Problem | None:
    """The first step that leads nowhere."""
    if not path:
        return None
    step, rest = path[0], path[1:]
    if _holds(annotation, Mapping) or _holds(annotation, dict):
        key = step.text if step.element else ".".join(part.text for part in path)
        return _unknown_key(key, value, above)
    listed = _holds(annotation, tuple)
    if listed and not step.element:
        return f"{above} is a list", f"write {above}[NAME] for one of its elements, with its name, id or address"
    models = [model for model in models_in(annotation) if issubclass(model, Part)]
    if listed:
        return _problem_in_any(rest, models, f"{above}[{step.text}]") if rest else None
    if not models:
        return f"{above} has no parts", f"write {above}"
    return _problem_in_any(path, models, above)


def _problem_in_any(path: Path, models: list[type[Part]], above: str) -> Problem | None:
    """The problem of the rest of a path in all of these models; None if it leads somewhere in one of them."""
    step, rest = path[0], path[1:]
    fitting = [model for model in models if step.text in model.model_fields and not step.element]
    if not fitting:
        known = sorted({name for model in models for name in model.model_fields})
        return f'"{step.text}" is not a field of {above}', did_you_mean(step.text, known)
    found = [
        _problem(rest, model.model_fields[step.text].annotation, None, f"{above}.{step.text}") for model in fitting
    ]
    return None if None in found else found[0]


def _unknown_key(key: str, value: Any, above: str) -> Problem | None:
    """A key that AWS has not may still be right, unless it is like one that elbplan knows."""
    known = list(value) if isinstance(value, Mapping) else []
    if key in known or "*" in key:
        return None
    near = closest(key, known, 0.8)
    return (f'"{key}" is not a key of {above}', f"did you mean {near}?") if near else None


def _holds(annotation: Any, kind: Any) -> bool:
    """True if a type is this one, or a union with it."""
    return any((get_origin(option) or option) is kind for option in (annotation, *get_args(annotation)))
