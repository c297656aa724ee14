"""Checks the versions of elbplan and of what it uses, the sandbox, and the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from .check import Check, ok

LEAST: dict[str, str] = {
    "boto3": "1.35",
    "pydantic": "2.7",
    "PyYAML": "6",
    "click": "8.1",
    "rich": "13",
    "dnspython": "2.6",
    "Jinja2": "3.1",
    "cryptography": "42",
}
"""The oldest versions with which elbplan works, as in setup.cfg."""

SANDBOX_LEAST: dict[str, str] = {"moto": "5.2.5", "trustme": "1.2"}
PYTHON_LEAST = (3, 11)
REINSTALL = "install elbplan again, into an environment of its own"
COMMAND = "pipx install --force elbplan"

VersionOf = Callable[[str], str]
"""Returns the version of an installed package; empty without it."""


def installed(package: str) -> str:
    """Returns the version of a package; empty if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def version_checks(elbplan: str, version_of: VersionOf = installed) -> Iterator[Check]:
    """Yields the check of Python and the packages: all is well, or a line for each problem."""
    python = ".".join(map(str, sys.version_info[:3]))
    boto3, botocore = version_of("boto3"), version_of("botocore")
    found = list(_problems(version_of))
    if sys.version_info[:2] < PYTHON_LEAST:
        found.append(f"Python {python} is older than {'.'.join(map(str, PYTHON_LEAST))}")
    text = f"elbplan {elbplan}, Python {python}, boto3 {boto3}, botocore {botocore}"
    if not found:
        yield ok("versions", text)
    for problem in found:
        yield Check("versions", "failed", problem, REINSTALL, COMMAND)


def _problems(version_of: VersionOf) -> Iterator[str]:
    for package, least in LEAST.items():
        if not (found := version_of(package)):
            yield f"{package} is not installed"
        elif numbers(found) < numbers(least):
            yield f"{package} {found} is older than {least}"
    boto3, botocore = version_of("boto3"), version_of("botocore")
    if boto3 and botocore and numbers(boto3)[:2] != numbers(botocore)[:2]:
        yield f"boto3 {boto3} and botocore {botocore} do not belong together: AWS releases them in pairs"


def numbers(text: str) -> tuple[int, ...]:
    """Returns `(1, 44, 5)` for `1.44.5rc1`."""
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, found.group().split("."))) if found else ()


def sandbox_check(version_of: VersionOf = installed) -> Check:
    """Checks the extra packages of the local simulator. elbplan works without them."""
    missing = [package for package in SANDBOX_LEAST if not version_of(package)]
    old = [f"{p} {version_of(p)}" for p, least in SANDBOX_LEAST.items() if numbers(version_of(p)) < numbers(least)]
    fix = "for --sandbox, rehearse and the first steps without an account, install the extra"
    if missing:
        return Check(
            "sandbox", "warning", f"not installed: {', '.join(missing)}", fix, "pipx install 'elbplan[sandbox]'"
        )
    if old:
        return Check("sandbox", "warning", f"too old: {', '.join(old)}", fix, "pipx install --force 'elbplan[sandbox]'")
    return ok("sandbox", "the local AWS simulator is installed")


@dataclass(frozen=True)
class Screen:
    """The terminal: the encoding of its output, its width, whether it is a terminal, has colours, and only ASCII."""

    encoding: str
    width: int
    terminal: bool = True
    colours: bool = True
    ascii: bool = False


NARROWEST = 60


def terminal_check(screen: Screen) -> Check:
    """Checks that the screens of elbplan fit."""
    if not screen.terminal:
        return ok("terminal", f"output goes to a file or pipe, encoding {screen.encoding}")
    text = f"{screen.width} columns, {screen.encoding}{'' if screen.colours else ', no colours'}"
    if screen.width < NARROWEST:
        return Check("terminal", "warning", text, f"make it {NARROWEST} columns wide or more: long rows break")
    if screen.ascii:
        return Check("terminal", "warning", f"{text}: ASCII only", "use UTF-8 to see names that are not English",
                     "export LC_ALL=C.UTF-8")  # fmt: skip
    return ok("terminal", text)
