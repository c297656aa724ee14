"""The house stands: who may import whom, and how large a room may be. Read from the source, not by importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import elbplan
from elbplan.core.address import Points
from elbplan.core.resource import Part
from elbplan.kinds import KINDS

HOUSE = Path(elbplan.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
LONGEST = 350
HEAVY = {"boto3", "botocore", "click", "yaml", "rich", "moto", "werkzeug", "pydantic"}
UNMANAGED = {"vpc", "subnet", "image", "hosted_zone"}

ROW = ("errors", "core", "kinds", "spec", "live", "run", "history", "cost", "verify", "show", "sandbox", "cli")
"""Each room imports only those before it."""

MAY: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "core": ({"core", "errors"}, {"pydantic"}),
    "kinds": ({"kinds", "core", "errors"}, {"pydantic"}),
    "spec": ({"spec", "kinds", "core", "errors"}, {"pydantic", "yaml"}),
    "live": ({"live", "kinds", "core", "errors"}, {"boto3", "botocore"}),
    "run": ({"", "run", "live", "kinds", "core", "errors"}, set()),
    "history": ({"history", "run", "live", "spec", "kinds", "core", "errors"}, {"yaml"}),
    "cost": ({"cost", "kinds", "core", "errors"}, set()),
    "verify": ({"verify", "live", "kinds", "core", "errors"}, set()),
    "show": ({"show", "core", "kinds", "errors", "run.outcome", "run.record", "run.standing"}, {"rich"}),
    "sandbox": ({"sandbox", "errors"}, {"boto3", "botocore", "moto", "werkzeug"}),
    "cli": ({"", *ROW}, {"boto3", "botocore", "click", "rich"}),
}  # fmt: skip
"""For each room: whom of the house it may import, and which heavy packages. "" is elbplan itself: its version."""


def name_of(file: Path) -> str:
    """`core.draw.build`"""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    """The line and the absolute name of everything a file imports, wherever in it; what only types need as well."""
    module = ["elbplan", *filter(None, name_of(file).split("."))]
    package = module if file.name == "__init__.py" else module[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or (room and name.startswith(f"{room}.")) for room in rooms)


@pytest.mark.parametrize("room", MAY)
def test_arrows_point_one_way(room: str) -> None:
    ours, heavy = MAY[room]
    wrong = []
    for file in FILES:
        if not within(name_of(file), {room}):
            continue
        for line, name in imports_of(file):
            top, _, rest = name.partition(".")
            rest = "" if rest.startswith("__") else rest
            if (top == "elbplan" and not within(rest, ours)) or (top in HEAVY and top not in heavy):
                wrong.append(f"{name_of(file)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_every_room_is_on_the_plan_of_the_house() -> None:
    rooms = {name_of(file).split(".")[0] for file in FILES} - {"", "__main__"}
    assert rooms == set(MAY)


def test_no_room_imports_itself_in_a_circle_through_another() -> None:
    for index, room in enumerate(ROW):
        allowed = {name.split(".")[0] for name in MAY[room][0]} - {""}
        assert allowed <= set(ROW[: index + 1]), room


def test_only_the_door_makes_clients() -> None:
    """boto3 is the business of live and of the sandbox; the command line makes sessions, never a client."""
    users = {name_of(file) for file in FILES if any(name.split(".")[0] == "boto3" for _, name in imports_of(file))}
    assert {user for user in users if not within(user, {"live", "sandbox"})} == {"cli.clouds"}
    clouds = (HOUSE / "cli" / "clouds.py").read_text(encoding="utf-8")
    assert ".client(" not in clouds
    assert ".resource(" not in clouds


def test_no_file_is_longer_than_a_person_reads() -> None:
    long = {name_of(file): n for file in FILES if (n := len(file.read_text("utf-8").splitlines())) > LONGEST}
    assert not long


def test_whatever_others_may_use_says_what_it_is() -> None:
    """The sandbox is left out: its functions are AWS's operations, documented by AWS."""
    silent = [
        f"{name_of(file)}.{node.name} (line {node.lineno})"
        for file in FILES
        if not within(name_of(file), {"sandbox"})
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("file", [f for f in FILES if f.read_text(encoding="utf-8").strip()], ids=name_of)
def test_every_file_says_what_it_is_for(file: Path) -> None:
    if file.name != "__main__.py":
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), name_of(file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_stands_in_a_file_of_its_name(kind: str) -> None:
    assert KINDS[kind].model.__module__ == f"elbplan.kinds.{kind}"
    assert KINDS[kind].name == kind == KINDS[kind].model.kind


def points(annotation: object) -> Iterator[Points]:
    """Every mark of a reference in a type, however deep."""
    if isinstance(annotation, Points):
        yield annotation
    if isinstance(annotation, type) and issubclass(annotation, Part):
        for field in annotation.model_fields.values():
            yield from (mark for mark in field.metadata if isinstance(mark, Points))
            yield from points(field.annotation)
    for inner in get_args(annotation):
        yield from points(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_parents_stand_before_children_in_the_registry(kind: str) -> None:
    earlier = {*list(KINDS)[: list(KINDS).index(kind)], kind}
    pointed = {mark.kind: mark.ours for mark in points(KINDS[kind].model)}
    assert {one for one, ours in pointed.items() if ours} <= earlier, f"{kind} points at a kind registered after it"
    assert {one for one, ours in pointed.items() if not ours} <= UNMANAGED
