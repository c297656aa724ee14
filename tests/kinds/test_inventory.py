"""The inventory: what its parameter keeps, and what a read does with it."""

from __future__ import annotations

import pytest

from elbplan.core.call import FAILED_ANSWER
from elbplan.kinds.aws.inventory import LONGEST, Inventory, inventory_in

NAMES = [("target_group", "web"), ("load_balancer", "shop"), ("target_group", "api")]


def test_the_text_of_an_inventory_is_read_back() -> None:
    inventory = Inventory.of(NAMES)
    assert inventory.names == {"target_group": {"web", "api"}, "load_balancer": {"shop"}}
    assert Inventory.parse(inventory.text) == inventory


def test_an_inventory_that_does_not_fit_is_incomplete() -> None:
    large = Inventory.of(("target_group", f"a-target-group-with-a-name-{number}") for number in range(200))
    assert len(large.text) <= LONGEST
    assert not Inventory.parse(large.text).complete


@pytest.mark.parametrize("text", ["", "[]", "null", '{"names": 1}', '{"names": {"target_group": 1}}'])
def test_a_text_that_is_no_inventory_is_incomplete(text: str) -> None:
    assert not Inventory.parse(text).complete


def test_a_failed_read_is_incomplete_and_a_missing_parameter_is_not() -> None:
    assert not inventory_in(FAILED_ANSWER).complete
    assert inventory_in({}) == Inventory()


def test_an_inventory_covers_its_own_names_and_fewer() -> None:
    inventory = Inventory.of(NAMES)
    assert inventory.covers(inventory)
    assert inventory.covers(Inventory.of(NAMES[:1]))
    assert not Inventory.of(NAMES[:1]).covers(inventory)
    assert Inventory(complete=False).covers(inventory)
