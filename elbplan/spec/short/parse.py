"""Reads a tree as the short form: checks that it knows every key and that every value has its type.

After a problem the parser goes on with the likely intention, or without the value, so that one run reports all
problems. `ProblemReport.lost` has the keys that it removed; later checks must not report those as missing.
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
    "access", "allow", "body", "codes", "code", "count", "drain", "elastic_ip", "every",
    "healthy", "ignore", "image", "key", "logs", "manage", "method", "on_destroy", "path", "profile", "protect",
    "region", "remove_validation", "restore", "shield", "slow_start", "sticky", "tags", "take_over", "timeout", "tls",
    "unhealthy", "user_data", "version", "web_acl", "weight",
    "alpn", "attributes", "client_certificates", "cors", "csp", "hsts", "idle_timeout", "request_headers",
    "response_headers", "server_header", "tcp_reset",
    "traffic", "new_connections_per_second", "active_connections_per_minute", "gb_per_hour", "requests_per_second",
})
# fmt: on
"""Keys that other checks do not need: when one is removed, the checks still run."""

DEFINING = frozenset({"forward", "redirect", "respond", "host", "path", "method", "header", "query", "ip", "listen"})
"""Keys that define a listener or a rule. A rule without its host, for example, would match other requests."""
TOGETHER = ("login", "token", "rewrite")
"""Keys whose maps make sense only as a whole: a login without its issuer is no login."""
OWN = "x-"
"""Prefix of the user's own keys, for example for anchors."""
MAX_ROUNDS = 6


def parse_short(report: ProblemReport, blocks: set[str]) -> tuple[Short | None, Tree]:
    """Returns the short form and the corrected tree. None: the spec has too many problems to go on."""
    report.tree = without_unsupported(report)
    report.tree = tree = _without_empties(report, blocks)
    guessed: set[YamlPath] = set()
    for _ in range(MAX_ROUNDS):
        stand_in = {"name": "x"} if "name" in report.lost and "name" not in tree.data else {}
        data = {key: value for key, value in tree.data.items() if key not in blocks and key[:2] != OWN} | stand_in
        try:
            short = Short.model_validate(data)
            return (None if "type" in report.lost else short), tree
        except ValidationError as error:
            changes = _Changes(report, guessed)
            for detail in error.errors(include_url=False):
                changes.add(detail)
        report.tree = tree = tree.edited(changes.drops, changes.renames)
    return None, tree


def _without_empties(report: ProblemReport, blocks: set[str]) -> Tree:
    tree = report.tree
    free = {*blocks, "overrides"}
    drops = {path for path in tree.empties() if path[0] not in free and not str(path[0]).startswith(OWN)}
    for path in drops:
        name = name_of(path)
        report.at(path, f"{name} has no value", "write a value after the colon, or remove the line", key=True)
        report.lose(path, harmless=name in HARMLESS)
    return tree.edited(drops, {})


def _part_to_drop(path: YamlPath) -> YamlPath:
    """Returns what to remove because of a wrong value: the whole listener or rule if the value defines it.

    A login, a token check or a rewrite is removed as a whole.
    """
    if together := _whole_map(path):
        return together
    for length in range(len(path) - 1, 0, -1):
        if isinstance(path[length - 1], int) and path[length] in DEFINING:
            return path[:length]
    return path


def _whole_map(path: YamlPath) -> YamlPath:
    """The path of the login, token check or rewrite around a path; () if there is none."""
    return next((path[: n + 1] for n in range(2, len(path)) if path[n] in TOGETHER and path[0] == "listeners"), ())


@dataclass
class _Changes:
    """The keys that one round of errors drops or renames."""

    report: ProblemReport
    guessed: set[YamlPath]
    """Keys that were renamed by a guess: if such a value does not fit, the guess was wrong, not the value."""
    drops: set[YamlPath] = field(default_factory=set)
    renames: dict[YamlPath, str] = field(default_factory=dict)

    def add(self, detail: ErrorDetails) -> None:
        """Reports one error, and changes the tree so that it does not occur again."""
        loc = tuple(step for step in detail["loc"] if step != "[key]")
        if detail["type"] == "extra_forbidden":
            self._unknown_key(loc)
            return
        path = self.report.tree.resolve(loc)
        if not isinstance(detail.get("input"), UnreadScalar) and path not in self.guessed:
            self._report(detail, loc, path)
        dropped = _part_to_drop(path)
        self.drops.add(dropped)
        lost = path or loc
        alone = dropped == path and detail["type"] != "missing"
        self.report.lose(lost, harmless=alone and name_of(lost) in HARMLESS)

    def _report(self, detail: ErrorDetails, loc: YamlPath, path: YamlPath) -> None:
        of_key = detail["loc"][-1:] == ("[key]",)
        what, hint = plain_message(detail, name_of(path) if path and not of_key else "")
        self.report.at(loc, what, hint, key=of_key or detail["type"] == "missing")

    def _unknown_key(self, loc: YamlPath) -> None:
        *above, key = loc
        tree = self.report.tree
        known = sorted({k for model in models_at(Short, above) for k in keys_of(model)})
        known += [] if above else [kind for kind in MODELS if kind not in known]
        where = f" in {name_of(tree.resolve(above))}" if above else ""
        hint = unknown_key_hint(str(key), known, Short) or ("" if above else f"your own keys must start with {OWN}")
        self.report.at(loc, f'unknown key "{key}"{where}', hint, key=True)
        path = tree.resolve(loc)
        near = synonym_of(str(key), known) or closest(str(key), known)
        siblings: Any = tree.at(path[:-1])
        if near and near not in MODELS and near not in siblings and near not in self.renames.values():
            self.renames[path] = near
            self.guessed.add((*path[:-1], near))
        else:
            self.drops.add(_whole_map(path) or path)
