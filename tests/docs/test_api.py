"""docs/api.md: its programs run in page order on the simulator and have types; its signatures are the real ones."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import elbplan

from .pages import ROOT, blocks, fences
from .reader import Reader

PAGE = ROOT / "docs" / "api.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = [block for block in blocks(TEXT) if block.file]
PROGRAM = [
    fence for fence in fences(TEXT) if fence.language == "python" and fence.text not in {block.text for block in FILES}
]


def program() -> str:
    """Returns the blocks as one program. An error names the line of the page."""
    lines = [""] * TEXT.count("\n")
    for fence in PROGRAM:
        block = fence.text.splitlines()
        lines[fence.line : fence.line + len(block)] = block
    return "\n".join(lines) + "\n"


def written(folder: Path) -> Path:
    for block in FILES:
        file = folder / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
    file = folder / "page.py"
    file.write_text(program(), encoding="utf-8")
    return file


def python(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env={**os.environ, **environ}, text=True, capture_output=True, timeout=300
    )


def test_the_programs_of_the_page_run(reader: Reader) -> None:
    written(reader.home)
    environ = {key: reader.environment[key] for key in ("HOME", "PYTHONPATH", "ELBPLAN_SANDBOX_DIR")}
    done = python(reader.home, "page.py", **environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "my-web applied" in done.stdout
    tested = python(reader.home, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_web.py", **environ)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "1 passed" in tested.stdout
    left = reader.run("elbplan list --sandbox --region ap-northeast-2 --json")
    assert '"api-production"' in left.out
    assert '"my-web"' not in left.out


def test_the_programs_of_the_page_are_type_checked(tmp_path: Path) -> None:
    file = written(tmp_path)
    files = [str(file), str(tmp_path / "test_web.py")]
    done = python(ROOT, "-m", "mypy", "--strict", "--config-file", "", "--follow-imports", "silent", *files)
    assert done.returncode == 0, done.stdout


def test_the_signatures_of_the_page_are_the_real_ones() -> None:
    shown = [fence.text.strip() for fence in fences(TEXT) if fence.language == "py"]
    real = [signature(name) for name in ("load", "plan", "apply", "destroy", "verify", "status", "Session")]
    assert shown == real


def signature(name: str) -> str:
    """Returns a signature without its types; of a class, the arguments that have a place."""
    callable = getattr(elbplan, name)
    parameters = inspect.signature(callable).parameters.values()
    if inspect.isclass(callable):
        parameters = [each for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    return f"{name}{inspect.Signature(bare)}".replace("'", '"')


def test_every_collaborator_and_error_is_on_the_page() -> None:
    keyword = inspect.Parameter.KEYWORD_ONLY
    names = [name for name, each in inspect.signature(elbplan.Session).parameters.items() if each.kind is keyword]
    names += [name for name in elbplan.__all__ if not name.startswith("_")]
    assert [name for name in names if f"`{name}" not in TEXT and f"elbplan.{name}" not in TEXT] == []
