"""`defaults:`, the keys that several stacks share: of files, or of the first document of a file.

Maps are merged key by key, and the stack's own value wins; lists and other values are replaced as a whole. Each key and
value keeps its place, so that a problem points into the file in which it stands.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..errors import Problem
from .messages import shown_value
from .yaml.reader import TreeBuilder
from .yaml.sources import read_sources
from .yaml.tree import Source, SourceSpan, Tree, YamlPath

KEY = "defaults"
NOT_SHARED = {"name": "each stack has its own name", KEY: "defaults cannot have defaults"}


def shared_by_file(tree: Tree) -> Tree | None:
    """The defaults that a document has for the documents after it; None for a document that is a stack."""
    data = tree.data
    if isinstance(data, Mapping) and list(data) == [KEY] and isinstance(data[KEY], Mapping):
        return _below(tree, (KEY,))
    return None


def with_defaults(tree: Tree, shared: Tree | None, env: Mapping[str, str]) -> tuple[Tree, list[Problem]]:
    """The document with the keys of its defaults, and the problems of their files."""
    if not isinstance(tree.data, Mapping):
        return tree, []
    layers, problems = [shared] if shared else [], []
    named, wrong = _named(tree)
    problems += wrong
    for path, file in named:
        layer, found = _of_file(tree, path, file, env)
        problems += found
        layers += [layer] if layer else []
    own = tree.edited({(KEY,)}, {}) if KEY in tree.data else tree
    for layer in layers:
        problems += [layer.problem((key,), f"{key} cannot be in defaults: {NOT_SHARED[key]}", "remove it", key=True)
                     for key in NOT_SHARED if key in layer.data]  # fmt: skip
    for layer in reversed(layers):
        own = merged(own, layer)
    return replace(own, defaults=tuple(_path(tree, file) for _, file in named)), problems


def _named(tree: Tree) -> tuple[list[tuple[YamlPath, str]], list[Problem]]:
    """The files that a document names, each with its place."""
    given = tree.data.get(KEY)
    items: Sequence[Any] = given if isinstance(given, list) else [] if given is None else [given]
    named: list[tuple[YamlPath, str]] = []
    problems: list[Problem] = []
    for index, item in enumerate(items):
        path = (KEY, index) if isinstance(given, list) else (KEY,)
        if isinstance(item, str):
            named.append((path, item))
        else:
            hint = "write the name of a file; a map of defaults stands alone in the first document of a file"
            what = f"defaults must be a file, not {shown_value(item)}"
            problems.append(tree.problem(path, what, hint))
    return named, problems


def _of_file(tree: Tree, path: YamlPath, file: str, env: Mapping[str, str]) -> tuple[Tree | None, list[Problem]]:
    found, unreadable = read_sources([_path(tree, file)], None)
    if unreadable or len(found) != 1:
        what = unreadable[0].what if unreadable else "is a folder"
        hint = "the path is relative to the spec's folder"
        return None, [tree.problem(path, f"{shown_value(file)} cannot be used: {what}", hint)]
    builder = TreeBuilder(found[0], env)
    trees = list(builder.documents())
    if len(trees) != 1 or not isinstance(trees[0].data, Mapping):
        if builder.problems:
            return None, list(builder.problems)
        return None, [tree.problem(path, f"{shown_value(file)} is not one map of keys", "write the shared keys in it")]
    return _placed(trees[0]), list(builder.problems)


def _path(tree: Tree, file: str) -> str:
    return os.path.normpath(os.path.join(tree.source.folder, file))


def _below(tree: Tree, above: YamlPath) -> Tree:
    """The part of a document below a path, as a document."""
    size = len(above)

    def below(spans: Mapping[YamlPath, Any]) -> dict[YamlPath, Any]:
        return {path[size:]: value for path, value in spans.items() if path[:size] == above}

    data, start = tree.at(above), tree.key_spot(above)
    return Tree(tree.source, data, start, below(tree.keys), below(tree.values), below(tree.origins))


def _placed(tree: Tree) -> Tree:
    """The same document; each place knows its file."""
    return replace(tree, keys=_in(tree.keys, tree.source), values=_in(tree.values, tree.source))


def _in(spans: Mapping[YamlPath, SourceSpan], source: Source) -> dict[YamlPath, SourceSpan]:
    return {path: replace(span, source=source) for path, span in spans.items()}


def merged(tree: Tree, below: Tree) -> Tree:
    """The document with the keys that only the other one has."""
    keys, values, origins = dict(tree.keys), dict(tree.values), dict(tree.origins)

    def take(path: YamlPath) -> None:
        """Copies the places of what only the other document has."""
        keys.update(_at(below.keys, path))
        values.update(_at(below.values, path))
        origins.update(_at(below.origins, path))

    def merge(path: YamlPath, above: Any, under: Any) -> Any:
        if not isinstance(above, dict) or not isinstance(under, dict):
            return above
        both = dict(above)
        for key, value in under.items():
            if key in above:
                both[key] = merge((*path, key), above[key], value)
            else:
                both[key] = value
                take((*path, key))
        return both

    return replace(tree, data=merge((), tree.data, below.data), keys=keys, values=values, origins=origins)


V = TypeVar("V")


def _at(places: Mapping[YamlPath, V], path: YamlPath) -> dict[YamlPath, V]:
    """The places at and below a path."""
    return {place: value for place, value in places.items() if place[: len(path)] == path}


def is_used_as_defaults(file: str, used: Sequence[str]) -> bool:
    """True for a file that another spec names as its defaults."""
    return os.path.realpath(file) in {os.path.realpath(other) for other in used}
