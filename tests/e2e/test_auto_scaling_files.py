"""Migrations and permissions of stacks whose target groups an Auto Scaling group fills."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.permissions.policy import policy
from elbplan.sandbox.box import Box
from elbplan.spec import load

from .migration_shell import REGION, MigrationShell

SPEC = f"""
name: my-web
region: {REGION}
zones: [a, c]
targets: {{auto_scaling_group: fleet, port: 80, health: /health}}
"""
AFTER = SPEC.replace("port: 80", "port: 8080")
BY_TAG = SPEC.replace("fleet", "{tag: app=web}")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[MigrationShell]:
    with Box(slow=0) as box:
        box.create_defaults(REGION)
        box.create_fixture("auto_scaling_group", "fleet", region=REGION, tags={"app": "web"})
        shell = MigrationShell(box, tmp_path)
        shell.write("web.yaml", SPEC)
        yield shell


@pytest.mark.parametrize("spec", [SPEC, BY_TAG], ids=["name", "tag"])
def test_a_saved_replacement_is_applied_as_it_was_saved(shell: MigrationShell, spec: str) -> None:
    shell.write("web.yaml", spec)
    assert shell.save("first").code == 0
    done = shell.apply()
    assert done.code == 0, done.err
    shell.write("web.yaml", spec.replace("port: 80", "port: 8080"))
    assert shell.save("port").code == 0
    text = shell.file("0002_port.yaml").read_text()
    assert "do: wait\n    what: auto_scaling_attachment.web\n    until: healthy" in text
    assert "do: delete\n    what: auto_scaling_attachment.web@old" in text
    linted = shell.run("lint", shell.spec, "--migrations", str(shell.base))
    assert linted.code == 0, linted.out + linted.err
    done = shell.apply()
    assert done.code == 0, done.err + done.out
    assert "0002_port" in shell.status()
    assert shell.plan().code == 0
    again = shell.apply()
    assert (again.code, "nothing" in (again.out + again.err).lower()) == (0, True)


def test_a_rehearsal_fills_the_groups_as_the_auto_scaling_group_does(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", AFTER)
    shell.save("port")
    done = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    assert done.code == 0, done.out + done.err


def test_the_least_policy_names_the_auto_scaling_group(shell: MigrationShell) -> None:
    (stack,) = load([shell.spec])
    (granted,) = [s for s in policy(stack).document["Statement"] if "autoscaling:AttachTrafficSources" in s["Action"]]
    assert granted["Action"] == ["autoscaling:AttachTrafficSources", "autoscaling:DetachTrafficSources"]
    assert granted["Resource"] == f"arn:aws:autoscaling:{REGION}:*:autoScalingGroup:*:autoScalingGroupName/fleet"


@pytest.mark.parametrize("after", [AFTER, SPEC.replace("fleet", "next")], ids=["port", "another group"])
def test_the_least_policy_is_enough_for_the_life_of_the_stack(shell: MigrationShell, after: str) -> None:
    shell.box.create_fixture("auto_scaling_group", "next", region=REGION)
    for text in (SPEC, after):
        before = policy(load([shell.spec])[0])
        shell.write("web.yaml", text)
        wanted = policy(load([shell.spec])[0])
        shell.box.policy([before.document, wanted.document])
        done = shell.run("apply", shell.spec, "--yes")
        assert done.code == 0, done.err
    done = shell.run("destroy", shell.spec, "--confirm", "my-web")
    assert done.code == 0, done.err
    shell.box.policy(None)
