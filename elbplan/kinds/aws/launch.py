"""Launches an instance exactly once, also if answers are lost and over several runs.

A new instance is not found by its tags for some seconds, so a run that follows at once does not see what the run before
it launched. The token is the same for the same launch in every run: AWS then returns the instance that exists already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from ...core.call import Answer, Call
from ...core.kind import StepContext
from .ownership import owner, tag_mapping
from .queries import TERMINATED, instances_in

MOST_LAUNCHES = 9
"""AWS forgets a token about an hour after its instance is terminated."""


def launch(params: Mapping[str, Any], context: StepContext) -> Generator[Call, Answer, str]:
    """Sends RunInstances and returns the id of the instance.

    AWS can return an instance that is terminated meanwhile, or that a migration moved or released. It counts as another
    one, and the next token includes its id.
    """
    others: list[str] = []
    while True:
        token = _token(params, context, others)
        # Not every part of AWS knows a new security group at once.
        retry = ("InvalidGroup.NotFound",)
        answer = yield Call("ec2", "RunInstances", {**params, "ClientToken": token}, retry_on=retry, timeout=60)
        id = str(answer["Instances"][0]["InstanceId"])
        if len(others) == MOST_LAUNCHES or (yield from _is_usable(id, context)):
            return id
        others.append(id)


def _token(params: Mapping[str, Any], context: StepContext, others: Sequence[str]) -> str:
    """32 hex digits: the same for the same stack, address, parameters and earlier instances."""
    text = json.dumps([context.stack, str(context.address), params, others], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_usable(id: str, context: StepContext) -> Generator[Call, Answer, bool]:
    """False if the instance is terminated or no longer has this address. A new one may not be visible yet."""
    answer = yield Call("ec2", "DescribeInstances", {"Filters": [{"Name": "instance-id", "Values": [id]}]})
    for raw in instances_in(answer):
        owned_by = owner(tag_mapping(raw.get("Tags")), context.address.kind, [context.stack])
        return raw["State"]["Name"] not in TERMINATED and owned_by == (context.stack, context.address)
    return True
