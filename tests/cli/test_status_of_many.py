"""status and runs for a folder: names, exit codes, watching, events, and what cannot be read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.run.clock import Clock

from .kit import CommandResult, Shell, TerminalStream

REGION = "ap-northeast-2"
SPEC = """name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [{ids}], port: 80, health: {health}}}
"""
SERVERS = {"i-0aaaaaaaaaaaaaaaa": ("a", "server-a"), "i-0cccccccccccccccc": ("c", "server-c")}
NAMES = ("svc-00", "svc-01", "svc-02")


class Folder:
    """Three stacks in specs/, of which svc-00 has a server of its own."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        (shell.folder / "specs").mkdir()
        for name in NAMES:
            self.write(name)
        shell.connect(REGION)
        for id, (zone, label) in SERVERS.items():
            shell.box.create_fixture("instance", id, REGION, zone=zone, tags={"Name": label})
        assert shell.run("apply", "--yes").code == 0
        self.elb = shell.box.client("elbv2", REGION)

    def write(self, name: str, health: str = "/health") -> None:
        ids = ", ".join(SERVERS) if name == "svc-00" else "i-0aaaaaaaaaaaaaaaa"
        self.shell.write(f"specs/{name}.yaml", SPEC.format(name=name, ids=ids, health=health))

    def drift(self, name: str, path: str = "/") -> None:
        groups = self.elb.describe_target_groups()["TargetGroups"]
        arn = next(group["TargetGroupArn"] for group in groups if group["TargetGroupName"].startswith(name))
        self.elb.modify_target_group(TargetGroupArn=arn, HealthCheckPath=path)

    def stop_server(self) -> None:
        self.shell.box.client("ec2", REGION).stop_instances(InstanceIds=["i-0cccccccccccccccc"])
        self.shell.box.advance(120)

    def status(self, *words: str, clock: Clock | None = None) -> CommandResult:
        return self.shell.run("status", *words, clock=clock)


@pytest.fixture
def folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(shell.folder)
    return Folder(shell)


class Rounds:
    """A clock that lets a watch have some rounds, does something before each but the first, and then presses Ctrl-C."""

    def __init__(self, *between: Callable[[], object]) -> None:
        self.between = list(between)
        self.slept: list[float] = []

    def now(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self.between:
            raise KeyboardInterrupt
        self.between.pop(0)()


def nothing() -> None:
    """Between two rounds nothing happens."""


def test_a_name_is_enough_and_the_next_commands_use_it(folder: Folder) -> None:
    folder.drift("svc-01")
    ran = folder.status("svc-01")
    assert ran.code == 0
    assert "put back: elbplan apply svc-01 --allow health-check-changes\n" in ran.out
    assert "keep: elbplan accept-drift svc-01 --write\n" in ran.out
    by_path = folder.status("specs/svc-01.yaml").out
    assert "elbplan apply svc-01 " in by_path, "its spec is in specs/"


def test_the_commands_of_the_status_do_what_they_say(folder: Folder) -> None:
    folder.drift("svc-01")
    folder.drift("svc-02")
    shown = [line.split(": ", 1)[1].split()[1:] for line in folder.status().out.splitlines() if ": elbplan" in line]
    (back, _, _, keep) = shown
    assert folder.shell.run(*back, "--yes").code == 0
    assert folder.shell.run(*keep).code == 0
    assert folder.status("--exit-code").code == 0
    assert "path: /\n" not in Path("specs/svc-01.yaml").read_text()
    assert "overrides:" in Path("specs/svc-02.yaml").read_text()


def test_a_spec_elsewhere_is_named_by_its_path(folder: Folder) -> None:
    spec = folder.shell.write("other.yaml", SPEC.format(name="other", ids="i-0aaaaaaaaaaaaaaaa", health="/"))
    assert f"elbplan plan {spec}" in folder.status(spec, "specs").out


def test_plan_apply_and_destroy_take_names(folder: Folder) -> None:
    folder.write("svc-01", "/up")
    plan = folder.shell.run("plan", "svc-01")
    assert "next: elbplan apply svc-01" in plan.out or "elbplan apply svc-01" in plan.out
    assert folder.shell.run("apply", "svc-01", "--yes", "--allow", "health-check-changes").code == 0
    destroyed = folder.shell.run("destroy", "svc-01", "--confirm", "svc-01")
    assert destroyed.code == 0, destroyed.err
    assert {stack["stack"] for stack in folder.status("--json").document["stacks"] if not stack["load_balancers"]} == {
        "svc-01"
    }


@pytest.mark.parametrize("command", ["plan", "apply", "destroy", "status"])
def test_only_a_whole_name_counts(folder: Folder, command: str) -> None:
    folder.shell.box.clear_calls()
    ran = folder.shell.run(command, "svc-0")
    assert ran.code == 64
    assert "there is no file, folder or stack svc-0" in ran.err
    assert "did you mean svc-0" in ran.err
    assert folder.shell.box.writes() == []


def test_a_wrong_spec_of_another_stack_does_not_stop_a_named_one(folder: Folder) -> None:
    folder.shell.write("specs/svc-03.yaml", "name: svc-03\ntargest: 1\n")
    assert folder.shell.run("apply", "svc-01", "--yes").code == 0
    assert folder.shell.run("runs", "svc-01").code == 0
    wrong = folder.shell.run("apply", "svc-03", "--yes")
    assert (wrong.code, "targest" in wrong.err) == (65, True)


def test_a_stack_without_a_spec_is_shown_by_what_aws_has(folder: Folder) -> None:
    Path("specs/svc-02.yaml").unlink()
    ran = folder.status("svc-02", "--region", REGION)
    assert ran.code == 0
    assert "no spec of this stack is in specs/" in " ".join(ran.out.split())
    assert ".elb.amazonaws.com, active" in ran.out
    assert "1 apply by " in ran.out
    assert "to delete" not in ran.out


def test_a_status_asks_one_thing_for_each_stack_that_a_plan_does_not_ask(folder: Folder) -> None:
    box = folder.shell.box
    box.clear_calls()
    assert folder.shell.run("plan").code == 0
    plan = Counter(call.action for call in box.calls)
    box.clear_calls()
    assert folder.status("-v").code == 0
    assert Counter(call.action for call in box.calls) - plan == {"GetParametersByPath": len(NAMES)}


def test_a_run_writes_its_record_twice_and_its_steps_with_it(folder: Folder) -> None:
    folder.write("svc-01", "/up")
    folder.shell.box.clear_calls()
    assert folder.shell.run("apply", "svc-01", "--yes", "--allow", "health-check-changes").code == 0
    written = [call for call in folder.shell.box.calls if call.action == "PutParameter"]
    assert len([call for call in written if "/runs/" in str(call.params)]) == 2
    assert "update target_group.web" in str(written[-1].params)


def test_exit_codes(folder: Folder) -> None:
    assert folder.status("--exit-code").code == 0
    folder.drift("svc-01")
    assert (folder.status().code, folder.status("--exit-code").code) == (0, 2)
    folder.stop_server()
    assert folder.status("--exit-code").code == 3
    assert folder.status("svc-01", "--exit-code").code == 2
    assert folder.status("svc-02", "--exit-code").code == 0
    folder.shell.write("specs/svc-03.yaml", "name: svc-03\ntargest: 1\n")
    assert folder.status("--exit-code").code == 65


def test_a_stopped_server_is_named_with_the_time_since_when(folder: Folder) -> None:
    folder.stop_server()
    text = " ".join(folder.status().out.split())
    today = datetime.now(UTC).date().isoformat()
    assert re.search(rf"server-c \(i-0cccccccccccccccc\) is stopped since ({today} )?\d\d:\d\dZ: start it", text), text
    unhealthy = folder.status("--json").document["stacks"][0]["unhealthy"]["web"][0]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", unhealthy["since"])


def test_the_document_has_what_the_screen_has(folder: Folder) -> None:
    folder.drift("svc-01")
    fine, drifted, _ = folder.status("--json").document["stacks"]
    assert (fine["conditions"], fine["exit"], fine["healthy"]) == ([], 0, {"healthy": 2, "of": 2})
    assert (drifted["conditions"], drifted["exit"]) == (["drifted"], 2)
    assert drifted["drift"] == ["health check path is /, the spec says /health"]
    assert drifted["urls"] == [f"http://{drifted['load_balancers'][0]['dns_name']}"]
    steps = drifted["last_run"]["steps"]
    assert {"create target_group.web", "wait targets.web healthy"} <= {step["id"] for step in steps}
    assert all(step["started"] >= drifted["last_run"]["started"] and step["took"] >= 0 for step in steps)


def test_a_certificate_of_the_stack_is_shown_with_its_days(shell: Shell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    assert re.search(r"certificate    api\.example\.com, 39\d days \(until 20", shell.run("status", shell.spec).out)
    (certificate,) = shell.run("status", shell.spec, "--json").document["stacks"][0]["certificates"]
    assert (certificate["domains"], certificate["days"] > 390) == (["api.example.com"], True)


def test_the_events_of_a_failed_run_have_the_cause(folder: Folder) -> None:
    folder.shell.box.fault("error", action="ModifyTargetGroup", code="AccessDenied", status=403, message="not this one")
    folder.write("svc-01", "/up")
    assert folder.shell.run("apply", "svc-01", "--yes", "--allow", "health-check-changes").code in (1, 4)
    folder.shell.box.clear_faults()
    for command in ("runs", "status"):
        text = " ".join(folder.shell.run(command, "svc-01").out.split())
        assert re.search(r"\d\d:\d\d:\d\dZ update target group web \d+\.\d s .*not this one", text), text
    assert "run 2 failed" in folder.status().out


def test_runs_of_several_stacks_have_no_steps_and_verbose_has_those_of_every_run(folder: Folder) -> None:
    folder.write("svc-01", "/up")
    assert folder.shell.run("apply", "svc-01", "--yes", "--allow", "health-check-changes").code == 0
    assert "steps of run" not in folder.shell.run("runs").out
    assert re.findall(r"steps of run (\d)", folder.shell.run("runs", "svc-01").out) == ["2"]
    assert re.findall(r"steps of run (\d)", folder.shell.run("runs", "svc-01", "-v").out) == ["2", "1"]


def test_runs_that_cannot_be_read_are_an_error(folder: Folder) -> None:
    folder.shell.box.fault("error", service="ssm", code="AccessDeniedException", message="not for you")
    assert folder.shell.run("runs", "svc-01").code == 1
    assert folder.shell.run("runs", "--json").code == 1
    assert folder.status().code == 0


def test_without_a_terminal_a_watch_writes_a_line_when_a_stack_changes(folder: Folder) -> None:
    clock = Rounds(nothing, lambda: folder.drift("svc-01"), nothing)
    ran = folder.status("--watch", "7", clock=clock)
    assert (ran.code, clock.slept) == (0, [7.0] * 4)
    lines = [line for line in ran.out.splitlines() if re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line)]
    assert [line.split()[1:3] for line in lines] == [["✓", "svc-00"], ["✓", "svc-01"], ["✓", "svc-02"], ["!", "svc-01"]]
    assert "1/1 healthy · drifted · run 1 apply done" in lines[-1]


def test_an_error_of_aws_does_not_end_a_watch(folder: Folder) -> None:
    box = folder.shell.box

    def deny() -> None:
        box.fault("error", service="elbv2", code="AccessDenied", status=403, message="not now")

    clock = Rounds(deny, nothing, box.clear_faults, lambda: folder.drift("svc-02"))
    ran = folder.status("--watch=1", "--exit-code", clock=clock)
    assert ran.code == 2
    assert ran.err.count("not now") == 1, "said once, not in every round"
    assert re.search(r"Z ! svc-02 ", ran.out)


def test_a_watch_with_json_writes_one_document_a_line(folder: Folder) -> None:
    ran = folder.status("--watch", "--json", clock=Rounds(lambda: folder.drift("svc-02")))
    documents = [json.loads(line) for line in ran.out.splitlines()]
    assert [document["stack"] for document in documents] == [*NAMES, "svc-02"]
    assert documents[-1]["conditions"] == ["drifted"]
    assert (documents[-1]["type"], documents[-1]["time"][:2]) == ("status", "20")


def test_a_watch_takes_a_name_after_it_for_a_stack(folder: Folder) -> None:
    clock = Rounds()
    ran = folder.status("--watch", "svc-01", clock=clock)
    assert (ran.code, clock.slept) == (0, [15.0])
    assert "svc-00" not in ran.out
    assert folder.status("--watch", "0").code == 64


def test_a_watch_on_a_terminal_redraws_one_screen(folder: Folder) -> None:
    out, err = TerminalStream(), TerminalStream()
    environ = {**folder.shell.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    clock = Rounds(lambda: folder.drift("svc-01"))
    assert (
        run(["status", "--watch", "5"], Terminal(TerminalStream(), out, err, environ), folder.shell.connect, clock) == 0
    )
    text = out.getvalue()
    assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l") == 1, "the alternate screen, and back"
    assert "every 5 s · Ctrl-C ends" in text
    after = text.rsplit("\x1b[?1049l", 1)[1]
    assert "drifted" in after, "the last look stays on the normal screen"


def test_ctrl_c_in_the_first_round_is_an_interruption(folder: Folder) -> None:
    class Pressed:
        def now(self) -> float:
            raise KeyboardInterrupt

        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    folder.shell.write("specs/svc-00.yaml", "name: svc-00\ntargest: 1\n")
    for name in NAMES[1:]:
        folder.shell.write(f"specs/{name}.yaml", f"name: {name}\ntargest: 1\n")
    assert folder.status("--watch", clock=Pressed()).code == 130
