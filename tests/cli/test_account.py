"""`account:` pins a stack to an AWS account: with credentials of another one, no command does anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .kit import WEB, Shell

OTHER = "012345678901"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Shell:
    return Shell(box, tmp_path)


def pinned(shell: Shell, account: str) -> str:
    return shell.write("web.yaml", f"account: {account}\n{WEB.lstrip()}")


@pytest.mark.parametrize("written", [OTHER, f'"{OTHER}"', f"'{OTHER}'"])
@pytest.mark.parametrize(
    "words",
    [("plan",), ("plan", "--save", "first"), ("apply", "--yes"), ("destroy", "--confirm", "my-web"), ("status",)],
)
def test_another_account_is_refused_before_anything_is_read(shell: Shell, words: tuple[str, ...], written: str) -> None:
    spec = pinned(shell, written)
    shell.box.clear_calls()
    command, *more = words
    refused = shell.run(command, spec, *more)
    assert refused.code == 5
    assert f"stack my-web belongs to account {OTHER}" in refused.err
    assert f"the credentials are of account {shell.box.account_id}" in refused.err
    assert [call.action for call in shell.box.calls if call.service != "ec2"] == ["GetCallerIdentity"]
    assert shell.box.writes() == []


@pytest.mark.parametrize("quotes", ["", '"'])
def test_the_own_account_is_accepted(shell: Shell, quotes: str) -> None:
    spec = pinned(shell, f"{quotes}{shell.box.account_id}{quotes}")
    assert shell.run("plan", spec).code == 0


def test_without_a_pin_nobody_asks_first(shell: Shell) -> None:
    shell.box.clear_calls()
    shell.run("plan", shell.spec)
    assert shell.box.calls[0].action != "GetCallerIdentity"


@pytest.mark.parametrize("wrong", ["12345678901", "1234567890123", "my-account", "1234-5678-9012"])
def test_anything_but_twelve_digits_is_no_account(shell: Shell, wrong: str) -> None:
    refused = shell.run("validate", pinned(shell, wrong))
    assert refused.code == 65
    assert f"web.yaml:1:10  account: {wrong} is not an AWS account" in refused.err.replace('"', "")


def test_expand_keeps_the_pin_with_its_zeros(shell: Shell) -> None:
    long = shell.write("long.yaml", shell.run("expand", pinned(shell, OTHER)).out)
    assert "stack my-web belongs to account 012345678901" in shell.run("plan", long).err
