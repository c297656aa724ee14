"""docs/spec.md and the pages of docs/spec document every key, and their examples load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from elbplan.spec.keys import keys_of, models_in
from elbplan.spec.models import MODELS
from elbplan.spec.short.document import Short
from elbplan.spec.short.unsupported import UNSUPPORTED

from .kit import ROOT, stacks

START = ROOT / "docs" / "spec.md"
PAGES = [START, *sorted((ROOT / "docs" / "spec").glob("*.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
NEVER_WRITTEN = {"ids", "values"}
"""Keys that only the models have: a spec writes a list or a map in their place."""


def keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    """Every key of the short form, at every level."""
    if model in seen:
        return
    seen.add(model)
    for key, annotation in keys_of(model).items():
        yield key
        for inner in models_in(annotation):
            yield from keys(inner, seen)


@pytest.mark.parametrize("key", sorted({*keys(Short, set()), *MODELS} - NEVER_WRITTEN))
def test_every_key_is_documented(key: str) -> None:
    assert re.search(rf"`{key}`|[{{,\s]{key}:|`{key}:", TEXT)


@pytest.mark.parametrize("key", sorted(keys_of(Short)))
def test_every_key_of_the_top_level_is_in_its_table(key: str) -> None:
    rows = [row for row in table_of_the_stack() if f"`{key}`" in row.split("|")[1]]
    assert len(rows) == 1


def table_of_the_stack() -> list[str]:
    """The rows below the heading `The stack`."""
    section = START.read_text(encoding="utf-8").partition("\n## The stack\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_table_has_each_key_once(page: Path) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE):
        firsts = [row.split("|")[1].strip() for row in table.splitlines()]
        assert len(firsts) == len(set(firsts)), table


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_the_start_leads_to_every_page(page: Path) -> None:
    assert f"](spec/{page.name})" in START.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", UNSUPPORTED, ids=".".join)
def test_settings_that_do_nothing_are_not_offered(path: tuple[str, ...]) -> None:
    assert not re.search(rf"`{path[-1]}`|[{{,\s]{path[-1]}:", TEXT)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_loads(block: str) -> None:
    assert stacks(block if "\nname:" in f"\n{block}" else f"name: x\n{block}")
