"""status, runs and unlock: output, questions and refusals. They write nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from elbplan.run.clock import RealClock
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore
from tests.live_run import live_run

from .kit import Shell

REGION = "ap-northeast-2"
STACK = "my-web"


@pytest.fixture
def ledger(shell: Shell) -> RunStore:
    return RunStore(shell.connect(REGION).send, RealClock())


def run_record(number: int = 1, *, lease_seconds: float = 90) -> RunRecord:
    now = time.time()
    return RunRecord(STACK, number, "b" * 32, "apply", "bob@desk", now, now, pid=7, lease_seconds=lease_seconds)


@pytest.fixture
def dead(ledger: RunStore) -> RunRecord:
    """Creates a run with a short lease that writes no heartbeat."""
    record = run_record(lease_seconds=0.3)
    ledger.create(record)
    return record


@pytest.fixture
def living(ledger: RunStore) -> Iterator[RunRecord]:
    """Starts a run that renews its record."""
    with live_run(ledger, run_record(lease_seconds=5)) as record:
        yield record


def test_status_before_and_after_an_apply(shell: Shell) -> None:
    before = shell.run("status", shell.spec)
    assert before.code == 0
    assert "changes pending" in before.out
    assert "last run       none" in before.out
    assert shell.run("apply", shell.spec, "--yes").code == 0
    shell.box.clear_calls()
    after = shell.run("status", shell.spec)
    assert (after.code, shell.box.writes()) == (0, [])
    rows = {line[2:17].strip(): line[17:] for line in after.out.splitlines()[1:]}
    assert rows["spec"] == "in sync: AWS matches the spec"
    assert rows["load balancer"].endswith(".elb.amazonaws.com, active")
    assert rows["targets"] == "web: 2 of 2 healthy"
    assert rows["last run"].startswith("1 apply by ")
    assert rows["lock"] == "free"


def test_status_names_unhealthy_servers_with_cause_and_fix(shell: Shell) -> None:
    shell.connect(REGION)
    id = shell.box.create_fixture("instance", region=REGION, tags={"Name": "server-a"})
    head = f"name: one\nregion: {REGION}\nzones: [a, c]\n"
    spec = shell.write("one.yaml", f"{head}targets: {{instances: [{id}], port: 80}}\n")
    assert shell.run("apply", spec, "--yes").code == 0
    shell.box.sick("one-web", "Target.ResponseCodeMismatch", 404)
    lines = [" ".join(line.split()) for line in shell.run("status", spec).out.splitlines()]
    assert "targets web: 0 of 1 healthy (1 unhealthy)" in lines
    assert f"why server-a ({id}): HTTP 404 on / (Target.ResponseCodeMismatch)" in lines
    assert "fix create that page, or set health: to a page that exists" in lines
    stack = shell.run("status", spec, "--json").document["stacks"][0]
    assert stack["targets"] == {"web": {"unhealthy": 1}}
    assert stack["unhealthy"]["web"][0]["targets"] == [{"id": id, "name": "server-a"}]


def test_status_tells_a_change_of_the_spec_from_one_by_hand(shell: Shell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    elb = shell.box.client("elbv2", REGION)
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group(TargetGroupArn=group, HealthCheckPath="/other")
    by_hand = shell.run("status", shell.spec, "--json").document["stacks"][0]
    assert (by_hand["in_sync"], by_hand["cause"], by_hand["pending"]["update"]) == (False, "drift", 1)
    assert "others changed AWS" in shell.run("status", shell.spec).out
    spec = shell.write("web.yaml", (shell.folder / "web.yaml").read_text().replace("/health", "/ready"))
    assert shell.run("status", spec, "--json").document["stacks"][0]["cause"] == "spec"


def test_status_without_permission_for_the_runs_tells_the_rest(shell: Shell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    shell.box.fault("error", service="ssm", code="AccessDeniedException", message="not for you")
    ran = shell.run("status", shell.spec)
    shell.box.clear_faults()
    assert ran.code == 0
    assert "in sync" in ran.out
    assert "unknown: AWS refused GetParametersByPath: not for you" in ran.out


def test_status_and_runs_show_who_has_the_lock(shell: Shell, ledger: RunStore) -> None:
    ledger.create(run_record())
    text = shell.run("status", shell.spec).out
    assert "held by run 1 (apply by bob@desk, pid 7), last written at 20" in text
    assert "by AWS's clock" in text
    status = shell.run("status", shell.spec, "--json").document["stacks"][0]
    assert (status["lock"]["state"], status["lock"]["holder"]["by"]) == ("held", "bob@desk")
    assert status["lock"]["holder"]["written"].startswith("20")
    assert status["last_run"]["state"] == "running"


def test_no_screen_says_from_one_look_whether_a_run_lives(shell: Shell, ledger: RunStore) -> None:
    """The clock is wrong, or the record is old: one read cannot tell which."""
    ledger.create(replace(run_record(), started=1.7e9, renewed=1.7e9))
    for command in ("status", "runs"):
        text = shell.run(command, shell.spec).out
        assert "dead" not in text
        assert "died" not in text
        assert "heartbeat" not in text


def test_a_record_that_cannot_be_understood_is_shown_as_a_lock(shell: Shell, ledger: RunStore) -> None:
    ledger.create(run_record())
    ssm = shell.box.client("ssm", REGION)
    ssm.put_parameter(Name=run_record().name, Value='{"schema": 2}', Type="String", Overwrite=True)
    assert "elbplan cannot read its record: its schema is 2" in " ".join(shell.run("status", shell.spec).out.split())
    assert "unknown" in shell.run("runs", shell.spec).out
    refused = shell.run("unlock", shell.spec, "--yes")
    assert (refused.code, "--force" in refused.err) == (5, True)
    assert shell.run("apply", shell.spec, "--yes").code == 5
    assert shell.run("unlock", shell.spec, "--yes", "--force").code == 0
    assert shell.run("apply", shell.spec, "--yes").code == 0


def test_runs_are_told_newest_first(shell: Shell, ledger: RunStore) -> None:
    for number in (1, 2, 3):
        ledger.create(replace(run_record(number), state="done", ended=time.time(), counts={"done": number}))
    ran = shell.run("runs", shell.spec)
    assert [line.split()[0] for line in ran.out.splitlines()[2:]] == ["3", "2", "1"]
    runs = shell.run("runs", STACK, "--region", REGION, "--json").document["stacks"][0]
    assert [(run["run"], run["counts"]["done"]) for run in runs["runs"]] == [(3, 3), (2, 2), (1, 1)]


def test_runs_of_a_name_finds_its_region_in_the_usual_folder(
    shell: Shell, ledger: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.create(run_record())
    (shell.folder / "specs").mkdir()
    shell.write("specs/web.yaml", (shell.folder / "web.yaml").read_text())
    monkeypatch.chdir(shell.folder)
    assert "bob@desk" in shell.run("runs", STACK).out
    assert shell.run("runs", "nobody").out == "nobody: no runs.\n"


@pytest.mark.parametrize("word", ["no such name!", "../x*", "a b"])
def test_a_word_that_cannot_be_a_stack_is_said_to_be_none(shell: Shell, word: str) -> None:
    assert shell.run("unlock", word).code in (64, 65)


def test_unlock_asks_and_marks_the_dead_run(shell: Shell, ledger: RunStore, dead: RunRecord) -> None:
    nobody_asks = shell.run("unlock", shell.spec)
    assert (nobody_asks.code, "watching" in nobody_asks.err) == (5, False)
    assert shell.run("unlock", shell.spec, answers=["no"]).code == 5
    assert ledger.read(STACK)[0].state == "running"
    ran = shell.run("unlock", shell.spec, answers=["yes"])
    assert ran.code == 0
    assert "watching whether run 1 (apply by bob@desk, pid 7) is alive, for up to 0.3 s" in ran.err
    assert "its record did not change for 0.3 s" in ran.err
    assert "Are you sure that this run is dead?" in ran.err
    (record,) = ledger.read(STACK)
    assert record.state == "taken-over"
    assert record.note.startswith("unlocked by ")
    again = shell.run("unlock", shell.spec)
    assert (again.code, "is not locked" in again.out) == (0, True)


def test_unlock_refuses_a_run_that_lives_unless_forced(shell: Shell, ledger: RunStore, living: RunRecord) -> None:
    refused = shell.run("unlock", STACK, "--region", REGION, "--yes")
    assert refused.code == 5
    assert "my-web is not unlocked: my-web is being changed: run 1 (apply by bob@desk, pid 7)" in refused.err
    assert "--force" in refused.err
    assert ledger.read(STACK)[0].state == "running"


def test_unlock_by_force_watches_nobody(shell: Shell, ledger: RunStore) -> None:
    ledger.create(run_record())
    forced = shell.run("unlock", STACK, "--region", REGION, "--yes", "--force", "--json")
    assert forced.document == {"schema": 1, "stack": STACK, "unlocked": True}
    assert shell.run("apply", shell.spec, "--yes").code == 0
    assert [record.state for record in ledger.read(STACK)] == ["taken-over", "done"]


def test_unlock_wants_one_stack(shell: Shell) -> None:
    text = (shell.folder / "web.yaml").read_text()
    other = text.replace("my-web", "other").replace("api.example.com", "other.example.com")
    both = shell.write("both.yaml", f"{text}\n---\n{other}")
    ran = shell.run("unlock", both)
    assert (ran.code, "my-web, other" in ran.err) == (64, True)


def test_a_dead_after_that_is_no_number_is_wrong_usage(shell: Shell) -> None:
    shell.environ["ELBPLAN_LOCK_DEAD_AFTER"] = "soon"
    ran = shell.run("apply", shell.spec, "--yes")
    assert (ran.code, "ELBPLAN_LOCK_DEAD_AFTER=soon" in ran.err) == (64, True)
    assert shell.box.writes() == []
