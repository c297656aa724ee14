"""All words that `elbplan explain` knows without AWS, and the search for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from ..core.suggest import closest
from . import aws_codes, certificates, client_codes, errors, exit_codes, hazards, lint, spec_warnings, target_health
from .explanation import Explanation

TABLES = (target_health, client_codes, certificates, hazards, lint, spec_warnings, exit_codes, errors, aws_codes)
EXPLANATIONS: tuple[Explanation, ...] = tuple(chain.from_iterable(table.EXPLANATIONS for table in TABLES))


def _index(explanations: Iterable[Explanation]) -> dict[str, Explanation]:
    """Every word in small letters. The first explanation of a word counts."""
    index: dict[str, Explanation] = {}
    for explanation in explanations:
        for word in explanation.words:
            index.setdefault(word.lower(), explanation)
    return index


INDEX: Mapping[str, Explanation] = _index(EXPLANATIONS)


def find(word: str) -> Explanation | None:
    """The explanation of a word, in any case of letters; None if elbplan does not know it."""
    return INDEX.get(" ".join(word.split()).lower())


def spelling(explanation: Explanation, asked: str) -> str:
    """The word of the explanation that the user asked for, as elbplan or AWS writes it."""
    wanted = " ".join(asked.split()).lower()
    return next((word for word in explanation.words if word.lower() == wanted), explanation.word)


def nearest(word: str) -> str | None:
    """The known word that is closest to this one; None if none is close. `timeout` is part of `Target.Timeout`."""
    known = [each for explanation in EXPLANATIONS for each in explanation.words]
    parts = {each.rpartition(".")[2].lower(): each for each in known if "." in each}
    part = closest(word, parts)
    return closest(word, known) or (parts[part] if part else None)


def by_group() -> dict[str, list[Explanation]]:
    """The explanations by their group, in order."""
    groups: dict[str, list[Explanation]] = {}
    for explanation in EXPLANATIONS:
        groups.setdefault(explanation.group, []).append(explanation)
    return groups
