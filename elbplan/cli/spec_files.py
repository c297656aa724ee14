"""Files with specs that a command writes. It overwrites none."""

from __future__ import annotations

from pathlib import Path

from ..errors import ElbplanError, Refused


def free_file(file: str) -> None:
    """Raises Refused if the file exists already."""
    if Path(file).exists():
        raise Refused(f"{file} exists already, and elbplan overwrites no file", hint="write another one: -o FILE")


def write_file(file: str, text: str) -> None:
    """Writes a new file. Raises ElbplanError if that is impossible."""
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with Path(file).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise ElbplanError(f"{file} cannot be written: {error.strerror}", hint="write another one: -o FILE") from None
