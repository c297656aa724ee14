"""A tree read as the short form: every key known, every value of its type.

After a problem the reading goes on with what was probably meant, or without the value, so that one run tells
everything. `Report.lost` remembers what had to be left out: nothing may be called missing for its sake.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ...core.suggest import closest
from ..keys import keys_of, models_at, synonym_of, unknown_key_hint
from ..messages import name_of, plain_message
from ..models import MODELS
from ..report import ProblemReport
from ..yaml.aliases import UnreadScalar
from ..yaml.tree import Tree, YamlPath
from .document import Short
from .unsupported import without_unsupported

# fmt: off
HARMLESS = frozenset({
    "access", "allow", "attributes", "body", "codes", "code", "count", "drain", "elastic_ip", "every",
    "healthy", "ignore", "image", "key", "logs", "manage", "method", "path", "profile", "protect", "region",
    "remove_validation",
    "slow_start", "sticky", "tags", "take_over", "timeout", "tls", "unhealthy", "user_data", "version",
    "weight",
})
# fmt: on
"""Keys without which the rest can still be judged fairly."""

BACKBONE = frozenset({"forward", "redirect", "respond", "host", "path", "method", "header", "query", "ip", "listen"})
"""Keys without which a listener or rule is no longer the same."""
OWN = "x-"
"""Keys that begin so are a person's own: a place for anchors."""
ROUNDS = 6


def parse_short(report: ProblemReport, blocks: set[str]) -> tuple[Short | None, Tree]:
    """The short form, and the tree it was read from in the end; None if too much of it is wrong to go on."""
    report.tree = without_unsupported(report)
    report.tree = tree = _without_empties(report, blocks)
    guessed: set[YamlPath] = set()
    for _ in range(ROUNDS):
        stand_in = {"name": "x"} if "name" in report.lost and "name" not in tree.data else {}
        data = {key: value for key, value in tree.data.items() if key not in blocks and key[:2] != OWN} | stand_in
        try:
            short = Short.model_validate(data)
            return (None if "type" in report.lost else short), tree
        except ValidationError as error:
            changes = _Changes(report, guessed)
            for detail in error.errors(include_url=False):
                changes.meet(detail)
        report.tree = tree = tree.edited(changes.drops, changes.renames)
    return None, tree


def _without_empties(report: ProblemReport, blocks: set[str]) -> Tree:
    tree = report.tree
    free = {*blocks, "overrides"}
    drops = {path for path in tree.empties() if path[0] not in free and not str(path[0]).startswith(OWN)}
    for path in drops:
        name = name_of(path)
        report.at(path, f"{name} has no value", "write one after it, or remove the line", key=True)
        report.lose(path, harmless=name in HARMLESS)
    return tree.edited(drops, {})


def _backbone(path: YamlPath) -> YamlPath:
    """What has to go with a value: a rule without its only condition would be another rule."""
    for length in range(len(path) - 1, 0, -1):
        if isinstance(path[length - 1], int) and path[length] in BACKBONE:
            return path[:length]
    return path


@dataclass
class _Changes:
    """What one round of errors asks to be left out or renamed."""

    report: ProblemReport
    guessed: set[YamlPath]
    """Where a key was taken for another: if its value does not fit, the guess was wrong, not the value."""
    drops: set[YamlPath] = field(default_factory=set)
    renames: dict[YamlPath, str] = field(default_factory=dict)

    def meet(self, detail: ErrorDetails) -> None:
        """Reports one error, and sees that it is not met again."""
        loc = tuple(step for step in detail["loc"] if step != "[key]")
        if detail["type"] == "extra_forbidden":
            self._unknown_key(loc)
            return
        path = self.report.tree.resolve(loc)
        if not isinstance(detail.get("input"), UnreadScalar) and path not in self.guessed:
            self._tell(detail, loc, path)
        whole = _backbone(path)
        self.drops.add(whole)
        lost = path or loc
        alone = whole == path and detail["type"] != "missing"
        self.report.lose(lost, harmless=alone and name_of(lost) in HARMLESS)

    def _tell(self, detail: ErrorDetails, loc: YamlPath, path: YamlPath) -> None:
        of_key = detail["loc"][-1:] == ("[key]",)
        what, hint = plain_message(detail, name_of(path) if path and not of_key else "")
        self.report.at(loc, what, hint, key=of_key or detail["type"] == "missing")

    def _unknown_key(self, loc: YamlPath) -> None:
        *above, key = loc
        tree = self.report.tree
        known = sorted({k for model in models_at(Short, above) for k in keys_of(model)})
        known += [] if above else [kind for kind in MODELS if kind not in known]
        where = f" in {name_of(tree.resolve(above))}" if above else ""
        hint = unknown_key_hint(str(key), known, Short) or ("" if above else f"keys of your own begin with {OWN}")
        self.report.at(loc, f'unknown key "{key}"{where}', hint, key=True)
        path = tree.resolve(loc)
        near = synonym_of(str(key), known) or closest(str(key), known)
        siblings: Any = tree.at(path[:-1])
        if near and near not in MODELS and near not in siblings and near not in self.renames.values():
            self.renames[path] = near
            self.guessed.add((*path[:-1], near))
        else:
            self.drops.add(path)
