"""Resources as a person says them: `target group web (old)` for `target_group.web@old`."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..core.address import Address
from ..core.plan import Plan
from ..kinds import KINDS
from ..kinds.elastic_ip import ElasticIp

TITLES = {ElasticIp.kind: "Elastic IP"}
"""The kinds whose name is not their title."""


def title_of(kind: str) -> str:
    """Returns `target group`."""
    return TITLES.get(kind, KINDS[kind].title)


def name_in_words(address: Address) -> str:
    """Returns `web`, or `web (old)` for the old side of a replacement."""
    return f"{address.name} (old)" if address.deposed else address.name


def in_words(address: Address) -> str:
    """Returns `target group web (old)`."""
    return f"{title_of(address.kind)} {name_in_words(address)}"


def wording(plan: Plan) -> Callable[[str], str]:
    """Returns a function that replaces the plan's addresses in a text by words."""
    places = {*plan.lives, *plan.desired, *(step.address for step in plan.steps), *(c.address for c in plan.changes)}
    words = {str(address): in_words(address) for address in places}
    if not words:
        return lambda text: text
    longest_first = sorted(words, key=len, reverse=True)
    found = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w@-]|\.\w)")
    return lambda text: found.sub(lambda match: words[match[1]], text)
