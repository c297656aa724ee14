"""Reads the texts of the command line's paths: files, folders, and `-` for standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import TextIO

from ...errors import Problem
from .tree import Source

LARGEST = 1_000_000
SUFFIXES = (".yaml", ".yml")


def read_sources(paths: Sequence[str], stdin: TextIO | None) -> tuple[list[Source], list[Problem]]:
    """Returns the text of each file once, and a problem for each file that cannot be read."""
    sources: list[Source] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for path in paths:
        for name in _files(path, problems):
            identity = name if name == "-" else os.path.realpath(name)
            if identity not in seen:
                seen.add(identity)
                _take(name, stdin, sources, problems)
    return sources, problems


def _files(path: str, problems: list[Problem]) -> Iterator[str]:
    if "\0" in path:
        problems.append(Problem(path.replace("\0", "\ufffd"), 1, 1, "a file name cannot have a NUL character"))
    elif path == "-" or not os.path.isdir(path):
        yield path
    else:
        yield from _inside(path, problems)


def _inside(folder: str, problems: list[Problem]) -> Iterator[str]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIXES) and not name.startswith("."))
    except OSError as error:
        problems.append(Problem(folder, 1, 1, f"cannot be read: {error.strerror}"))
        return
    if not names:
        problems.append(
            Problem(folder, 1, 1, "this folder has no .yaml file", "give a spec file; docs/spec.md has examples")
        )
    yield from (os.path.join(folder, name) for name in names)


def _take(name: str, stdin: TextIO | None, sources: list[Source], problems: list[Problem]) -> None:
    shown = "<stdin>" if name == "-" else name
    folder = "." if name == "-" else str(FilePath(name).parent)
    try:
        sources.append(Source(shown, _text(name, stdin), folder))
    except UnicodeDecodeError as error:
        line, column = _where(error)
        problems.append(Problem(shown, line, column, "is not UTF-8 text", "save the file as UTF-8"))
    except FileNotFoundError:
        problems.append(
            Problem(
                shown, 1, 1, "there is no such file or folder", "check the path; docs/spec.md has examples of specs"
            )
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        problems.append(Problem(shown, 1, 1, f"cannot be read: {reason}"))


def _text(name: str, stdin: TextIO | None) -> str:
    if name == "-":
        if stdin is None:
            raise OSError("standard input is closed")
        text = stdin.read(LARGEST + 1)
        too_long = len(text) > LARGEST
    else:
        with open(name, "rb") as file:
            data = file.read(LARGEST + 1)
        too_long = len(data) > LARGEST
        text = "" if too_long else data.decode("utf-8")
    if too_long:
        raise OSError(f"larger than {LARGEST:,} bytes, the limit for a spec")
    return text.removeprefix("\ufeff")


def _where(error: UnicodeDecodeError) -> tuple[int, int]:
    before = bytes(error.object[: error.start])
    return before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
