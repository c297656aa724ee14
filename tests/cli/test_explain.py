"""`elbplan explain` on the command line."""

from __future__ import annotations

from .kit import Shell


def test_a_word_needs_no_aws(shell: Shell) -> None:
    shell.box.clear_calls()
    result = shell.run("explain", "target.timeout")
    assert result.code == 0
    assert result.out.startswith("Target.Timeout · target health\n")
    assert shell.run("explain", "exit", "5").out.startswith("exit 5 · exit codes\n")
    assert shell.run("explain", "unauthorizedoperation").out.startswith("UnauthorizedOperation · error codes\n")
    assert shell.box.calls == []


def test_all_words(shell: Shell) -> None:
    out = shell.run("explain").out
    for word in ("Target.Timeout", "503", "targets-unverified", "exit 5", "Refused", "TooManyRules"):
        assert word in out


def test_an_unknown_word(shell: Shell) -> None:
    result = shell.run("explain", "refusd")
    assert result.code == 64
    assert "did you mean elbplan explain Refused?" in result.err


def test_words_for_programs(shell: Shell) -> None:
    document = shell.run("explain", "503", "--json").document
    assert document["schema"] == 1
    assert document["explanation"]["word"] == "503"
    words = [each["word"] for each in shell.run("explain", "--json").document["words"]]
    assert "Target.Timeout" in words
