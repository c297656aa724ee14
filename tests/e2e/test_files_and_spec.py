"""Every file is applied only where AWS is as the spec says: what the spec wants is compared, never believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from elbplan.history.chain import load
from elbplan.history.keeping import keep
from elbplan.history.pending import look
from elbplan.history.store import Folder
from elbplan.kinds import KINDS
from elbplan.sandbox.box import Box
from tests.cli.kit import WEB

from . import specs
from .filing import Filed
from .stage import Stage
from .test_many_shapes import HEAD, SHAPES

SECRET = specs.HTTP.replace("{count: 2}", "{count: 1, user_data: 'echo hunter2'}")
SPECS = {name: HEAD + shape for name, shape in SHAPES.items()} | {"user data": SECRET, "course": specs.COURSE}


@pytest.mark.parametrize("shape", SPECS)
def test_a_spec_of_any_shape_wants_nothing_beyond_the_file_that_was_saved_of_it(
    stage: Stage, shape: str, tmp_path: Path
) -> None:
    (stack,) = stage.stacks(SPECS[shape])
    folder = Folder.of(stack.name, tmp_path)
    keep(stage.aws, stack, folder, KINDS, name="first")
    migrations = load(folder, KINDS)
    pending = look(stage.aws, stack, migrations, KINDS)
    assert [gap.wish for gap in pending.beyond] == []
    outcome = stage.run(pending.plan)
    assert outcome.whole, [(event.step.id, event.text) for event in outcome.failed]
    done = look(stage.aws, stack, migrations, KINDS)
    assert done.done
    assert [gap.text for gap in (*done.drift, *done.beyond)] == []
    stage.destroy(SPECS[shape])


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def another_port(text: str) -> str:
    return text.replace("port: 8080", "port: 9090").replace("from_port: 8080", "from_port: 9090")


def no_steps(text: str) -> str:
    return text.partition("steps:")[0] + "steps: []\n"


@pytest.mark.parametrize("edit", [another_port, no_steps])
def test_a_file_that_was_edited_is_not_believed_to_lead_to_what_the_spec_wants(
    shell: Filed, edit: Callable[[str], str]
) -> None:
    file = shell.port_8080()
    file.write_text(edit(file.read_text()))
    assert shell.refresh().code == 0
    shell.box.clear_calls()
    lint = shell.run("lint", shell.spec, "--migrations", str(shell.base))
    assert lint.code == 5
    line = next(n for n, said in enumerate(file.read_text().splitlines(), 1) if said.startswith("spec:"))
    assert f"{file}:{line}:7  spec: 0002_app_on_8080 ends elsewhere" in lint.out
    refused = shell.apply()
    assert refused.code == 5, refused.err
    assert "target_group.web  port" in refused.err
    assert "elbplan plan --save NAME" in refused.err
    plan = shell.plan("--exit-code")
    assert plan.code == 2
    assert "port" in plan.out
    assert "Nothing to do" not in plan.out
    assert "every file is applied" not in plan.out
    assert "wants more than the files" in shell.status()
    assert shell.box.writes() == []


def test_what_was_edited_and_applied_is_shown_to_differ_from_the_spec(shell: Filed) -> None:
    """With --to nobody asks what the spec wants; still nobody says that AWS is as it says."""
    file = shell.port_8080()
    file.write_text(another_port(file.read_text()))
    assert shell.refresh().code == 0
    assert shell.apply("--to", "0002").code == 0
    assert shell.ports() == [9090]
    again = shell.apply("--to", "0002")
    assert again.code == 0
    assert "the spec wants more" in again.out + again.err
    plan = shell.plan()
    for said in (again.out + again.err, plan.out):
        assert "Nothing to do" not in said
        assert "nothing to do" not in said
        assert "every file is applied" not in said
        assert "port 9090 → 8080" in said
        assert "elbplan plan --save NAME" in said


def test_a_change_by_hand_is_no_nothing_to_do(shell: Filed) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    assert "Nothing to do: every file is applied" in shell.plan().out
    shell.by_hand("/other")
    plan = shell.plan("--exit-code")
    assert plan.code == 2, "AWS is not as the spec says"
    applied = shell.apply()
    assert applied.code == 0
    for said in (plan.out, applied.out + applied.err):
        assert "othing to do" not in said
        assert "every file is applied" not in said
        assert "path /health → /other" in said
        assert "elbplan apply --revert-drift" in said
        assert "elbplan adopt" in said
    assert shell.apply("--revert-drift").code == 0
    assert "Nothing to do: every file is applied" in shell.plan().out


def test_aws_that_is_as_the_spec_says_by_another_hand_is_told_to_be_in_no_file(shell: Filed) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", WEB.replace("/health", "/other"))
    shell.by_hand("/other")
    plan = shell.plan()
    assert "every file is applied" not in plan.out
    assert "no file leads there" in plan.out
    assert "elbplan adopt" in plan.out
