"""A secret file is read for the call, and its other forms have only the path."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.core.file_text import FileText, with_file_texts
from elbplan.errors import ElbplanError


def test_only_the_parameters_of_the_call_have_the_content(tmp_path: Path) -> None:
    file = tmp_path / "site.key"
    file.write_text("very secret")
    text = FileText(str(file))
    assert with_file_texts({"PrivateKey": text, "Other": 1}) == {"PrivateKey": b"very secret", "Other": 1}
    for form in (str(text), repr(text), f"{text}"):
        assert "very secret" not in form
        assert str(file) in form


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ElbplanError, match=r"site\.key cannot be read: No such file"):
        FileText(str(tmp_path / "site.key")).read()
