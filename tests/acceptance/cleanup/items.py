"""What the clean-up finds and deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..aws import Aws, Params
from ..settings import TAG, Settings


@dataclass(frozen=True)
class Item:
    """One resource of the run. `tagged` is False if it has a name of the run, but not its tag: then it stays."""

    kind: str
    id: str
    tagged: bool = True
    data: Params = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Kind:
    """How to find the resources of one kind, and how to delete one. `item` is the `kind` of its items."""

    name: str
    item: str
    find: Callable[[Aws, Settings], Iterator[Item]]
    delete: Callable[[Aws, Item], None]


def has_tag(tags: list[dict[str, str]], settings: Settings) -> bool:
    """True if these tags name the run."""
    return any((tag["Key"], tag.get("Value")) == (TAG, settings.run) for tag in tags)


def by_tag(settings: Settings) -> list[Params]:
    """The filter of EC2's Describe calls."""
    return [{"Name": f"tag:{TAG}", "Values": [settings.run]}]
