"""The printed policies are enough to import a load balancer, to adopt it, and for the commands that only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.cli.reading_permissions import ACTIONS
from elbplan.sandbox.box import Box
from tests.cli.kit import CommandResult, Shell

from .console import BALANCERS, Console
from .stage import REGION, Stage
from .test_adopted_edge import protect

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
ADDED = {"elasticloadbalancing:AddTags", "ec2:CreateTags", "acm:AddTagsToCertificate"}


class Account:
    """An account with load balancers made by hand, whose caller may do only what elbplan prints."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box = box
        stage = Stage(box)
        for create in BALANCERS.values():
            create(Console(stage))
        self.shell = Shell(box, folder)
        self.shell.environ["AWS_REGION"] = REGION

    def printed(self, *words: str) -> Any:
        """The policy that elbplan prints."""
        printed = self.shell.run("permissions", *words)
        assert printed.code == 0, printed.err
        return printed.document

    def run(self, policy: Any, *words: str, code: int = 0) -> CommandResult:
        """Runs a command with only this policy; AWS denies nothing."""
        self.box.policy(policy)
        self.box.clear_calls()
        done = self.shell.run(*words)
        calls = self.box.calls
        self.box.policy(None)
        assert [call.action for call in calls if call.outcome in DENIED] == [], done.err
        assert done.code == code, done.err[-2000:] + done.out[-1000:]
        return done


@pytest.fixture
def account(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    return Account(box, tmp_path)


@pytest.mark.parametrize("name", BALANCERS)
def test_import_and_adopt_with_the_printed_policies(account: Account, name: str) -> None:
    account.run(account.printed("import"), "import", name, "-o", "imported.yaml")
    account.run(account.printed("imported.yaml", "plan"), "plan", "imported.yaml")
    account.run(account.printed("imported.yaml", "apply"), "apply", "imported.yaml", "--yes", "--no-verify")
    account.run(account.printed("imported.yaml", "plan"), "plan", "imported.yaml", "--exit-code")


def test_what_others_attached_is_adopted_with_the_printed_policies(account: Account) -> None:
    protect(account.box, "server")
    account.run(account.printed("import"), "import", "server", "-o", "imported.yaml")
    assert "web_acl: edge\nshield: true\n" in Path("imported.yaml").read_text(encoding="utf-8")
    account.run(account.printed("imported.yaml", "apply"), "apply", "imported.yaml", "--yes", "--no-verify")
    account.run(account.printed("imported.yaml", "plan"), "plan", "imported.yaml", "--exit-code")


def test_what_the_spec_does_not_name_may_not_be_tagged(account: Account) -> None:
    account.shell.run("import", "server", "-o", "imported.yaml")
    text = Path("imported.yaml").read_text(encoding="utf-8")
    Path("less.yaml").write_text(text.partition("\nadopt:")[0] + "\n", encoding="utf-8")
    account.box.policy(account.printed("less.yaml", "apply"))
    done = account.shell.run("apply", "imported.yaml", "--yes", "--no-verify")
    account.box.policy(None)
    assert done.code != 0
    assert any(f"missing permission: {action}" in done.err for action in ADDED)
    assert '"aws:ResourceTag/elbplan:stack": "true"' in done.err, "the statement to paste is for what has no tag"


@pytest.mark.parametrize("command", ACTIONS)
def test_a_command_that_only_reads_has_a_policy_of_its_own(account: Account, command: str) -> None:
    more = {"import": ["--all", "-o", "imported"], "init": ["shop", "--defaults"]}
    policy = account.printed(command)
    before = account.box.snapshot()
    lacks_others = command == "doctor"  # which then says so
    done = account.run(policy, command, *more.get(command, []), code=1 if lacks_others else 0)
    assert "missing permission" not in done.err
    assert account.box.snapshot() == before
