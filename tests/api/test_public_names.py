"""The public names: typed, loaded when they are used, and without a terminal."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import elbplan

ROOT = Path(__file__).parents[2]
API = sorted((ROOT / "elbplan" / "api").glob("*.py"))
PROGRAM = """
    import threading

    import elbplan

    session = elbplan.Session(profile="work", region="eu-west-1", parallel=4)
    stacks = elbplan.load("specs")
    plans: list[elbplan.PlannedStack] = elbplan.plan(stacks, session=session)
    total: int = sum(plan.changes for plan in plans)
    stop = threading.Event()


    def show(event: elbplan.StackEvent) -> None:
        print(event.stack, event.document["type"])


    for result in elbplan.apply(plans, allow=["extra-cost"], on_event=show, stop=stop, session=session):
        if isinstance(result.problem, elbplan.Refused):
            print(result.problem.hint)
    elbplan.destroy("my-web", confirm=["my-web"])
"""


def test_every_public_name_is_there() -> None:
    for name in elbplan.__all__:
        assert getattr(elbplan, name) is not None
    assert set(elbplan.__all__) <= set(dir(elbplan))
    with pytest.raises(AttributeError, match="has no attribute 'aply'"):
        _ = elbplan.aply


def test_no_package_hides_a_function() -> None:
    """Importing a package `elbplan.verify` would replace the function `elbplan.verify`."""
    packages = {path.stem for path in (ROOT / "elbplan").iterdir()}
    assert packages.isdisjoint({name for name in elbplan.__all__ if name.islower()})


def test_importing_elbplan_imports_nothing_heavy() -> None:
    look = "import sys, elbplan; print([n for n in sys.modules if n.startswith(('boto', 'rich', 'elbplan.'))])"
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['elbplan.version']"


@pytest.mark.parametrize("file", API, ids=lambda file: file.stem)
def test_the_api_knows_no_terminal(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert {module.split(".")[0] for module in modules}.isdisjoint({"cli", "rich", "click", "signal"})
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called.isdisjoint({"print", "input"})


def check_types(*files: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_a_program_is_type_checked(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
    bad.write_text("import elbplan\n\nelbplan.destroy(3)\n", encoding="utf-8")
    found = check_types(good, bad)
    assert "good.py" not in found, found
    assert 'bad.py:3: error: Missing named argument "confirm"' in found
    assert (ROOT / "elbplan" / "py.typed").exists()
