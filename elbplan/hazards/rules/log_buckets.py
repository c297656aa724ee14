"""Hazards of the logs that a stack keeps: protection-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.log_bucket import LogBucket
from ..timeline import Timeline

FOR_EVER = 10**6
"""Days: more than S3 can be told."""


def logs_deleted(timeline: Timeline) -> Iterator[Hazard]:
    """Logs that exist are deleted earlier than before: by S3 after fewer days, or by a destroy."""
    for transition in timeline.transitions:
        for address, before, bucket in transition.changed_to(LogBucket):
            if before is None or not before.writers:  # a bucket to which nobody may write yet has no logs
                continue
            for text in _losses(before, bucket):
                remedy = "copy the logs that you need to another bucket first"
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)


def _losses(before: LogBucket, after: LogBucket) -> Iterator[str]:
    if (after.keep_days or FOR_EVER) < (before.keep_days or FOR_EVER):
        yield f"S3 deletes logs that are older than {after.keep_days} days, also those that exist"
    if (before.on_destroy, after.on_destroy) == ("keep", "delete"):
        yield "a destroy of the stack deletes its logs from now on"
