"""Files as people use them: holds, going back, edits, changes by hand, new environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.history.chain import load
from elbplan.history.pending import look
from elbplan.history.store import Folder
from elbplan.history.told import Told
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.run.clock import RealClock
from elbplan.sandbox.box import Box
from elbplan.spec import load as specs_of

from .filing import PORT, REGION, TENTH, WEB, Filed

PERSON = "  - hold: person\n    why: look at the graphs\n"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def test_a_shift_is_held_for_a_person_and_goes_on_and_never_goes_back(shell: Filed) -> None:
    shell.port_8080(TENTH + PERSON + "  - hold: 1s\n")
    held = shell.apply()
    assert held.code == 0, held.err
    assert "held at step" in held.err
    assert shell.weights() == [10, 90]
    assert shell.runs()[0]["state"] == "held"
    shell.box.clear_calls()
    on = shell.apply()
    assert on.code == 0, on.err
    assert "holding for 1s" in on.err
    assert shell.weights() == [1]
    assert "Nothing to do" in shell.plan().out


def test_a_hold_that_nobody_saw_is_not_over(shell: Filed) -> None:
    """The run that should have told died behind the shift: nothing was said, so the next one says it."""
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    ssm = shell.box.client("ssm", "ap-northeast-2")
    ssm.delete_parameter(Name="/elbplan/my-web/runs/000002")
    again = shell.apply()
    assert "held at step" in again.err
    assert shell.weights() == [10, 90]
    assert shell.apply().code == 0
    assert shell.weights() == [1]


def test_a_hold_by_the_clock_goes_on_where_it_was(shell: Filed) -> None:
    """A run that died while it held does not hold anew: the record says since when."""
    shell.port_8080(TENTH + "  - hold: 1h\n")
    (stack,) = specs_of([shell.spec])
    aws = shell.connect("ap-northeast-2")
    migrations = load(Folder.of("my-web", shell.base), KINDS)
    first = look(aws, stack, migrations, KINDS, begin=True, now=1000)
    assert first.seconds == 3600
    assert workflow.apply(aws, first.plan, KINDS, lambda event: None, RealClock()).whole
    assert first.hold
    told = Told(held=first.hold, held_sha=migrations[1].sha, since=1000)
    assert look(aws, stack, migrations, KINDS, told=told, now=2000).seconds == 2600
    assert look(aws, stack, migrations, KINDS, told=told, now=5000).hold is None


def test_a_wait_that_fails_goes_back_if_it_says_so(shell: Filed) -> None:
    file = shell.port_8080(wait="    else: back\n")
    file.write_text(file.read_text().replace("within: 15m", "within: 1s", 1))
    shell.refresh()
    shell.box.switch("slow", 1.5)
    failed = shell.apply()
    shell.box.switch("slow", 0)
    assert failed.code == 1, failed.err
    assert "going back to 0001_first" in failed.err
    assert shell.runs()[0]["state"] == "returned"
    assert shell.group()["Port"] == 80
    refused = shell.apply()
    assert refused.code == 5
    assert "--again" in refused.err
    assert shell.apply("--again").code == 0
    assert "Nothing to do" in shell.plan().out


def test_back_by_number_and_forward_again(shell: Filed) -> None:
    shell.port_8080()
    assert shell.apply().code == 0
    back = shell.apply("--to", "0001")
    assert back.code == 0, back.err
    assert "going back to 0001_first" in back.err
    shell.write("web.yaml", WEB)
    assert shell.as_the_spec_says
    shell.write("web.yaml", PORT)
    assert "run 3 took 0002_app_on_8080 back: apply refuses it" in " ".join(shell.plan().out.split())
    assert shell.apply("--to", "0001").code == 0, "it is there"
    assert shell.apply().code == 5, "what was taken back is not simply applied again"
    assert shell.apply("--again").code == 0
    assert "Nothing to do" in shell.plan().out


def test_an_applied_file_is_not_edited(shell: Filed) -> None:
    file = shell.port_8080()
    shell.apply()
    first = shell.file("0001_first.yaml")
    first.write_text("# a word too many\n" + first.read_text())
    refused = shell.apply()
    assert refused.code == 65
    assert f"{first}:1:1" in refused.err
    assert "edited after run 1" in refused.err
    assert shell.apply("--allow", "edited").code == 0
    assert file.exists()


def test_a_spec_that_went_on_is_named_by_file_and_line(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/other"))
    shell.box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert f"{shell.spec}:2:1" in refused.err
    assert "target_group.web  health: path /health → /other" in refused.err
    assert shell.box.writes() == []


def test_a_new_environment_goes_straight_to_the_end(shell: Filed) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply("--straight").code == 5, "something is there already"
    shell.box.reset()
    straight = shell.apply("--straight")
    assert straight.code == 0, straight.err
    assert shell.weights() == [1]
    assert "Nothing to do" in shell.plan().out
    shell.box.clear_calls()
    assert shell.apply().code == 0
    assert shell.box.writes() == []


def test_by_hand_where_no_file_cares_is_told_and_left(shell: Filed) -> None:
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


def test_by_hand_in_the_way_is_refused_and_put_back_on_request(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    shell.save("ready")
    shell.by_hand("/other")
    shell.box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert "path /health → /other" in refused.err
    assert all(word in refused.err for word in ("--revert-drift", "adopt", "rebase"))
    assert shell.box.writes() == []
    assert shell.apply("--revert-drift").code == 5, "a check that changes while the group serves is a hazard"
    assert shell.group()["HealthCheckPath"] == "/health"
    assert shell.apply("--allow", "health").code == 0
    assert shell.group()["HealthCheckPath"] == "/ready"


def test_by_hand_as_the_file_wants_it_is_a_step_less(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    shell.save("ready")
    shell.by_hand("/ready")
    shell.box.clear_calls()
    assert shell.apply("--allow", "health").code == 0
    assert [call.action for call in shell.box.writes() if call.service == "elbv2"] == []


def test_without_its_record_no_file_is_run(shell: Filed) -> None:
    shell.save("first")
    shell.box.fault("error", service="ssm", code="AccessDeniedException", status=400)
    refused = shell.apply()
    shell.box.clear_faults()
    assert refused.code == 1
    assert "ssm" in refused.err
    assert shell.box.tagged("my-web") == {}


def test_status_tells_the_files_the_holds_and_the_runs(shell: Filed) -> None:
    shell.port_8080(TENTH + PERSON)
    pending = shell.status()
    assert "0001_first        done" in pending
    assert "0002_app_on_8080  pending 13 steps" in pending
    shell.apply()
    held = shell.status()
    assert "0002_app_on_8080  held at step 7 of 13  run 2" in held
    assert "says no more than the files" in held
    shell.write("web.yaml", PORT.replace("/health", "/other"))
    shell.by_hand("/elsewhere")
    told = shell.status()
    assert "wants more than the files" in told
    assert "AWS was changed by others" in told
    shell.file("HEAD").write_text("0009_else s1-00000000 0\n")
    assert "elbplan lint tells all" in " ".join(shell.status().split())


def test_going_back_asks_for_what_it_puts_at_risk(shell: Filed) -> None:
    """Back over the file that brought HTTPS the name is no longer served: somebody must take that on purpose."""
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


@pytest.mark.parametrize(("otherwise", "code", "port"), [("    else: back\n", 1, [80]), ("", 4, [80, 8080])])
def test_a_hold_that_sees_sick_targets_ends(
    shell: Filed, otherwise: str, code: int, port: list[int]
) -> None:
    """Two looks, five seconds apart, and not the hour."""
    shell.port_8080(TENTH + PERSON + WATCHED + otherwise)
    assert shell.apply().code == 0
    elb = shell.box.client("elbv2", REGION)
    ours = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web-web")]
    (new,) = [group for group in ours if group["Port"] == 8080]
    shell.box.sick(new["TargetGroupArn"])
    ended = shell.apply()
    assert ended.code == code, ended.err
    assert "watches targets.web until healthy, and saw: 0 of 2 healthy" in ended.err
    ours = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web-web")]
    assert sorted(group["Port"] for group in ours) == port
    assert shell.weights() == ([1] if otherwise else [10, 90])
