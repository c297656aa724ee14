"""From paths on the command line to stacks, with every problem of every file at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from ..core.stack import Stack
from ..errors import Problem, SpecProblem
from .claims import claimed_twice
from .document import stack_of
from .report import ProblemReport
from .yaml.reader import TreeBuilder
from .yaml.sources import read_sources
from .yaml.tree import Source, Tree


def load(paths: Sequence[str], *, stdin: TextIO | None = None, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """The stacks that these files, folders and `-` (standard input) describe, one a document, in order.

    Raises SpecProblem with everything that is wrong in any of them.
    """
    sources, problems = read_sources(paths, stdin or sys.stdin)
    stacks: list[Stack] = []
    trees: list[Tree] = []
    for source in sources:
        found, wrong = _read(source, env)
        problems += wrong
        stacks += [stack for _, stack in found]
        trees += [tree for tree, _ in found]
    problems += _twice(stacks, trees)
    problems += claimed_twice(stacks, trees)
    if not sources and not problems:
        problems.append(Problem("elbplan", 1, 1, "no spec was named", "name a file, a folder, or - for standard input"))
    if problems:
        raise SpecProblem(problems)
    return stacks


def load_text(source: Source, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """The stacks of a text that need not lie in a file yet. Raises SpecProblem."""
    found, problems = _read(source, env)
    if problems:
        raise SpecProblem(problems)
    return [stack for _, stack in found]


def _read(source: Source, env: Mapping[str, str]) -> tuple[list[tuple[Tree, Stack]], list[Problem]]:
    composer = TreeBuilder(source, env)
    found: list[tuple[Tree, Stack]] = []
    problems: list[Problem] = []
    documents = list(composer.documents())
    for tree in documents:
        report = ProblemReport(tree)
        stack = stack_of(tree, report)
        problems += report.problems
        if stack:
            found.append((tree, stack))
    problems += composer.problems
    if not documents and not problems:
        hint = "begin with name: my-web; docs/spec.md shows how a spec looks"
        problems.append(Problem(source.file, 1, 1, "there is no spec in this file", hint))
    return found, problems


def _twice(stacks: Sequence[Stack], trees: Sequence[Tree]) -> list[Problem]:
    """A stack's name is its identity in AWS: each may be there once."""
    first: dict[str, Stack] = {}
    problems = []
    for stack, tree in zip(stacks, trees, strict=True):
        there = first.setdefault(stack.name, stack)
        if there is not stack:
            place = f"{there.file}:{there.line}"
            problems.append(
                tree.problem(
                    ("name",), f'a stack called "{stack.name}" is at {place} already', "give one of them another name"
                )
            )
    return problems
