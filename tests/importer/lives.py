"""Stacks for an import: made in the simulator, then without what shows that elbplan made them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from elbplan.importer.read import read_source
from elbplan.importer.source import ImportSource
from elbplan.importer.write import spec_text

from ..e2e.example_surroundings import EXAMPLES, specs_of
from ..e2e.example_surroundings import prepare as prepare_example
from ..e2e.stage import Stage
from ..knobs.sent import FOLDER
from ..knobs.surroundings import prepare
from .handmade import by_hand

Prepared = Callable[[Stage, Path], str]


@dataclass(frozen=True)
class Imported:
    """A stack that looks as if a person had made it, and what the import says of it.

    made   the AWS ids of everything that elbplan made, by ARN
    words  everything that the command tells a person: the spec, and what is left alone
    """

    source: ImportSource
    spec: str
    made: Mapping[str, Mapping[str, str]]

    @property
    def words(self) -> str:
        return "\n".join([self.spec, *map(str, self.source.not_imported)])


def knob(path: Path) -> Prepared:
    def text(stage: Stage, files: Path) -> str:
        words = prepare(stage) | {"FILES": str(files)}
        spec = path.read_text(encoding="utf-8")
        return functools.reduce(lambda text, word: text.replace(word, words[word]), words, spec)

    return text


def example(spec: str) -> Prepared:
    def text(stage: Stage, _: Path) -> str:
        (stack,) = stage.stacks(spec)
        prepare_example(stage, stack)
        return spec

    return text


def lives() -> Iterator[tuple[str, Prepared]]:
    """The knob specs, also after their changes, and the examples."""
    for path in _telling(sorted(FOLDER.glob("*.yaml"))):
        yield path.name.removesuffix(".yaml"), knob(path)
    for path in EXAMPLES:
        for number, spec in enumerate(specs_of(path)):
            yield f"example {path.stem}{number or ''}", example(spec)


def _telling(paths: Sequence[Path]) -> list[Path]:
    """The specs without those whose every key, with its kind of value, is in one with more keys: they show no more."""
    words = {path: set(_words(yaml.safe_load(path.read_text(encoding="utf-8")))) for path in paths}
    seen: set[tuple[str, str]] = set()
    telling = []
    for path in sorted(paths, key=lambda path: (-len(words[path]), path)):
        if not words[path] <= seen:
            telling.append(path)
            seen |= words[path]
    return sorted(telling)


def _words(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each key with its value, if that is a word (`dualstack`, `true`), or else with the type of the value."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name), ""
            yield from _words(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner, key)
    else:
        text = str(value)
        yield key, text if WORD.fullmatch(text) else type(value).__name__


WORD = re.compile(r"[A-Za-z][\w-]*")


def imported(stage: Stage, text: str) -> Imported:
    """Applies a spec, removes what shows that elbplan did it, and imports the load balancer."""
    assert stage.run(stage.plan(text)).complete
    (stack,) = stage.stacks(text)
    made = stage.box.tagged(stack.name)
    balancer = next(arn for arn in made if ":loadbalancer/" in arn)
    by_hand(stage.box.account)
    stage.box.clear_calls()
    name = balancer.split("/")[2]
    source = read_source(stage.aws.send, stage.aws.region, stage.box.account_id, name, name.lower())
    assert stage.box.writes() == [], "an import only reads"
    return Imported(source, spec_text(source, name.lower(), f"specs/{name}.yaml", "2026-11-30"), made)
