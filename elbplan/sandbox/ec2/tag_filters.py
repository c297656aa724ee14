"""Filters by tag, which find a new resource late."""

from typing import Any

from ..account import CallContext
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.moto_bridge import ask
from ..server.protocol import HttpReply, HttpRequest


def mark_created(context: CallContext, id: str) -> None:
    """Remembers when a resource was created."""
    context.account.memory("created")[id] = context.now


@rule(27)
def describe_late(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply | None:
    """With the option `tag_lag`, a filter by tag does not find a resource in its first seconds; its id does.

    https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html ("the result of an API command you run
    that affects your Amazon EC2 resources might not be immediately visible to all subsequent commands you run")
    """
    by_tag = any(str(given.get("Name")).startswith("tag") for given in call.params.get("Filters") or [])
    new = _new(context) if by_tag else []
    if not new:
        return None
    tags: dict[str, Any] = context.ec2.tags
    hidden = {id: tags.pop(id) for id in new if id in tags}
    try:
        return ask(incoming, context.account_id)
    finally:
        tags.update(hidden)


def _new(context: CallContext) -> list[str]:
    lag = context.timing.tag_lag
    return [id for id, at in context.account.memory("created").items() if context.now < at + lag]
