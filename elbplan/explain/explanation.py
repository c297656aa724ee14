"""What `elbplan explain WORD` says about a word: data for a screen and for JSON."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One word, and what a person needs to know about it.

    word    as elbplan or AWS writes it
    group   the kind of word, as the list of all words names it
    means   what it means, in a sentence or two
    causes  the usual causes, the most likely first
    see     how to see which cause it is
    do      what to do or to type
    source  the page of AWS or of elbplan that says so
    also    other words with the same explanation
    """

    word: str
    group: str
    means: str
    causes: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    source: str = ""
    also: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that leads to this explanation."""
        return (self.word, *self.also)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text, without the empty ones. Tables are easier to read with one item on each line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
