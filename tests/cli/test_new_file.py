"""A new file is written completely or not at all, and never over another one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from elbplan.cli.new_file import write_new
from elbplan.errors import ElbplanError, Refused


def no_links(source: str, target: Path) -> None:
    raise OSError(errno.EPERM, "no hard links here")


@pytest.mark.parametrize("link", [os.link, no_links])
def test_a_file_of_somebody_else_stays(tmp_path, link):
    file = tmp_path / "web.yaml"
    file.write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        write_new(file, "new", link)
    assert file.read_text() == "mine"
    assert os.listdir(tmp_path) == ["web.yaml"]


@pytest.mark.parametrize("link", [os.link, no_links])
def test_a_new_file_is_complete_and_alone(tmp_path, link):
    write_new(tmp_path / "a" / "b" / "web.yaml", "한글\n", link)
    assert (tmp_path / "a" / "b" / "web.yaml").read_text(encoding="utf-8") == "한글\n"
    assert os.listdir(tmp_path / "a" / "b") == ["web.yaml"]


def test_a_link_without_a_target_is_not_replaced(tmp_path):
    file = tmp_path / "web.yaml"
    file.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused):
        write_new(file, "new")
    assert file.is_symlink()


def test_a_folder_that_cannot_be_made_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "specs").write_text("a file")
    with pytest.raises(ElbplanError, match="cannot be written") as caught:
        write_new(tmp_path / "specs" / "web.yaml", "new")
    assert "-o FILE" in caught.value.hint
