"""Parses the text of a migration and reports every wrong word with its line and column."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from ...core.address import AWS_ID, Address
from ...core.duration import parse_duration
from ...core.suggest import did_you_mean
from ...errors import Problem
from ...kinds import KINDS
from ...spec.messages import article
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, Tree, YamlPath
from ..migration import APPROVAL, STEP_KINDS, Migration, MigrationStep, OnFailure, StepKind

KEYS = ("stack", "title", "from", "to", "spec", "steps")
STEP_KEYS = (
    "do", "what", "from", "id", "set", "until", "timeout", "hold", "while", "on_failure", "why", "allow",
    "because", "then",
)  # fmt: skip
KEY_USERS: Mapping[str, tuple[StepKind, ...]] = {
    "set": ("create", "update", "shift", "reorder", "adopt"),
    "until": ("wait",),
    "timeout": ("wait",),
    "hold": ("hold",),
    "while": ("hold",),
    "on_failure": ("wait", "hold"),
    "from": ("moved",),
    "id": ("adopt",),
}
"""The keys that only some kinds of steps have."""

RECORD = re.compile(r"Z[A-Z0-9]+/[^/\s]+/(A|AAAA)")
"""The id of a record: its hosted zone, name and type."""

NEEDS_SET = ("update", "reorder", "shift", "adopt")
FINGERPRINT = re.compile(r"absent|s\d+-[0-9a-f]{8}")
NAME = re.compile(r"(\d{4})_([a-z0-9][a-z0-9_-]*)\.yaml")


@dataclass
class MigrationParser:
    """Parses one file; collects its problems."""

    source: Source
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    problems: list[Problem] = field(default_factory=list)
    tree: Tree | None = None

    def migration(self, number: int, name: str) -> Migration | None:
        """The migration in the file; None if the file has problems."""
        builder = TreeBuilder(self.source, self.env, lenient=True)
        trees = list(builder.documents())
        self.problems += builder.problems
        if len(trees) != 1 or not isinstance(trees[0].data, dict):
            if not self.problems:
                what = "a migration is one YAML document with stack:, from:, to: and steps:"
                self.problems.append(Problem(self.source.file, 1, 1, what))
            return None
        self.tree = trees[0]
        data = self.tree.data
        self._check_keys((), data, KEYS)
        for key in ("stack", "from", "to", "steps"):
            if key not in data:
                self.problem(
                    (), f"{key}: is missing", "elbplan plan --save NAME writes all keys that a migration needs"
                )
        entries = tuple(self._entries(data.get("steps")))
        if self.problems:
            return None
        start, end = (self._fingerprint((key,), data[key]) for key in ("from", "to"))
        stack, title, spec = (str(data.get(key) or "") for key in ("stack", "title", "spec"))
        migration = Migration(stack, number, name, title, start, end, spec, entries)
        return None if self.problems else migration

    def problem(self, path: YamlPath, what: str, hint: str = "", *, key: bool = False) -> None:
        """Add a problem at a path; if the file does not have the path, at its nearest part."""
        if self.tree:
            self.problems.append(self.tree.problem(path, what, hint, key=key))

    def _check_keys(self, path: YamlPath, data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                self.problem(
                    (*path, key),
                    f"there is no key {key} here",
                    did_you_mean(str(key), keys, most=len(STEP_KEYS)),
                    key=True,
                )

    def _entries(self, steps: Any) -> list[MigrationStep]:
        if not isinstance(steps, list):
            self.problem(("steps",), "steps: must be a list")
            return []
        entries = []
        for index, step in enumerate(steps):
            path: YamlPath = ("steps", index)
            if not isinstance(step, dict):
                self.problem(path, "a step must be a map: do:, what:, ...")
                continue
            self._check_keys(path, step, STEP_KEYS)
            entries.append(self._entry(path, step))
        return entries

    def _entry(self, path: YamlPath, step: Mapping[str, Any]) -> MigrationStep:
        verb = self._verb(path, step)
        is_hold = verb == "hold"
        self._check_key_users(path, step, verb)
        return MigrationStep(
            verb,
            self._what(path, step) if not is_hold or "what" in step else None,
            self._set(path, step, verb),
            str(step.get("while" if is_hold else "until") or ""),
            self._time((*path, "timeout"), step.get("timeout", "15m")) if verb == "wait" else 0,
            self._hold(path, step) if is_hold else 0,
            self._id(path, step) if verb == "adopt" else "",
            self._what(path, step, "from") if verb == "moved" else None,
            self._on_failure(path, step),
            str(step.get("why") or ""),
            tuple(map(str, _list(step.get("allow")))),
            str(step.get("because") or ""),
            self._fingerprint((*path, "then"), step["then"]) if step.get("then") else "",
        )

    def _check_key_users(self, path: YamlPath, step: Mapping[str, Any], verb: StepKind) -> None:
        """Report the keys that this kind of step would ignore."""
        for key, verbs in KEY_USERS.items():
            if key in step and verb not in verbs:
                own_step = "write the hold as a step of its own: - hold: 15m"
                hint = own_step if key == "hold" else f"only {' and '.join(verbs)} steps can have {key}:"
                self.problem((*path, key), f"{article(verb)} step cannot have {key}:", hint, key=True)
        if verb == "hold" and ("what" in step) != ("while" in step):
            hint = "for example what: targets.web, while: healthy"
            self.problem(path, "a hold needs both what: and while: to watch a resource, or neither", hint)

    def _id(self, path: YamlPath, step: Mapping[str, Any]) -> str:
        id = step.get("id")
        if not isinstance(id, str) or not (AWS_ID.match(id) or RECORD.fullmatch(id) or id.startswith("name:")):
            hint = "write its ARN or id (sg-..., i-...), or name:NAME, which is the same in every account"
            self.problem((*path, "id") if "id" in step else path, "adopt needs the resource in id:", hint)
        return str(id or "")

    def _on_failure(self, path: YamlPath, step: Mapping[str, Any]) -> OnFailure:
        on_failure = step.get("on_failure", "stop")
        if on_failure not in get_args(OnFailure):
            hint = "stop leaves everything as it is; rollback returns to the start of the file"
            self.problem((*path, "on_failure"), f"on_failure: must be stop or rollback, not {on_failure}", hint)
            return "stop"
        return cast(OnFailure, on_failure)

    def _verb(self, path: YamlPath, step: Mapping[str, Any]) -> StepKind:
        verb = step.get("do", "hold" if "hold" in step else None)
        if verb is None:
            self.problem(path, "a step needs do:", f"do: is one of {', '.join(STEP_KINDS)}")
        elif verb not in STEP_KINDS:
            self.problem((*path, "do"), f"there is no step called {verb}", did_you_mean(str(verb), STEP_KINDS))
        return cast(StepKind, verb if verb in STEP_KINDS else "wait")

    def _what(self, path: YamlPath, step: Mapping[str, Any], key: str = "what") -> Address | None:
        if not isinstance(step.get(key), str):
            self.problem((*path, key) if key in step else path, f"a step needs the address of its resource in {key}:")
            return None
        try:
            address = Address.parse(step[key])
        except ValueError as error:
            self.problem((*path, key), str(error))
            return None
        if address.kind not in KINDS:
            hint = did_you_mean(address.kind, KINDS, most=len(KINDS))
            self.problem((*path, key), f"there is no kind of resource called {address.kind}", hint)
            return None
        return address

    def _set(self, path: YamlPath, step: Mapping[str, Any], verb: StepKind) -> Mapping[str, Any]:
        fields = step.get("set") or {}
        if not isinstance(fields, dict) or (verb in NEEDS_SET and not fields):
            self.problem((*path, "set") if "set" in step else path, f"{verb} needs set: with fields and values")
            return {}
        return fields

    def _hold(self, path: YamlPath, step: Mapping[str, Any]) -> float | None:
        if step.get("hold") == APPROVAL:
            return None
        return self._time((*path, "hold"), step.get("hold"))

    def _time(self, path: YamlPath, text: object) -> float:
        try:
            return parse_duration(text)
        except ValueError as error:
            self.problem(path, str(error))
            return 0

    def _fingerprint(self, path: YamlPath, text: object) -> str:
        if not FINGERPRINT.fullmatch(str(text)):
            self.problem(path, f"{text} is not a fingerprint; write absent or a fingerprint such as s1-d2c8e68b")
        return str(text)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
