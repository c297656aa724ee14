"""The tags of log buckets: the owner, and what a destroy does with the logs."""

from __future__ import annotations

from collections.abc import Mapping

from .ownership import STACK

DELETES_LOGS = "elbplan:delete-logs"
"""The tag of a bucket that a destroy deletes together with its logs."""

LOGS_OF = "elbplan:logs-of"
"""The tag of a bucket that stays after its stack, because it has logs: the stack, which gets it back if it returns."""


def new_tags(tags: Mapping[str, str], *, deletes_logs: bool) -> dict[str, str]:
    """The tags of a bucket that a stack owns."""
    return {**tags, **({DELETES_LOGS: "true"} if deletes_logs else {})}


def bucket_owner(tags: Mapping[str, str]) -> str:
    """The stack that owns the bucket, or left it behind; empty for a bucket of others."""
    return tags.get(STACK) or tags.get(LOGS_OF) or ""
