"""What `ignore:` leaves to other tools: a field, a part of it, an element of a list, or a key of a map. Pure.

    listener.443.action
    listener.443.action.groups[target_group.blue].weight
    load_balancer.main.attributes[idle_timeout.timeout_seconds]
    targets.web.members[i-0abc]

`*` matches any text: in the address, and in an element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeVar

from .address import Address, AwsId, Lookup
from .resource import Part, Resource, field_values, rebuilt

R = TypeVar("R", bound=Resource)

TOKEN = re.compile(r"\.([A-Za-z_][\w-]*)|\[([^\[\]]+)\]")
KEYS = ("address", "device", "cidr", "domain", "name", "header", "type")
"""The fields that tell elements without a reference apart."""


class Step(NamedTuple):
    """A step from a value to a part of it: the name of a field, or an element of a list or map."""

    text: str
    element: bool


Path = tuple[Step, ...]


def parts_of(pattern: str) -> Iterator[tuple[str, Path]]:
    """Every way to read a pattern: as a glob of `kind.name.field`, and a path below that field.

    A name may have dots, so that only the resources tell where the field begins.
    """
    start = pattern.find("[")
    if start == -1:
        yield pattern, ()
    for found in re.finditer(r"[.\[]", pattern if start == -1 else pattern[: start + 1]):
        path = _path(pattern[found.start() :])
        if path:
            yield pattern[: found.start()], path


def _path(text: str) -> Path:
    steps, end = [], 0
    while found := TOKEN.match(text, end):
        steps.append(Step(found[1] or found[2], found[2] is not None))
        end = found.end()
    return tuple(steps) if end == len(text) else ()


def ignoring(want: R, live: R, address: Address, ignore: Sequence[str]) -> R:
    """The wanted resource with the live values of what `ignore` leaves to another tool."""
    if not ignore:
        return want
    wanted, actual = field_values(want), field_values(live)
    owned: dict[str, Any] = {}
    for field in actual:
        for path in paths_into(f"{address.kind}.{address.name}.{field}", ignore):
            value = owned.get(field, wanted[field])
            owned[field] = _with_live(value, actual[field], path)
    changed = {field: value for field, value in owned.items() if value != wanted[field]}
    if not changed:
        return want
    whole = {field for field in changed if owned[field] == actual[field]}
    return want.model_copy(update=changed) if whole == set(changed) else rebuilt(want, **changed)


def paths_into(field: str, ignore: Sequence[str]) -> Iterator[Path]:
    """The paths below a field `kind.name.field` that the patterns name; an empty one is the whole field."""
    name = field.rpartition(".")[2]
    for pattern in ignore:
        for glob, path in parts_of(pattern):
            if fnmatchcase(field, glob) and (not path or glob.rpartition(".")[2] == name):
                yield path


def _with_live(want: Any, live: Any, path: Path) -> Any:
    """The wanted value with the live one at this path. A path that leads nowhere changes nothing."""
    if not path:
        return live
    step, rest = path[0], path[1:]
    if isinstance(want, Mapping) and isinstance(live, Mapping):
        return _in_map(want, live, path)
    if isinstance(want, tuple) and isinstance(live, tuple):
        return _in_list(want, live, step, rest) if step.element else want
    if isinstance(want, Part) and type(want) is type(live) and step.text in type(want).model_fields:
        inner = _with_live(getattr(want, step.text), getattr(live, step.text), rest)
        return rebuilt(want, **{step.text: inner}) if inner != getattr(want, step.text) else want
    return want


def _in_map(want: Mapping[str, Any], live: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Keys of attributes have dots, so that the rest of a path with dots is one key."""
    key = path[0].text if path[0].element else ".".join(step.text for step in path)
    others = {name: value for name, value in want.items() if not fnmatchcase(name, key)}
    return others | {name: value for name, value in live.items() if fnmatchcase(name, key)}


def _in_list(want: tuple[Any, ...], live: tuple[Any, ...], element: Step, rest: Path) -> tuple[Any, ...]:
    """With a path below the element, only that part is AWS's; else the whole element, also if AWS does not have it."""
    actual = [item for item in live if is_named(item, element.text)]
    if rest:
        return tuple(_nearest(item, actual, rest) if is_named(item, element.text) else item for item in want)
    kept = [item for item in want if not is_named(item, element.text)]
    if not actual:
        return tuple(kept)
    position = next((n for n, item in enumerate(want) if is_named(item, element.text)), len(kept))
    return (*kept[:position], *actual, *kept[position:])


def _nearest(want: Any, actual: Sequence[Any], rest: Path) -> Any:
    same = [item for item in actual if set(names_of(item)) & set(names_of(want))]
    return _with_live(want, same[0], rest) if same else want


def is_named(item: Any, text: str) -> bool:
    """True if an element of a list has this name."""
    return any(fnmatchcase(name, text) for name in names_of(item))


def names_of(item: Any) -> Iterator[str]:
    """The names of an element: of a target group `target_group.blue` and `blue`, of a target the id of its instance."""
    if isinstance(item, Address):
        yield from (str(item), item.label)
    elif isinstance(item, AwsId | Lookup):
        yield str(item)
    elif isinstance(item, Part):
        fields = field_values(item)
        refs = (value for value in fields.values() if isinstance(value, Address | AwsId | Lookup))
        texts = (fields[key] for key in KEYS if fields.get(key) is not None)
        value = next(refs, None) or next(texts, None)
        yield from names_of(value) if value is not None else ()
    elif item is not None:
        yield str(item)
