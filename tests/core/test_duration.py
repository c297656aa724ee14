"""Durations: every spelling that specs and migration files accept, and the one that files are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elbplan.core.duration import duration_text, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30s", 30), ("5m", 300), ("1h", 3600), ("2d", 172800), ("45", 45), (45, 45), (0, 0), ("0s", 0), ("015m", 900)],
)
def test_a_duration_has_a_unit_or_is_a_number_of_seconds(written: object, seconds: int) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "m", "1w", "1.5h", "1h30m", "-5s", -5, " 5s", "5s\n", "\u0665s", "1234567890", True, 1.5, None, []]
)
def test_anything_else_is_refused_with_the_spellings(written: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write 30s, 5m, 1h, 2d, or a number of seconds"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (90, "90s"), (60.0, "1m"), (3600, "1h"), (5400, "90m"), (86400, "24h")],
)
def test_a_duration_is_written_in_the_largest_exact_unit_up_to_hours(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.integers(0, 999_999_999))
def test_the_written_form_is_read_as_the_same_duration(seconds: int) -> None:
    assert parse_duration(duration_text(seconds)) == seconds
