"""A bucket that stayed with its logs is left over, with the command that deletes it."""

from __future__ import annotations

from elbplan.cost import bundled_prices
from elbplan.leftovers.find import find, priced
from elbplan.leftovers.finders.log_buckets import find_log_buckets
from elbplan.sandbox.box import Box

from ..e2e.stage import REGION, Stage

SPEC = """
name: my-web
region: ap-northeast-2
logs: true
listeners: [{listen: 80, respond: 200}]
"""


def test_a_bucket_that_stayed_with_its_logs_is_left_over() -> None:
    with Box() as box:
        stage = Stage(box)
        stage.apply(SPEC)
        assert left(stage) == []
        name = f"my-web-logs-{box.account_id}-{REGION}"
        stage.client("s3").put_object(Bucket=name, Key="access/log.gz", Body=b"x")
        stage.destroy(SPEC)
        assert left(stage) == [(name, f"aws s3 rb --force s3://{name}")]


def left(stage: Stage) -> list[tuple[str, str]]:
    """The buckets that are left over, with their commands, when the tag index knows them."""
    stage.box.advance(3600)
    found = find(stage.aws.send, REGION, [find_log_buckets]).leftovers
    assert [entry.unknown for entry in priced(found, bundled_prices(), REGION)] == [["logs in S3"]] * len(found)
    return [(leftover.id, leftover.commands[0]) for leftover in found]
