"""Writes a file that must not exist yet, in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import ElbplanError, Refused, escaped

READABLE = 0o666
"""The mode of a new file, before the user's umask."""


def write_new(file: Path, text: str, link: Callable[[str, Path], None] = os.link) -> None:
    """Writes the file completely or not at all; creates its folder. Raises Refused if it exists, ElbplanError.

    link   gives a file a second name, and never replaces another file
    """
    try:
        if not file.parent.is_dir():
            os.makedirs(file.parent)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        try:
            with open(handle, "w", encoding="utf-8") as new:
                new.write(text)
            os.chmod(name, READABLE & ~_umask())
            _link(name, file, link)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(name)
    except OSError as error:
        if os.path.lexists(file):
            raise exists(file) from error
        what = f"{escaped(str(file))} cannot be written: {error.strerror or error}"
        raise ElbplanError(what, hint="choose another file with -o FILE") from error


def exists(file: Path) -> Refused:
    """The problem of a file that exists already."""
    hint = "choose another file with -o FILE, or delete that one first"
    return Refused(f"{escaped(str(file))} exists already, and elbplan does not overwrite it", hint=hint)


def _link(name: str, file: Path, link: Callable[[str, Path], None]) -> None:
    """Gives the file its name. Some file systems have no hard links; a new file is then written in place."""
    try:
        link(name, file)
    except FileExistsError:
        raise
    except OSError:
        with open(file, "x", encoding="utf-8") as new:
            new.write(Path(name).read_text(encoding="utf-8"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
