"""EC2's filters take 200 values, and match wildcards in them."""

from __future__ import annotations

from elbplan.live.filters import batches, literal


def test_wildcards_and_backslashes_are_escaped() -> None:
    assert literal("*amazon?\\") == r"\*amazon\?\\"
    assert literal("web-1") == "web-1"


def test_batches_have_at_most_200_values() -> None:
    assert batches([]) == []
    assert [len(batch) for batch in batches([str(number) for number in range(401)])] == [200, 200, 1]
