"""Moments as text, in UTC (ISO 8601)."""

from __future__ import annotations

from datetime import UTC, datetime


def time_text(seconds: float) -> str:
    """`2026-11-23T15:03:42.125Z`, for documents; empty for 0."""
    if not seconds:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log_time(seconds: float) -> str:
    """`2026-11-23T15:03:42Z`, for the lines of a log."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
