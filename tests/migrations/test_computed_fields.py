"""A file keeps a field that the model would compute otherwise: the settings of a server that its spec gives."""

from __future__ import annotations

import pytest

from elbplan.kinds.instance import Instance
from elbplan.migrations.files.notation import part_document

BASE = {"image": "ami-0abc", "type": "t3.micro", "subnet": "a"}


@pytest.mark.parametrize(
    ("settings", "written"),
    [((), []), (("http_tokens",), None)],
    ids=["AWS has a setting that no spec gave", "the spec gave it"],
)
def test_the_settings_of_a_server_come_back_as_they_were(settings: tuple[str, ...], written: list[str] | None) -> None:
    server = Instance.model_validate({**BASE, "http_tokens": "required", "settings": settings})
    document = part_document(server)
    assert document.get("settings") == written
    assert Instance.model_validate(document) == server


def test_a_server_without_settings_has_no_line_about_them() -> None:
    assert "settings" not in part_document(Instance.model_validate(BASE))
