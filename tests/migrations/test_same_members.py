"""Two targets are the same if their address and the port that they are registered on are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..hazards.hazard_cases import SHOP
from .lint_kit import Yard


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def members(*texts: str) -> str:
    return f"- {{do: update, what: targets.web, set: {{members: [{', '.join(texts)}]}}}}\n"


A, B, C = "{instance: i-0a, port: 80}", "{instance: i-0b, port: 80}", "{instance: i-0d}"
BY_ADDRESS = """
- {do: create, what: target_group.ip, set: {port: 80, vpc: default, target_type: ip, balancer: main}}
- {do: create, what: targets.ip, set: {group: ip, members: [{address: 10.0.0.1}]}}
- {do: update, what: listener.443, set: {action: {type: forward, groups: [{group: web}, {group: ip, weight: 0}]}}}
- {do: wait, what: targets.ip, until: healthy}
- {do: shift, what: listener.443, set: {web: 1, ip: 1}}
"""
MORE_ADDRESSES = """
- {do: update, what: targets.ip, set: {members: [{address: 10.0.0.1, port: 80}, {address: 10.0.0.2}]}}
"""


@pytest.mark.parametrize(
    "files",
    [
        (SHOP, members(A, B, C)),
        (SHOP, members(A)),
        (SHOP, members(A, C) + "- {do: wait, what: targets.web, until: healthy}\n" + members("{instance: i-0d}")),
        (SHOP, BY_ADDRESS, MORE_ADDRESSES),
    ],
)
def test_a_port_that_is_the_groups_may_be_named_or_not(yard: Yard, files: tuple[str, ...]) -> None:
    found = yard.inspected(*files)
    assert [finding.text for finding, _ in found.findings] == []


def test_another_port_is_another_target(yard: Yard) -> None:
    found = yard.inspected(SHOP, members("{instance: i-0a, port: 81}", "{instance: i-0b, port: 81}"))
    assert [finding.hazard.name for finding, _ in found.findings] == ["targets-unverified"]
