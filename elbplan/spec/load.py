"""Loads stacks from the paths of the command line, and reports all problems of all files at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from ..core.stack import Stack
from ..errors import Problem, SpecProblem
from .claims import duplicate_domains
from .defaults import is_used_as_defaults, shared_by_file, with_defaults
from .document import read_document
from .report import ProblemReport
from .validate.checks import Subject
from .yaml.reader import TreeBuilder
from .yaml.sources import read_sources
from .yaml.tree import Source, Tree


@dataclass(frozen=True)
class BrokenSpec:
    """A document that is wrong, or a file that cannot be read; `label` is the stack's name if it can be read."""

    label: str
    problem: SpecProblem


@dataclass
class Document:
    """A document of a file: its tree, stack and subject of checks, as far as it has them, and what is wrong with it."""

    file: str
    tree: Tree | None = None
    stack: Stack | None = None
    problems: list[Problem] = field(default_factory=list)
    subject: Subject | None = None

    @property
    def label(self) -> str:
        """The stack's name; the file's if the document has none."""
        name = self.tree.data.get("name") if self.tree and isinstance(self.tree.data, Mapping) else None
        return name if isinstance(name, str) and name else self.file


def load(paths: Sequence[str], *, stdin: TextIO | None = None, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """Returns the stacks of these files, folders and `-` (standard input): one for each document, in order.

    Raises SpecProblem with all problems of all files.
    """
    documents = read_documents(paths, stdin, env)
    if problems := [problem for document in documents for problem in document.problems]:
        raise SpecProblem(problems)
    return [document.stack for document in documents if document.stack]


def load_each(
    paths: Sequence[str], *, stdin: TextIO | None = None, env: Mapping[str, str] = os.environ
) -> list[Stack | BrokenSpec]:
    """The same, with the problems of a wrong document in its place: it does not hide the others."""
    documents = read_documents(paths, stdin, env)
    loaded: list[Stack | BrokenSpec] = []
    for document in documents:
        if document.problems:
            loaded.append(BrokenSpec(document.label, SpecProblem(document.problems)))
        elif document.stack:
            loaded.append(document.stack)
    return loaded


def load_text(source: Source, env: Mapping[str, str] = os.environ) -> list[Stack]:
    """Returns the stacks of a text. Raises SpecProblem."""
    documents = _read(source, env)
    if problems := [problem for document in documents for problem in document.problems]:
        raise SpecProblem(problems)
    return [document.stack for document in documents if document.stack]


def read_documents(
    paths: Sequence[str], stdin: TextIO | None = None, env: Mapping[str, str] = os.environ
) -> list[Document]:
    """Returns the documents of these files, folders and `-`, with their problems."""
    sources, unreadable = read_sources(paths, stdin or sys.stdin)
    documents = [document for source in sources for document in _read(source, env)]
    used = [file for document in documents if document.tree for file in document.tree.defaults]
    documents = [document for document in documents if not is_used_as_defaults(document.file, used)]
    documents += [Document(problem.file, problems=[problem]) for problem in unreadable]
    _find_duplicates(documents)
    if not documents:
        hint = "give a file, a folder, or - for standard input"
        documents.append(Document("elbplan", problems=[Problem("elbplan", 1, 1, "no spec is given", hint)]))
    return documents


def _read(source: Source, env: Mapping[str, str]) -> list[Document]:
    builder = TreeBuilder(source, env)
    documents: list[Document] = []
    known = 0
    shared: Tree | None = None
    for document in builder.documents():
        if not documents and shared is None and (shared := shared_by_file(document)):
            continue
        tree, wrong = with_defaults(document, shared, env)
        report = ProblemReport(tree)
        reading = read_document(tree, report)
        found, known = builder.problems[known:], len(builder.problems)
        if earlier := [problem for problem in found if problem.line < tree.start.line]:
            documents.append(Document(source.file, problems=earlier))
        own = [problem for problem in found if problem not in earlier]
        documents.append(Document(source.file, tree, reading.stack, [*wrong, *report.problems, *own], reading.subject))
    if rest := builder.problems[known:]:
        documents.append(Document(source.file, problems=rest))
    if not documents:
        hint = "start with name: my-web; docs/spec.md has examples"
        empty = Problem(source.file, 1, 1, "this file contains no spec", hint)
        documents.append(Document(source.file, problems=[empty]))
    return documents


def _find_duplicates(documents: Sequence[Document]) -> None:
    """Adds the problems between documents: the name of a stack and a domain belong to one document."""
    loaded = [(document.stack, document.tree) for document in documents if document.stack and document.tree]
    stacks, trees = [stack for stack, _ in loaded], [tree for _, tree in loaded]
    for tree, problem in [*_duplicate_names(stacks, trees), *duplicate_domains(stacks, trees)]:
        next(document for document in documents if document.tree is tree).problems.append(problem)


def _duplicate_names(stacks: Sequence[Stack], trees: Sequence[Tree]) -> Iterator[tuple[Tree, Problem]]:
    """A problem for each stack whose name another stack has: the name is the stack's identity in AWS."""
    first: dict[str, Stack] = {}
    for stack, tree in zip(stacks, trees, strict=True):
        other = first.setdefault(stack.name, stack)
        if other is not stack:
            what = f'another stack has the name "{stack.name}": {other.file}:{other.line}'
            yield tree, tree.problem(("name",), what, "rename one of them")
