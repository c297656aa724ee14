"""A stack kept by files gets other targets: no file is blocked by what its rehearsal disproves."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import WEB

from .filing import REGION, Filed

SERVERS = WEB.replace("port: 80,", "port: 9000,")


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def instances(shell: Filed) -> tuple[str, str]:
    """The same stack with one server of somebody else's as its target, and with two."""
    shell.box.seed(REGION, hosted_zones=["example.com"])
    ids = [shell.box.plant("instance", f"i-0000000000000000{n}", REGION) for n in (1, 2)]
    spec = re.sub("servers: .*\n", "", SERVERS).replace("targets: {", "targets: {instances: [%s], ")
    return spec % ids[0], spec % ", ".join(ids)


def addresses(shell: Filed) -> tuple[str, str]:
    spec = re.sub("servers: .*\n", "", SERVERS).replace("targets: {", "targets: {ips: [%s], ")
    return spec % "172.31.0.50", spec % "172.31.0.50, 172.31.0.51"


def servers(before: str, after: str) -> Callable[[Filed], tuple[str, str]]:
    return lambda _: (SERVERS.replace("{count: 2}", before), SERVERS.replace("{count: 2}", after))


CASES: dict[str, Callable[[Filed], tuple[str, str]]] = {
    "one more instance": instances,
    "one more address": addresses,
    "more servers": servers("{count: 2}", "{count: 3}"),
    "fewer servers": servers("{count: 3}", "{count: 2}"),
    "another image": servers("{count: 2}", "{count: 2, image: al2}"),
    "another type": servers("{count: 2}", "{count: 2, type: t3.small}"),
}


@pytest.mark.parametrize("case", CASES)
def test_other_targets_are_saved_linted_and_applied_without_a_hazard(shell: Filed, case: str) -> None:
    """A member without a port has its group's: the file that made it says none, AWS says which."""
    before, after = CASES[case](shell)
    shell.write("web.yaml", before)
    assert shell.save("first").code == 0
    first = shell.apply()
    assert first.code == 0, first.err
    shell.write("web.yaml", after)
    saved = shell.save("other_targets")
    assert saved.code == 0, saved.err
    lint = shell.run("lint", shell.spec, "--migrations", str(shell.base))
    assert lint.code == 0, lint.out
    applied = shell.apply()
    assert applied.code == 0, applied.err
