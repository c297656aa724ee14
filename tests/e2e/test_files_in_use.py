"""Migrations in daily use: holds, rollback, edits, drift, new environments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from elbplan.kinds import KINDS
from elbplan.migrations.apply.journal import RunJournal
from elbplan.migrations.apply.pending import PendingFinder
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.run import workflow
from elbplan.run.clock import RealClock
from elbplan.sandbox.box import Box
from elbplan.spec import load as specs_of
from tests.cli.kit import CommandResult

from .migration_shell import PORT, REGION, SWITCH, TENTH, WEB, MigrationShell

PERSON = "  - hold: approval\n    why: look at the graphs\n"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def held_rows(shell: MigrationShell) -> list[str]:
    """The last screen of an apply that waits for approval: both commands, as they must be typed."""
    again = f"elbplan apply {shell.spec} --migrations {shell.base}"
    return [
        "‖ my-web: held at 10 %, step 7 of 14 of 0002_app_on_8080; it waits for approval.",
        f"  go on    {again} --approve",
        f"  go back  {again} --to 0001",
    ]


def test_a_shift_is_held_for_a_person_and_goes_on_and_never_goes_back(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON + "  - hold: 1s\n")
    held = shell.apply()
    assert held.code == 0, held.err
    assert held.out.splitlines()[-3:] == held_rows(shell)
    assert "destroy" not in held.out, "a migration is not a stack that is tried out"
    assert "reach it" not in held.out
    assert shell.weights() == [10, 90]
    assert shell.runs()[0]["state"] == "held"
    shell.box.clear_calls()
    retried = shell.apply()
    assert (retried.code, shell.weights()) == (0, [10, 90]), "a retry of a job approves nothing"
    assert retried.out.splitlines() == held_rows(shell)
    last = shell.apply("--json").lines[-1]
    assert (last["type"], last["share"], last["place"]) == ("held", "10 %", "step 7 of 14 of 0002_app_on_8080")
    assert last["go_on"].endswith(" --approve")
    assert shell.box.writes() == []
    on = shell.apply("--approve")
    assert on.code == 0, on.err
    assert "holding for 1s" in on.err
    assert shell.weights() == [1]
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def test_a_hold_that_nobody_saw_is_not_over(shell: MigrationShell) -> None:
    """The first run died after the shift, before it reported the hold, so the next run reports it."""
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    ssm = shell.box.client("ssm", "ap-northeast-2")
    ssm.delete_parameter(Name="/elbplan/my-web/runs/000002")
    again = shell.apply()
    assert "my-web: held at 10 %" in again.out
    assert shell.weights() == [10, 90]
    assert shell.apply("--approve").code == 0
    assert shell.weights() == [1]


def test_approval_is_given_where_a_hold_waits_and_nowhere_else(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON + "  - hold: approval\n    why: and once more\n")
    early = shell.apply("--approve")
    assert early.code == 5
    assert "no hold waits for approval" in early.err
    assert shell.apply().code == 0
    assert "waits for approval" in shell.plan().out
    asked = shell.run("apply", shell.spec, "--migrations", str(shell.base), answers=["yes"])
    assert asked.code == 0, asked.err
    assert "approve the hold at step 7 of 14" in asked.err
    assert shell.weights() == [10, 90], "the second hold waits for an approval of its own"
    assert shell.apply("--approve").code == 0
    assert shell.weights() == [1]


def test_a_hold_by_the_clock_goes_on_where_it_was(shell: MigrationShell) -> None:
    """The run died during a hold. The next run continues the same hold, because the record has its start."""
    shell.port_8080(TENTH + "  - hold: 1h\n")
    (stack,) = specs_of([shell.spec])
    aws = shell.connect("ap-northeast-2")
    migrations = load(Folder.of("my-web", shell.base))
    first = PendingFinder(aws, stack, now=1000).next(migrations)
    assert first.seconds == 3600
    assert workflow.apply(aws, first.plan, KINDS, lambda event: None, RealClock()).complete
    assert first.hold
    journal = RunJournal(held=first.hold, held_sha=migrations[1].sha, since=1000)
    assert PendingFinder(aws, stack, journal, now=2000).next(migrations).seconds == 2600
    assert PendingFinder(aws, stack, journal, now=5000).next(migrations).hold is None


def test_a_wait_that_fails_goes_back_if_it_says_so(shell: MigrationShell) -> None:
    file = shell.port_8080(wait="    on_failure: rollback\n")
    file.write_text(file.read_text().replace("timeout: 15m", "timeout: 1s", 1))
    shell.refresh()
    shell.box.switch("slow", 1.5)
    failed = shell.apply("--json")
    shell.box.switch("slow", 0)
    assert failed.code == 1, failed.err
    error = failed.lines[-1]["error"]
    assert (error["code"], error["kind"]) == (1, "rolled back")
    assert error["what"].startswith("my-web was rolled back: ")
    assert "rolling back to the end of 0001_first" in failed.err
    assert shell.runs()[0]["state"] == "rolled-back"
    assert shell.group()["Port"] == 80
    refused = shell.apply()
    assert refused.code == 5
    assert "--retry" in refused.err
    assert shell.apply("--retry").code == 0
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def test_back_by_number_and_forward_again(shell: MigrationShell) -> None:
    shell.port_8080()
    assert shell.apply().code == 0
    back = shell.apply("--to", "0001")
    assert back.code == 0, back.err
    assert "rolling back to the end of 0001_first" in back.err
    shell.write("web.yaml", WEB)
    assert "Nothing to do" in shell.run("plan", shell.spec).out
    shell.write("web.yaml", PORT)
    assert shell.apply("--to", "0001").code == 0, "it is there"
    assert shell.apply().code == 5, "what was taken back is not simply applied again"
    assert shell.apply("--retry").code == 0
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def test_an_applied_file_is_not_edited(shell: MigrationShell) -> None:
    file = shell.port_8080()
    shell.apply()
    first = shell.file("0001_first.yaml")
    first.write_text("# a word too many\n" + first.read_text())
    assert "HEAD does not pin the files as they are now" in shell.apply().err
    assert shell.refresh().code == 0
    refused = shell.apply()
    assert refused.code == 65
    assert f"{first}:1:1" in refused.err
    assert "edited after run 1" in refused.err
    assert shell.apply("--allow", "edited").code == 0
    assert file.exists()


def test_a_spec_that_went_on_is_named_by_file_and_line(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/other"))
    shell.box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert f"{shell.spec}:2:1" in refused.err
    assert "target_group.web  health: path /health → /other" in refused.err
    assert shell.box.writes() == []


def test_a_new_environment_goes_straight_to_the_end(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply("--direct").code == 5, "something is there already"
    shell.box.reset()
    straight = shell.apply("--direct")
    assert straight.code == 0, straight.err
    assert shell.weights() == [1]
    assert "Nothing to do" in shell.run("plan", shell.spec).out
    shell.box.clear_calls()
    assert shell.apply().code == 0
    assert shell.box.writes() == []
    first = shell.file("0001_first.yaml")
    first.write_text("# a word too many\n" + first.read_text())
    assert shell.refresh().code == 0
    refused = shell.apply()
    assert (refused.code, shell.box.writes()) == (65, []), "the direct run applied this file too"
    assert "0002_app_on_8080.yaml:1:1" in refused.err
    assert "or one before it was edited after run 1" in " ".join(refused.err.split())


def test_by_hand_where_no_file_cares_is_told_and_left(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    shell.by_hand("/other")
    shell.box.clear_calls()
    left = shell.apply()
    assert left.code == 0
    assert "path /health → /other" in left.err
    assert shell.box.writes() == []
    back = shell.apply("--revert-drift")
    assert back.code == 0, back.err
    assert shell.group()["HealthCheckPath"] == "/health"


def test_by_hand_in_the_way_is_refused_and_put_back_on_request(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    shell.save("ready")
    shell.by_hand("/other")
    shell.box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert "path /health → /other" in refused.err
    assert all(word in refused.err for word in ("--revert-drift", "accept-drift", "rebase"))
    assert shell.box.writes() == []
    assert shell.apply("--revert-drift").code == 5, "a check that changes while the group serves is a hazard"
    assert shell.group()["HealthCheckPath"] == "/health"
    assert shell.apply("--allow", "health-check-changes").code == 0
    assert shell.group()["HealthCheckPath"] == "/ready"


def test_by_hand_as_the_file_wants_it_is_a_step_less(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    shell.save("ready")
    shell.by_hand("/ready")
    shell.box.clear_calls()
    assert shell.apply("--allow", "health-check-changes").code == 0
    assert [call.action for call in shell.box.writes() if call.service == "elbv2"] == []


def test_without_its_record_no_file_is_run(shell: MigrationShell) -> None:
    shell.save("first")
    shell.box.fault("error", service="ssm", code="AccessDeniedException", status=400)
    refused = shell.apply()
    shell.box.clear_faults()
    assert refused.code == 1
    assert "ssm" in refused.err
    assert shell.box.tagged("my-web") == {}


def test_status_tells_the_files_the_holds_and_the_runs(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    pending = shell.status()
    assert "0001_first        done" in pending
    assert "0002_app_on_8080  pending 13 steps" in pending
    shell.apply()
    held = shell.status()
    assert "0002_app_on_8080  held at step 7 of 13  run 2" in held
    assert "matches the migrations" in held
    shell.write("web.yaml", PORT.replace("/health", "/other"))
    shell.by_hand("/elsewhere")
    screen = shell.status()
    assert "has changes without a migration" in screen
    assert "others changed AWS" in screen
    shell.file("HEAD").write_text("0009_else s1-00000000 0\n")
    assert "elbplan lint lists them" in " ".join(shell.status().split())


def test_going_back_asks_for_what_it_puts_at_risk(shell: MigrationShell) -> None:
    """The rollback of HTTPS stops serving the name, so the user must allow it."""
    shell.write("web.yaml", WEB.replace("domain: api.example.com\n", ""))
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", WEB)
    shell.save("https")
    assert shell.apply().code == 0
    shell.box.clear_calls()
    refused = shell.apply("--to", "0001")
    assert refused.code == 5, refused.err
    assert "--allow" in refused.err
    assert shell.box.writes() == []


WATCHED = "  - hold: 1h\n    what: targets.web\n    while: healthy\n"


@pytest.mark.parametrize(("otherwise", "code", "port"), [("    on_failure: rollback\n", 1, [80]), ("", 4, [80, 8080])])
def test_a_hold_that_sees_sick_targets_ends(shell: MigrationShell, otherwise: str, code: int, port: list[int]) -> None:
    """The hold ends after two reads, five seconds apart, not after an hour."""
    shell.port_8080(TENTH + PERSON + WATCHED + otherwise)
    assert shell.apply().code == 0
    elb = shell.box.client("elbv2", REGION)
    ours = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web-web")]
    (new,) = [group for group in ours if group["Port"] == 8080]
    shell.box.sick(new["TargetGroupArn"])
    ended = shell.apply("--approve")
    assert ended.code == code, ended.err
    assert "watches targets.web until healthy, and found: 0 of 2 healthy" in ended.err
    ours = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web-web")]
    assert sorted(group["Port"] for group in ours) == port
    assert shell.weights() == ([1] if otherwise else [10, 90])


class InterveningClock:
    """A clock that calls functions of other users at its first long sleeps."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        self._deeds = list(deeds)
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        while self._deeds:
            self._deeds.pop(0)()


def test_what_was_taken_back_during_a_hold_is_not_done_again(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 1h\n")
    taken = InterveningClock(lambda: shell.apply("--to", "0001"), shell.box.clear_calls)
    held = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=taken)
    assert held.code == 5, held.err
    assert "rolled 0002_app_on_8080 back during the hold" in held.err
    assert shell.box.writes() == [] or all(call.service == "ssm" for call in shell.box.writes())
    assert shell.group()["Port"] == 80


def test_a_stack_that_was_destroyed_during_a_hold_is_not_built_again(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 1h\n")
    gone = InterveningClock(lambda: shell.run("destroy", shell.spec, "--confirm", "my-web"), shell.box.clear_calls)
    held = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=gone)
    assert held.code == 5, held.err
    assert "the stack was destroyed during the hold" in held.err
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []


def test_another_apply_that_went_on_during_a_hold_is_no_obstacle(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 1h\n")
    on = InterveningClock(
        lambda: shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=InterveningClock())
    )
    held = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=on)
    assert held.code == 0, held.err
    assert shell.weights() == [1]


def test_a_file_that_is_edited_while_it_holds_is_not_gone_on_with(shell: MigrationShell) -> None:
    file = shell.port_8080(TENTH + "  - hold: 1h\n")
    edit = InterveningClock(lambda: file.write_text(file.read_text() + "# later\n"), shell.refresh)
    held = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=edit)
    assert held.code == 5, held.err
    assert "was edited during the hold" in held.err
    assert shell.weights() == [10, 90]


@pytest.mark.parametrize("step", ["  - hold: 1h\n    what: targets.wbe\n    while: healthy\n",
                                  "  - do: wait\n    what: targets.wbe\n    until: healthy\n"])  # fmt: skip
def test_a_hold_or_wait_for_what_is_not_there_is_refused_by_its_place(shell: MigrationShell, step: str) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", PORT)
    shell.save("app_on_8080")
    file = shell.file("0002_app_on_8080.yaml")
    before, switch, after = file.read_text().partition(SWITCH)
    file.write_text(before + step + switch + after)
    lint = shell.run("lint", "my-web", "--migrations", str(shell.base))
    rehearsed = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    line = file.read_text().splitlines().index("    what: targets.wbe") + 1
    for ran in (shell.refresh(), shell.plan(), shell.apply(), lint, rehearsed):
        assert ran.code == 65, ran.err
        assert f"{file}:{line}:11  targets.wbe does not exist at this step" in ran.err
        assert "did you mean targets.web?" in ran.err


def test_a_spec_without_its_folder_is_refused_where_its_runs_were_of_files(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    shell.box.clear_calls()
    for word in ("plan", "apply"):
        yes = ["--yes"] if word == "apply" else []
        refused = shell.run(word, shell.spec, *yes, "--migrations", str(shell.folder / "elsewhere"))
        assert refused.code == 5, refused.err
        said = " ".join(f"{refused.out} {refused.err}".split())
        assert "applied the migration 0002_app_on_8080, and" in said
        assert "--migrations DIR" in said
    (shell.folder / "elsewhere").mkdir()
    (shell.folder / "elsewhere" / "my-web").write_text("no folder")
    refused = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.folder / "elsewhere"))
    assert "is a file, not a folder" in refused.err
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []
    assert shell.weights() == [10, 90]
    left = shell.run("apply", shell.spec, "--yes", "--no-migrations")
    assert left.code == 0, left.err
    shell.write("web.yaml", PORT.replace("/health", "/ready"))
    assert shell.run("plan", shell.spec).code == 0, "the migrations were left for good"


def test_runs_of_no_migration_do_not_free_a_stack_from_its_migrations(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    elb = shell.box.client("elbv2", REGION)
    (arn, *_) = [lb["LoadBalancerArn"] for lb in elb.describe_load_balancers()["LoadBalancers"]]
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "77"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    assert shell.apply("--revert-drift").code == 0
    assert shell.weights() == [10, 90]
    refused = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.folder / "elsewhere"))
    assert refused.code == 5, refused.err
    assert shell.weights() == [10, 90]


def test_a_stack_that_was_destroyed_is_free_of_its_migrations(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    assert shell.run("destroy", shell.spec, "--confirm", "my-web").code == 0, "without the folder, too"
    fresh = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.folder / "elsewhere"))
    assert fresh.code == 0, fresh.err


def test_migrations_are_left_although_the_spec_changes_nothing(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    left = shell.run("apply", shell.spec, "--yes", "--no-migrations")
    assert left.code == 0, left.err
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    assert shell.run("plan", shell.spec).code == 0


def test_putting_drift_back_does_not_end_a_hold_for_a_person(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    elb = shell.box.client("elbv2", REGION)
    (pair, *_) = [lb["LoadBalancerArn"] for lb in elb.describe_load_balancers()["LoadBalancers"]]
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=pair, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "77"}]
    )
    put = shell.apply("--revert-drift")
    assert put.code == 0, put.err
    assert shell.weights() == [10, 90]
    assert shell.apply("--approve").code == 0
    assert shell.weights() == [1]


def test_every_file_is_applied_is_said_only_where_aws_is_as_the_spec_says(shell: MigrationShell) -> None:
    file = shell.port_8080()
    file.write_text(file.read_text().replace("port: 8080", "port: 9090"))
    assert shell.refresh().code == 0
    for ran in (shell.plan(), shell.apply()):
        assert "Nothing to do" not in ran.out
        assert "every file is applied" not in ran.out + ran.err
    assert shell.apply().code == 5


def test_the_end_of_a_line_is_no_edit(shell: MigrationShell) -> None:
    file = shell.port_8080()
    assert shell.apply().code == 0
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert shell.plan().code == 0
    assert shell.apply().code == 0


def test_a_file_that_was_edited_after_it_was_applied_is_told_by_plan_too(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    first = shell.file("0001_first.yaml")
    first.write_text("# a word too many\n" + first.read_text())
    shell.refresh()
    result = shell.plan()
    assert result.code == 65
    assert "edited after run 1" in result.err
    assert "elbplan did not call AWS" not in result.err


WATCHING = "  - hold: 1h\n    what: targets.web\n    while: healthy\n"


def held_while(shell: MigrationShell, *deeds: Callable[[], object]) -> CommandResult:
    """Runs an apply. While it holds by the clock, `deeds` run."""
    return shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=InterveningClock(*deeds))


@pytest.mark.parametrize("otherwise", ["", "    on_failure: rollback\n"])
def test_a_watching_hold_builds_nothing_that_was_destroyed_meanwhile(shell: MigrationShell, otherwise: str) -> None:
    shell.port_8080(TENTH + WATCHING + otherwise)
    ended = held_while(shell, lambda: shell.run("destroy", shell.spec, "--confirm", "my-web"), shell.box.clear_calls)
    assert ended.code == 5, ended.err
    assert "targets.web does not exist any more" in ended.err
    assert "the stack was destroyed during the hold" in ended.err
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []


@pytest.mark.parametrize("otherwise", ["", "    on_failure: rollback\n"])
def test_a_watching_hold_does_not_touch_what_was_taken_back_meanwhile(shell: MigrationShell, otherwise: str) -> None:
    shell.port_8080(TENTH + WATCHING + otherwise)
    ended = held_while(shell, lambda: shell.apply("--to", "0001"), shell.box.clear_calls)
    assert ended.code == 5, ended.err
    assert "rolled 0002_app_on_8080 back during the hold" in ended.err
    assert shell.box.writes() == []


def test_a_watching_hold_ends_well_if_another_apply_finished_meanwhile(shell: MigrationShell) -> None:
    """The other apply finished, so the old group no longer exists."""
    shell.port_8080(TENTH + WATCHING.replace("targets.web", "targets.web@old"))
    ended = held_while(shell, lambda: held_while(shell))
    assert ended.code == 0, ended.err
    assert shell.weights() == [1]


def test_a_hold_that_others_began_anew_is_not_over_with_the_first(shell: MigrationShell) -> None:
    """Others rolled back and applied again. Their hold has an hour left."""

    def leaves() -> None:
        raise KeyboardInterrupt

    shell.port_8080(TENTH + "  - hold: 1h\n")
    others = InterveningClock(leaves)
    again = ("apply", shell.spec, "--yes", "--retry", "--migrations", str(shell.base))
    seen: list[list[int]] = []
    ended = held_while(
        shell,
        lambda: shell.apply("--to", "0001"),
        lambda: shell.run(*again, clock=others),
        lambda: seen.append(shell.weights()),
    )
    assert ended.err.count("holding for") == 2, ended.err
    assert seen == [[10, 90]]


def test_what_was_changed_by_hand_during_a_hold_is_told(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 1h\n")
    elb = shell.box.client("elbv2", REGION)
    (arn, *_) = [lb["LoadBalancerArn"] for lb in elb.describe_load_balancers()["LoadBalancers"]]
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "77"}]
    ended = held_while(shell, lambda: elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes))
    assert ended.code == 0, ended.err
    assert "idle_timeout.timeout_seconds" in ended.err.partition("holding for")[2]


def test_a_file_that_is_broken_during_a_hold_is_told_without_false_words(shell: MigrationShell) -> None:
    file = shell.port_8080(TENTH + "  - hold: 1h\n")
    ended = held_while(shell, lambda: file.write_text(file.read_text().replace("do: shift", "do: shfit")))
    assert ended.code == 65, ended.err
    assert "there is no step called shfit" in ended.err
    assert "AWS was not asked" not in ended.err
    assert "nothing was changed" not in ended.err
    assert shell.weights() == [10, 90]
