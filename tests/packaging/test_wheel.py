"""A wheel, built from a source archive, runs from an empty environment and an empty folder."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("elbplan", "man", "README.md", "CHANGES.md", "setup.cfg", "pyproject.toml", "MANIFEST.in")
WITHIN = {
    "botocore": "boto3", "pydantic_core": "pydantic", "werkzeug": "moto", "cryptography": "trustme",
    "markupsafe": "jinja2",
}  # fmt: skip
"""Packages that come with another one, which the metadata names."""


def backend(folder: Path, call: str, target: Path) -> Path:
    """Calls setuptools as `pip` and `build` do, without an own environment."""
    code = f"from setuptools import build_meta; build_meta.{call}({str(target)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return max(target.iterdir(), key=lambda file: file.stat().st_mtime_ns)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, built from a copy of the sources."""
    copy, target = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("sdist")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return backend(copy, "build_sdist", target)


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive."""
    folder, target = tmp_path_factory.mktemp("unpacked"), tmp_path_factory.mktemp("wheel")
    with tarfile.open(archive) as file:
        # Python before 3.11.4 has no filter: https://docs.python.org/3/library/tarfile.html#supporting-older-python-versions
        file.extraction_filter = getattr(tarfile, "data_filter", None)
        file.extractall(folder)
    return backend(next(folder.iterdir()), "build_wheel", target)


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder."""

    folder: Path
    environment: Path
    environ: Mapping[str, str]

    def run(self, *words: str) -> str:
        program = self.environment / "bin" / "elbplan"
        done = subprocess.run(
            [str(program), *words], cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """The wheel alone is installed; what it needs comes from the environment of the tests."""
    base = tmp_path_factory.mktemp("installed")
    venv.create(base / "venv", with_pip=False)
    python = base / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True)
    (site,) = (base / "venv" / "lib").glob("python*/site-packages")
    others = [path for path in sys.path if path.endswith("site-packages")]
    (site / "needs.pth").write_text("\n".join(others) + "\n", encoding="utf-8")
    (base / "empty").mkdir()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "ELBPLAN_"))}
    environ = {**kept, "HOME": str(base), "ELBPLAN_SANDBOX_DIR": str(base / "sandbox")}
    ready = Installed(base / "empty", base / "venv", environ)
    yield ready
    ready.run("sandbox", "stop")


def test_a_user_can_begin_in_an_empty_folder(installed: Installed) -> None:
    assert "elbplan plan specs/web.yaml" in installed.run("--help")
    installed.run("init", "--defaults", "--sandbox")
    assert list(installed.folder.rglob("*.yaml"))
    assert "is valid" in installed.run("validate")
    assert "to create" in installed.run("plan", "--sandbox")
    assert "<html" in installed.run("plan", "--sandbox", "--format", "html")


def test_the_program_comes_from_the_wheel(installed: Installed) -> None:
    python = installed.environment / "bin" / "python"
    code = "import elbplan, sys; print(elbplan.__file__)"
    done = subprocess.run(
        [python, "-c", code], cwd=installed.folder, env=installed.environ, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(installed.environment)


def test_it_has_its_data(installed: Installed) -> None:
    assert "0.0225" in installed.run("prices", "--region", "ap-northeast-2")
    assert "complete -o nosort" in installed.run("completion", "bash")
    assert (installed.environment / "share" / "man" / "man1" / "elbplan.1").read_text().startswith(".TH ELBPLAN 1")


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in (ROOT / "elbplan").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in files} <= names
    assert not [name for name in names if name.startswith("tests/")]


def metadata(wheel: Path) -> dict[str, list[str]]:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    message = message_from_string(archive.read(name).decode())
    return {key: [str(value) for value in message.get_all(key) or ()] for key in message}


def test_the_metadata_names_every_package_that_is_imported(wheel: Path) -> None:
    needs = [need for need in metadata(wheel)["Requires-Dist"] if 'extra == "dev"' not in need]
    named = {re.split(r"[\s\[<>=;!~]", need)[0].lower() for need in needs}
    distributions = packages_distributions()
    missing = set()
    for module in third_party():
        known = {WITHIN.get(module, ""), *(name.lower() for name in distributions.get(module, ()))}
        if not known & named:
            missing.add(module)
    assert missing == set()


def third_party() -> set[str]:
    """The top-level packages of others that elbplan imports when it runs."""
    found = set()
    for file in (ROOT / "elbplan").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            found |= {name.partition(".")[0] for name in names}
    return found - sys.stdlib_module_names - {"elbplan"} - {"msvcrt", "mypy_boto3_elbv2"}


def test_the_metadata_names_the_versions_of_python(wheel: Path) -> None:
    found = metadata(wheel)
    assert found["Requires-Python"] == [">=3.11"]
    versions = {text.rpartition(" ")[2] for text in found["Classifier"] if "Python :: 3." in text}
    assert versions == {"3.11", "3.12", "3.13"}
