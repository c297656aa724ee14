"""Fixtures: an account of the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box
from tests.e2e.stage import Stage

from .account import Account


@pytest.fixture
def account() -> Iterator[Account]:
    with Box() as box:
        account = Account(box)
        account.zone("kept.example.com", "www.kept.example.com")
        for raw in account.kit.dns.list_hosted_zones()["HostedZones"]:
            if raw["Name"] == "example.com.":
                account.kit.dns.delete_hosted_zone(Id=raw["Id"])
        yield account


@pytest.fixture
def stage(box: Box) -> Iterator[Stage]:
    stage = Stage(box)
    yield stage
    stage.assert_foreign_unchanged()
