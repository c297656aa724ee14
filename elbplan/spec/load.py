"""Loads stacks from the paths of the command line, and reports all problems of all files at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from ..core.stack import Stack
from ..errors import Problem, SpecProblem
from .claims import duplicate_domains
from .document import stack_of
from .report import ProblemReport
from .yaml.reader import TreeBuilder
from .yaml.sources import read_sources
from .yaml.tree import Source, Tree


def load(paths: Sequence[str], *, stdin: TextIO | None = None, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """Returns the stacks of these files, folders and `-` (standard input): one for each document, in order.

    Raises SpecProblem with all problems of all files.
    """
    sources, problems = read_sources(paths, stdin or sys.stdin)
    stacks: list[Stack] = []
    trees: list[Tree] = []
    for source in sources:
        documents, source_problems = _read(source, env)
        problems += source_problems
        stacks += [stack for _, stack in documents]
        trees += [tree for tree, _ in documents]
    problems += _duplicate_names(stacks, trees)
    problems += duplicate_domains(stacks, trees)
    if not sources and not problems:
        problems.append(Problem("elbplan", 1, 1, "no spec is given", "give a file, a folder, or - for standard input"))
    if problems:
        raise SpecProblem(problems)
    return stacks


def load_text(source: Source, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """Returns the stacks of a text. Raises SpecProblem."""
    documents, problems = _read(source, env)
    if problems:
        raise SpecProblem(problems)
    return [stack for _, stack in documents]


def _read(source: Source, env: Mapping[str, str]) -> tuple[list[tuple[Tree, Stack]], list[Problem]]:
    builder = TreeBuilder(source, env)
    documents: list[tuple[Tree, Stack]] = []
    problems: list[Problem] = []
    trees = list(builder.documents())
    for tree in trees:
        report = ProblemReport(tree)
        stack = stack_of(tree, report)
        problems += report.problems
        if stack:
            documents.append((tree, stack))
    problems += builder.problems
    if not trees and not problems:
        hint = "start with name: my-web; docs/spec.md has examples"
        problems.append(Problem(source.file, 1, 1, "this file contains no spec", hint))
    return documents, problems


def _duplicate_names(stacks: Sequence[Stack], trees: Sequence[Tree]) -> list[Problem]:
    """A problem for each stack whose name another stack has: the name is the stack's identity in AWS."""
    first: dict[str, Stack] = {}
    problems = []
    for stack, tree in zip(stacks, trees, strict=True):
        other = first.setdefault(stack.name, stack)
        if other is not stack:
            what = f'another stack has the name "{stack.name}": {other.file}:{other.line}'
            problems.append(tree.problem(("name",), what, "rename one of them"))
    return problems
