"""One read of AWS for a stack and its migrations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..core.address import Ref
from ..core.stack import Stack
from ..kinds import KINDS
from ..live.observe import Observed, Unobserved, observe, observe_each
from ..run.workflow import Cloud


def observe_with_files(aws: Cloud, stack: Stack, references: Collection[Ref]) -> dict[str, Observed]:
    """Reads all that the stack has, everything that its spec describes, and the `references` of its migrations.

    What `adopt:` of the spec names is not the stack's before a step of a migration adopts it. Raises AwsProblem, and
    NotFound if AWS does not have something that the spec describes.
    """
    own = replace(stack, adopt={})
    return observe(aws.send, aws.region, [own], KINDS, everywhere=True, file_references=references)


def observe_with_adopted(aws: Cloud, stack: Stack) -> dict[str, Observed]:
    """Reads the same without migrations, and reads what `adopt:` of the spec names as if it was the stack's."""
    return observe(aws.send, aws.region, [stack], KINDS, everywhere=True)


def observe_for_display(aws: Cloud, stack: Stack, references: Collection[Ref]) -> Observed:
    """The same for a screen: also if AWS does not have an instance that the spec names."""
    own = replace(stack, adopt={})
    seen = observe_each(aws.send, aws.region, [own], KINDS, everywhere=True, file_references=references)[stack.name]
    if isinstance(seen, Unobserved):
        raise seen.problem
    return seen
