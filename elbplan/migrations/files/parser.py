"""A migration's text to data, with every word that is wrong told by its place."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from ...core.address import AWS_ID, Address
from ...core.duration import parse_duration
from ...core.kind import Kinds
from ...core.suggest import did_you_mean
from ...errors import Problem
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, Tree, YamlPath
from ..migration import APPROVAL, STEP_KINDS, Migration, MigrationStep, OnFailure, StepKind
from .notation import address_of

KEYS = ("stack", "title", "from", "to", "spec", "steps")
STEP_KEYS = (
    "do", "what", "from", "id", "set", "until", "timeout", "hold", "while", "on_failure", "why", "allow",
    "because", "then",
)  # fmt: skip
BELONGS: Mapping[str, tuple[StepKind, ...]] = {
    "set": ("create", "update", "shift", "reorder", "adopt"),
    "until": ("wait",),
    "timeout": ("wait",),
    "hold": ("hold",),
    "while": ("hold",),
    "on_failure": ("wait", "hold"),
    "from": ("moved",),
    "id": ("adopt",),
}
SETTING = ("update", "reorder", "shift", "adopt")
OWN_STEP = "a hold is a step of its own: - hold: 15m"
FINGERPRINT = re.compile(r"absent|s\d+-[0-9a-f]{8}")
NAME = re.compile(r"(\d{4})_([a-z0-9][a-z0-9_-]*)\.yaml")


@dataclass
class MigrationParser:
    """Reads one file; `problems` collects all that is wrong in it."""

    source: Source
    kinds: Kinds
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    problems: list[Problem] = field(default_factory=list)
    tree: Tree | None = None

    def migration(self, number: int, name: str) -> Migration | None:
        """What the file says; None if so much is wrong that it cannot be told."""
        composer = TreeBuilder(self.source, self.env, lenient=True)
        trees = list(composer.documents())
        self.problems += composer.problems
        if len(trees) != 1 or not isinstance(trees[0].data, dict):
            if not self.problems:
                what = "a migration is one YAML document with stack:, from:, to: and steps:"
                self.problems.append(Problem(self.source.file, 1, 1, what))
            return None
        self.tree = trees[0]
        data = self.tree.data
        self._known((), data, KEYS)
        for key in ("stack", "from", "to", "steps"):
            if key not in data:
                self.problem((), f"{key}: is missing", "elbplan plan --save writes all that a migration needs")
        entries = tuple(self._entries(data.get("steps")))
        if self.problems:
            return None
        start, end = (self._fingerprint((key,), data[key]) for key in ("from", "to"))
        stack, title, spec = (str(data.get(key) or "") for key in ("stack", "title", "spec"))
        made = Migration(stack, number, name, title, start, end, spec, entries)
        return None if self.problems else made

    def problem(self, path: YamlPath, what: str, hint: str = "", *, key: bool = False) -> None:
        """Note what is wrong at a path; a path that the file does not have means its nearest part."""
        if self.tree:
            self.problems.append(self.tree.problem(path, what, hint, key=key))

    def _known(self, path: YamlPath, data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                hint = did_you_mean(str(key), keys, most=len(STEP_KEYS))
                self.problem((*path, key), f"there is no key {key} here", hint, key=True)

    def _entries(self, steps: Any) -> list[MigrationStep]:
        if not isinstance(steps, list):
            self.problem(("steps",), "steps: should be a list")
            return []
        found = []
        for index, step in enumerate(steps):
            path: YamlPath = ("steps", index)
            if not isinstance(step, dict):
                self.problem(path, "a step is a map: do:, what:, ...")
                continue
            self._known(path, step, STEP_KEYS)
            found.append(self._entry(path, step))
        return found

    def _entry(self, path: YamlPath, step: Mapping[str, Any]) -> MigrationStep:
        verb = self._verb(path, step)
        held = verb == "hold"
        self._belonging(path, step, verb)
        return MigrationStep(
            verb,
            self._what(path, step) if not held or "what" in step else None,
            self._set(path, step, verb),
            str(step.get("while" if held else "until") or ""),
            self._time((*path, "timeout"), step.get("timeout", "15m")) if verb == "wait" else 0,
            self._hold(path, step) if held else 0,
            self._id(path, step) if verb == "adopt" else "",
            self._what(path, step, "from") if verb == "moved" else None,
            self._otherwise(path, step),
            str(step.get("why") or ""),
            tuple(map(str, _list(step.get("allow")))),
            str(step.get("because") or ""),
            self._fingerprint((*path, "then"), step["then"]) if step.get("then") else "",
        )

    def _belonging(self, path: YamlPath, step: Mapping[str, Any], verb: StepKind) -> None:
        """Keys that mean something to other verbs only would be passed over in silence."""
        for key, verbs in BELONGS.items():
            if key in step and verb not in verbs:
                hint = OWN_STEP if key == "hold" else f"{key}: belongs to {' and '.join(verbs)}"
                self.problem((*path, key), f"{key}: means nothing to {verb}", hint, key=True)
        if verb == "hold" and ("what" in step) != ("while" in step):
            hint = "as in what: targets.web, while: healthy"
            self.problem(path, "a hold that watches something says what: and while:", hint)

    def _id(self, path: YamlPath, step: Mapping[str, Any]) -> str:
        said = step.get("id")
        if not isinstance(said, str) or not (AWS_ID.match(said) or said.startswith("name:")):
            hint = "its ARN or id (sg-..., i-...), or name:NAME, which holds in every account"
            self.problem((*path, "id") if "id" in step else path, "adopt says which resource by id:", hint)
        return str(said or "")

    def _otherwise(self, path: YamlPath, step: Mapping[str, Any]) -> OnFailure:
        said = step.get("on_failure", "stop")
        if said not in get_args(OnFailure):
            hint = "stop leaves everything as it is then; back goes back to the start of the file"
            self.problem((*path, "on_failure"), f"on_failure: is stop or rollback, not {said}", hint)
            return "stop"
        return cast(OnFailure, said)

    def _verb(self, path: YamlPath, step: Mapping[str, Any]) -> StepKind:
        said = step.get("do", "hold" if "hold" in step else None)
        if said is None:
            self.problem(path, "a step says what it does: do:", f"do: {', '.join(STEP_KINDS)}")
        elif said not in get_args(StepKind):
            hint = did_you_mean(str(said), STEP_KINDS)
            self.problem((*path, "do"), f"nothing can be done by {said}", hint)
        return cast(StepKind, said if said in STEP_KINDS else "wait")

    def _what(self, path: YamlPath, step: Mapping[str, Any], key: str = "what") -> Address | None:
        if not isinstance(step.get(key), str):
            self.problem((*path, key) if key in step else path, f"a step says {key}: it is about")
            return None
        try:
            address = address_of(step[key])
        except ValueError as error:
            self.problem((*path, key), str(error))
            return None
        if address.kind not in self.kinds:
            hint = did_you_mean(address.kind, self.kinds)
            self.problem((*path, key), f"there is no kind of resource called {address.kind}", hint)
            return None
        return address

    def _set(self, path: YamlPath, step: Mapping[str, Any], verb: StepKind) -> Mapping[str, Any]:
        said = step.get("set") or {}
        if not isinstance(said, dict) or (verb in SETTING and not said):
            self.problem((*path, "set") if "set" in step else path, f"{verb} needs set: with fields and values")
            return {}
        return said

    def _hold(self, path: YamlPath, step: Mapping[str, Any]) -> float | None:
        if step.get("hold") == APPROVAL:
            return None
        return self._time((*path, "hold"), step.get("hold"))

    def _time(self, path: YamlPath, said: Any) -> float:
        return self._read(path, parse_duration, said) or 0

    def _read(self, path: YamlPath, read: Callable[[Any], float], said: Any) -> float | None:
        try:
            return read(said)
        except ValueError as error:
            self.problem(path, str(error))
            return None

    def _fingerprint(self, path: YamlPath, said: Any) -> str:
        if not FINGERPRINT.fullmatch(str(said)):
            self.problem(path, f"{said} is no fingerprint; it looks like s1-d2c8e68b, or absent")
        return str(said)


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]
