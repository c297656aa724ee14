"""A tree read as the short form: every key known, every value of its type.

After a problem the reading goes on with what was probably meant, or without the value, so that one run tells
everything. Only a mistake in something that others rest on ends it.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .guess import closest
from .keys import advice, keys_of, meant, models_at
from .layout import Unread
from .models import MODELS
from .plainly import name_of, plainly
from .report import Report
from .short.document import Short
from .tree import Path, Tree

HARMLESS = frozenset({
    "access", "allow", "attributes", "body", "codes", "code", "count", "drain", "every", "expires", "healthy", "ignore",
    "image", "key", "logs", "manage", "method", "path", "profile", "protect", "region", "slow_start", "sticky", "tags",
    "timeout", "tls", "traffic", "unhealthy", "user_data", "version", "take_over", "elastic_ip", "weight",
})  # fmt: skip
"""Keys without which the rest can still be judged fairly."""

ROUNDS = 4


def shaped(report: Report, blocks: set[str]) -> tuple[Short | None, Tree]:
    """The short form, and the tree it was read from in the end; None if too much of it is wrong to go on."""
    tree, sound = _without_empties(report, blocks)
    for _ in range(ROUNDS):
        report.tree = tree
        try:
            data = {key: value for key, value in tree.data.items() if key not in blocks}
            short = Short.model_validate(data)
            return (short if sound else None), tree
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                tree, harmless = _met(detail, tree, report)
                sound = sound and harmless
    return None, tree


def _without_empties(report: Report, blocks: set[str]) -> tuple[Tree, bool]:
    tree, sound = report.tree, True
    for path in list(report.tree.empties()):
        if path[0] not in blocks and path[0] != "overrides":
            name = name_of(path)
            report.at(path, f"{name} has no value", "write one after it, or remove the line", key=True)
            tree = tree.without(path)
            sound = sound and name in HARMLESS
    return tree, sound


def _met(detail: ErrorDetails, tree: Tree, report: Report) -> tuple[Tree, bool]:
    """Reports one error; returns the tree to go on with, and whether nothing that others need was lost."""
    loc = tuple(step for step in detail["loc"] if step != "[key]")
    if detail["type"] == "extra_forbidden":
        return _unknown_key(loc, tree, report), True
    path = report.tree.resolve(loc)
    if not isinstance(detail.get("input"), Unread):
        _tell(detail, loc, path, report)
    if detail["type"] == "missing" or not path:
        return tree, False
    return tree.without(path), name_of(path) in HARMLESS


def _tell(detail: ErrorDetails, loc: Path, path: Path, report: Report) -> None:
    what, hint = plainly(detail, name_of(path) if path else "")
    at_key = detail["type"] == "missing" or detail["loc"][-1:] == ("[key]",)
    report.at(loc, what, hint, key=at_key)


def _unknown_key(loc: Path, tree: Tree, report: Report) -> Tree:
    *above, key = loc
    known = sorted({k for model in models_at(Short, above) for k in keys_of(model)})
    known += [] if above else [kind for kind in MODELS if kind not in known]
    path = report.tree.resolve(loc)
    where = f" in {name_of(report.tree.resolve(above))}" if above else ""
    report.at(loc, f'unknown key "{key}"{where}', advice(str(key), known, Short), key=True)
    if path not in tree.values or path[-1] != key:
        return tree
    near = meant(str(key), known) or closest(str(key), known)
    siblings: Any = tree.at(path[:-1])
    return tree.renamed(path, near) if near and near not in siblings else tree.without(path)
