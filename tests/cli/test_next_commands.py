"""The commands that screens show work as they stand there: paths are quoted, and needed options are included."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from elbplan.cli.commands.apply import ApplyChoices
from elbplan.cli.context import App, Options
from elbplan.cli.plans import ending_of, retry_command
from elbplan.cli.terminal import Terminal

from .kit import WEB, PipeStream, Shell

HTTP = WEB.replace("domain: api.example.com\n", "").replace("count: 2", "count: 1")
ADMIN = """
listeners:
  - listen: 80/http
    forward: web
    rules: [{name: admin, path: /admin, respond: {status: 403}}]
"""
GROUPS = HTTP.replace("targets: {", "groups: {web: {servers: web, ").replace("/health}", "/health}}")
GROUPS = GROUPS.replace("servers: {count: 1}", "servers: {web: {count: 1}}")
WITH_RULE = GROUPS + ADMIN
WITHOUT_RULE = GROUPS + ADMIN.replace("    rules: [{name: admin, path: /admin, respond: {status: 403}}]\n", "")


def shown(screen: str, label: str) -> list[str]:
    """Returns the words of the command that stands after a label, as a shell reads them."""
    (command,) = re.findall(rf"^{label} +(?:.*: )?(elbplan .*)$", screen, re.MULTILINE)
    return shlex.split(command)[1:]


def test_the_next_command_allows_the_hazards_and_works_as_it_stands(shell: Shell) -> None:
    spec = shell.write("my web.yaml", WITH_RULE)
    assert shell.run("apply", "--yes", spec).code == 0
    shell.write("my web.yaml", WITHOUT_RULE)
    words = shown(shell.run("plan", spec).out, "Next")
    assert words == ["apply", spec, "--allow", "route-removed"]
    assert shell.run("apply", spec, "--yes").code == 5
    assert shell.run(*words, "--yes").code == 0


def test_an_apply_that_is_refused_for_a_hazard_shows_the_command_that_allows_it(shell: Shell) -> None:
    spec = shell.write("web.yaml", WITH_RULE)
    assert shell.run("apply", "--yes", spec).code == 0
    shell.write("web.yaml", WITHOUT_RULE)
    refused = shell.run("apply", spec, "--yes")
    assert refused.code == 5
    assert shown(refused.err, "Next") == ["apply", spec, "--allow", "route-removed"]
    assert "Next" not in shell.run("apply", spec, "--yes", "--allow", "route-removed").err


def test_a_destroy_that_needs_a_hazard_shows_the_command_that_allows_it(shell: Shell) -> None:
    spec = shell.write("web.yaml", HTTP)
    assert shell.run("apply", "--yes", spec).code == 0
    ec2: Any = shell.box.client("ec2", "ap-northeast-2")
    tagged = [{"Name": "tag:elbplan:address", "Values": ["security_group.lb"]}]
    (own,) = ec2.describe_security_groups(Filters=tagged)["SecurityGroups"]
    other = ec2.create_security_group(GroupName="db", Description="db", VpcId=own["VpcId"])["GroupId"]
    pair = [{"GroupId": own["GroupId"]}]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": pair}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    refused = shell.run("destroy", spec, "--confirm", "my-web")
    words = shown(refused.err, "Next")
    assert (refused.code, words) == (5, ["destroy", spec, "--allow", "revokes-foreign-rules"])
    assert shell.run(*words, "--confirm", "my-web").code == 0


def test_a_refused_plan_has_no_next_command(shell: Shell) -> None:
    instances = HTTP.replace("servers: {count: 1}\n", "").replace(
        "targets: {", "targets: {instances: [i-0123456789abcdef0], "
    )
    refused = shell.run("plan", shell.write("web.yaml", instances))
    assert (refused.code, "Next" in refused.out, "Refused 1" in refused.out) == (5, False, True)


def test_what_no_migration_covers_is_not_to_be_applied(shell: Shell) -> None:
    spec, files = shell.write("web.yaml", HTTP), str(shell.folder / "my files")
    assert shell.run("plan", spec, "--save", "first", "--migrations", files).code == 0
    assert shown(shell.run("plan", spec, "--migrations", files).out, "Next") == ["apply", spec, "--migrations", files]
    assert shell.run("apply", spec, "--yes", "--migrations", files).code == 0
    shell.write("web.yaml", HTTP + "tags: {team: web}\n")
    screen = shell.run("plan", spec, "--migrations", files).out
    save = shlex.join(["elbplan", "plan", spec, "--migrations", files, "--save", "NAME"])
    assert f"`{save}` writes the next after 0001_first" in " ".join(screen.split())
    assert "\nNext" not in screen


def test_a_change_that_a_migration_makes_can_be_undone_with_to(shell: Shell) -> None:
    spec, files = shell.write("web.yaml", HTTP), str(shell.folder / "files")
    assert shell.run("plan", spec, "--save", "first", "--migrations", files).code == 0
    assert shell.run("apply", spec, "--yes", "--migrations", files).code == 0
    shell.write("web.yaml", HTTP.replace("port: 80,", "port: 8080,"))
    assert shell.run("plan", spec, "--save", "second", "--migrations", files).code == 0
    screen = shell.run("plan", spec, "--migrations", files).out
    (undo,) = [line.strip() for line in screen.splitlines() if "--to" in line]
    assert shlex.split(undo.partition(": ")[2] or undo)[1:] == ["apply", spec, "--to", "0001", "--migrations", files]


def choices(**options: Any) -> ApplyChoices:
    words = {
        "yes": True, "allow": (), "rollback": False, "to": None, "approve": False, "retry": False, "direct": False,
        "revert_drift": False, "base": "migrations", "leave": False, "detail": False,
        "unverified": False,
    }  # fmt: skip
    return ApplyChoices(**(words | options))


@pytest.mark.parametrize(("options", "flags"), [
    ({}, ()),
    ({"rollback": True}, ("--rollback",)),
    ({"to": "0003", "base": "files"}, ("--to", "0003", "--migrations", "files")),
    ({"direct": True}, ("--direct",)),
    ({"leave": True}, ("--no-migrations",)),
    ({"approve": True, "retry": True, "revert_drift": True}, ()),
])  # fmt: skip
def test_the_same_command_again_keeps_what_it_needs_to_continue(options: Any, flags: tuple[str, ...]) -> None:
    assert choices(**options).flags == flags


def test_the_last_screen_repeats_the_command_with_its_options() -> None:
    app = App(Terminal(PipeStream(), PipeStream(), PipeStream(), {}), Options(sandbox=True))
    ending = ending_of(app, "apply", ["my web.yaml"], "--rollback", "--allow", "extra-cost")
    assert ending.retry_command == "elbplan apply 'my web.yaml' --sandbox --rollback --allow extra-cost"
    assert ending.destroy_command == "elbplan destroy 'my web.yaml' --sandbox"
    assert retry_command(app, "plan", []) == "elbplan plan --sandbox"
