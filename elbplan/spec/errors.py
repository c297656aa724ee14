"""The error that validators of the spec raise: what is wrong with a value, and what to write."""

from __future__ import annotations


class SpecValueError(ValueError):
    """A wrong value. It becomes a `Problem` at the place of the value; `hint` says what to write."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class FileProblem(Exception):
    """What is wrong with a file that a spec names; `file` is the key that names it."""

    def __init__(self, file: str, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.file, self.what, self.hint = file, what, hint
