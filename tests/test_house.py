"""Checks the architecture by reading the source: allowed imports, file sizes, docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import get_args

import pytest

import elbplan
from elbplan.core.address import Points
from elbplan.core.resource import Part
from elbplan.kinds import KINDS

HOUSE = Path(elbplan.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
LONGEST = 300
HEAVY = {"boto3", "botocore", "click", "yaml", "rich", "moto", "werkzeug", "pydantic", "dns", "jinja2", "trustme"}
HEAVY |= {"cryptography"}
UNMANAGED = {"web_acl", "vpc", "subnet", "image", "auto_scaling_group", "load_balancer"}
MOST_LOCAL_IMPORTS = 11
"""The number of imports inside functions. Each has a comment why it is not at the top of its file."""

INNER = {"core", "kinds", "spec", "live", "hazards", "planner", "run", "migrations", "rehearsal"}

READERS = {"permissions", "cost", "verification", "explain", "leftovers", "importer", "starter", "doctor"}

DOCUMENTS = {
    f"render.{name}"
    for name in (
        *("cost_document", "cost_stays", "documents", "errors", "folder", "held", "notes", "outcome", "reports"),
        *("status", "unfinished", "verify"),
    )
}
"""What the Python API uses of `render`: the JSON documents, and the words in them. It draws no screen."""

ROOMS: Mapping[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "version": (set(), set()),
    "platforms": (set(), set()),
    "core": (set(), {"pydantic"}),
    "kinds": ({"core"}, {"pydantic"}),
    "spec": ({"kinds", "core"}, {"pydantic", "yaml", "cryptography"}),
    "live": ({"kinds", "core"}, {"boto3", "botocore", "dns"}),
    "hazards": ({"kinds", "core"}, set()),
    "planner": ({"hazards", "kinds", "core"}, set()),
    "run": ({"version", "platforms", "planner", "hazards", "live", "kinds", "core"}, set()),
    "migrations": (INNER - {"rehearsal", "migrations"}, {"yaml"}),
    "rehearsal": (INNER - {"rehearsal"}, {"cryptography"}),
    "cost": ({"kinds", "core"}, set()),
    "verification": ({"live", "kinds", "core"}, {"dns"}),
    "explain": ({"verification", "live", "hazards", "kinds", "core"}, set()),
    "leftovers": ({"run", "cost", "live", "kinds", "core"}, set()),
    "permissions": ({"leftovers", "run", "live", "kinds", "core"}, set()),
    "importer": ({"planner", "live", "spec", "kinds", "core"}, {"yaml"}),
    "starter": ({"live", "spec", "kinds", "core"}, set()),
    "doctor": ({"permissions", "live", "kinds", "core"}, {"boto3", "botocore"}),
    "render": (
        {
            "spec.lint",
            "migrations.status",
            "run.outcome",
            "run.condition",
            "run.status",
            "run.lock.record",
            "cost",
            "verification",
            "explain",
            "permissions",
            "leftovers",
            "importer",
            "starter",
            "doctor",
            "kinds",
            "core",
        },
        {"rich", "jinja2"},
    ),
    "sandbox": ({"platforms"}, {"boto3", "botocore", "cryptography", "dns", "moto", "trustme", "werkzeug"}),
    "api": ({"version", *INNER, *READERS, *DOCUMENTS, "sandbox"}, {"boto3", "botocore"}),
    "cli": ({"version", *INNER, *READERS, "render", "sandbox", "api"}, {"boto3", "botocore", "click", "rich", "yaml"}),
}
"""For each package: the packages that it may import (`errors` is always allowed), and its third-party packages.

The order matters: a package imports only packages above it. elbplan/__init__.py gives programs the names of `api`.
"""


def name_of(file: Path) -> str:
    """Returns a module name such as `planner.steps.builder`."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for file in FILES}


def imported(file: Path, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields line and absolute name of every import in a file, including imports for types only."""
    module = ["elbplan", *filter(None, name_of(file).split("."))]
    package = module if file.name == "__init__.py" else module[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    return imported(file, ast.parse(file.read_text(encoding="utf-8")))


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or (room and name.startswith(f"{room}.")) for room in rooms)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_one_way(room: str) -> None:
    others, heavy = ROOMS[room]
    allowed = {*others, room, "errors"}
    wrong = []
    for file in FILES:
        if not within(name_of(file), {room}):
            continue
        for line, name in imports_of(file):
            top, _, rest = name.partition(".")
            if (top == "elbplan" and not within(rest, allowed)) or (top in HEAVY and top not in heavy):
                wrong.append(f"{name_of(file)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_every_room_is_on_the_plan_of_the_house() -> None:
    rooms = {name_of(file).split(".")[0] for file in FILES} - {"", "__main__"}
    assert rooms == set(ROOMS)


def test_a_room_imports_only_rooms_above_it() -> None:
    order = list(ROOMS)
    for index, room in enumerate(order):
        above = {name.split(".")[0] for name in ROOMS[room][0]}
        assert above <= set(order[:index]), room


def module_of(name: str) -> str | None:
    """Returns the elbplan module of an imported name."""
    inner = name.removeprefix("elbplan").removeprefix(".")
    if not name.startswith("elbplan"):
        return None
    return inner if inner in MODULES else inner.rpartition(".")[0]


def test_no_import_goes_in_a_circle() -> None:
    """Checks all modules, including imports for types only and imports inside functions."""
    graph = {
        module: {found for _, name in imports_of(file) if (found := module_of(name)) is not None and found != module}
        for module, file in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def local_imports(file: Path) -> Iterator[int]:
    """Yields the lines of imports inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield from (inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))


def test_imports_stand_at_the_top_of_a_file() -> None:
    found = sorted({f"{name_of(file)}:{line}" for file in FILES for line in local_imports(file)})
    assert len(found) <= MOST_LOCAL_IMPORTS, "\n".join(found)


def test_core_and_planner_name_no_kind_as_text() -> None:
    """Code that depends on a kind uses its class, so that mypy finds a renamed field."""
    named = [
        f"{name_of(file)}:{node.lineno} {node.value!r}"
        for file in FILES
        if within(name_of(file), {"core", "planner"})
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in KINDS
    ]
    assert not named, "\n".join(named)


def test_only_live_and_the_sandbox_make_clients() -> None:
    """The API creates sessions, but never a client."""
    users = {name_of(file) for file in FILES if any(name.split(".")[0] == "boto3" for _, name in imports_of(file))}
    outside = {user for user in users if not within(user, {"live", "sandbox"})}
    assert outside == {"api.access", "api.connections", "api.session", "cli.connect"}
    for user in outside:
        text = MODULES[user].read_text(encoding="utf-8")
        assert ".client(" not in text
        assert ".resource(" not in text


def test_no_file_is_longer_than_a_person_reads() -> None:
    long = {name_of(file): n for file in FILES if (n := len(file.read_text("utf-8").splitlines())) > LONGEST}
    assert not long


def test_whatever_others_may_use_says_what_it_is() -> None:
    """Skips the sandbox: AWS documents its operations."""
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
    """Yields every reference mark in a type, at any depth."""
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
    assert {name for name, ours in pointed.items() if ours} <= earlier, f"{kind} points at a kind registered after it"
    assert {name for name, ours in pointed.items() if not ours} <= UNMANAGED
