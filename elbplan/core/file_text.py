"""The text of a file as a parameter of a call: it is read when the call is sent, and appears nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ElbplanError


@dataclass(frozen=True)
class FileText:
    """The text of a secret file. Its forms for people and files have the path, never the text."""

    path: str

    def __str__(self) -> str:
        return f"file:{self.path}"

    def read(self) -> bytes:
        """The content. Raises ElbplanError if the file cannot be read."""
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            what = f"{self.path} cannot be read: {reason}"
            raise ElbplanError(what, hint="the path is relative to the spec's folder") from None


def with_file_texts(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a call, with the contents of their files. Raises ElbplanError."""
    return {name: value.read() if isinstance(value, FileText) else value for name, value in params.items()}
