"""Addresses in the order in which people count."""

from __future__ import annotations

from elbplan.core.address import Address


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["web-10", "web-2", "web", "web-2a", "443", "80"]
    assert [a.name for a in sorted((Address("x", name) for name in names), key=lambda a: a.order)] == [
        "80", "443", "web", "web-2", "web-2a", "web-10",
    ]  # fmt: skip


def test_the_current_resource_stands_before_the_old_one() -> None:
    old, new = Address("x", "web", "old"), Address("x", "web")
    assert sorted([old, new], key=lambda a: a.order) == [new, old]
