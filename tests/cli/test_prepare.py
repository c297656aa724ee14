"""elbplan sandbox prepare: the simulator gets once what specs name and elbplan does not create."""

from __future__ import annotations

import io

from elbplan.cli.commands.prepare import PreparedOnce
from elbplan.rehearsal.fixtures import create_surroundings
from elbplan.sandbox.box import Box
from elbplan.spec import load

from .kit import Shell

SPEC = """
name: my-web
region: ap-northeast-2
web_acl: edge
targets: {tag: app=shop, port: 80, health: /health}
"""


def prepared(box: Box, spec: str) -> PreparedOnce:
    (stack,) = load(["-"], stdin=io.StringIO(spec))
    once = PreparedOnce(box)
    create_surroundings(once, "ap-northeast-2", [], stack.resources)
    return once


def test_what_a_spec_names_is_created_once_and_is_enough(shell: Shell) -> None:
    shell.write("web.yaml", SPEC)
    assert "there is no web ACL edge" in shell.run("plan", shell.spec).err
    first, again = prepared(shell.box, SPEC), prepared(shell.box, SPEC)
    assert [entry["created"] for entry in first.resources] == [True] * 3
    assert [entry["created"] for entry in again.resources] == [False] * 3
    assert [entry["id"] for entry in first.resources] == [entry["id"] for entry in again.resources]
    assert first.resources[0]["what"] == "web ACL edge"
    assert {entry["what"].split(" ")[-1] for entry in first.resources[1:]} == {"app=shop"}
    assert shell.run("plan", shell.spec).code == 0
    shell.box.reset()
    assert prepared(shell.box, SPEC).resources[0]["created"]
