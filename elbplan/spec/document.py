"""One YAML document to one stack: shape, spelling out, models, checks; problems to the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Address
from ..core.resource import Resource
from ..core.stack import Stack
from ..kinds import KINDS
from .drafts import Drafts
from .expand import drafts_of
from .models import MODELS
from .report import ProblemReport
from .short.document import Short
from .short.parse import parse_short
from .suggest import shown_value
from .validate.checks import Subject, run_checks
from .validate.long_form import drafts_of_blocks, is_block, joined, override
from .validate.model import build_model
from .yaml.tree import Tree

PLAIN = frozenset({"version", "name", "region", "tags", "ignore", "expires", "traffic", "overrides"})
"""Keys of the short form that describe a stack of the long form as well."""


def stack_of(tree: Tree, report: ProblemReport) -> Stack | None:
    """The stack that a document describes, or None if its problems are too many to say."""
    if not isinstance(tree.data, Mapping):
        what = (
            "this document is empty" if tree.data is None else f"a spec is a map of keys, not {shown_value(tree.data)}"
        )
        report.at((), what, "begin with name: my-web")
        return None
    blocks = {key for key, value in tree.data.items() if is_block(key, value)}
    short, tree = parse_short(report, blocks)
    block_data = {key: value for key, value in tree.data.items() if key in blocks}
    blocks_drafts = drafts_of_blocks(block_data, report)
    if short is None:
        _made(blocks_drafts, report)
        return None
    drafts = joined(_short_drafts(short, tree, report), blocks_drafts, report)
    _tagged(blocks_drafts, short)
    override(drafts, short.overrides or {}, report)
    if not drafts and not len(report):
        report.at(("name",), "the stack is empty", "add targets:, or blocks of the long form", key=True)
    resources = _made(drafts, report)
    run_checks(Subject(short, resources, drafts, report))
    return None if "name" in report.lost else _stack(short, resources, tree)


def _short_drafts(short: Short, tree: Tree, report: ProblemReport) -> Drafts:
    """What the short form adds: nothing if only the plain keys are used."""
    given = {key for key in short.model_fields_set if key not in PLAIN}
    return drafts_of(short, tree.source.folder, report) if given else {}


def _tagged(drafts: Drafts, short: Short) -> None:
    """Top-level tags are for every resource; a resource's own come first."""
    for draft in drafts.values():
        own = draft.fields.get("tags", {})
        if short.tags and KINDS[draft.address.kind].taggable and isinstance(own, Mapping):
            draft.fields["tags"] = {**short.tags, **own}


def _made(drafts: Drafts, report: ProblemReport) -> dict[Address, Resource]:
    """The resources that could be made, parents before children."""
    order = list(MODELS)
    resources: dict[Address, Resource] = {}
    for address, draft in sorted(drafts.items(), key=lambda item: order.index(item[0].kind)):
        resource = build_model(draft, MODELS[address.kind], report)
        if resource is not None:
            resources[address] = resource
    return resources


def _stack(short: Short, resources: Mapping[Address, Resource], tree: Tree) -> Stack:
    traffic = short.traffic.model_dump(exclude_none=True) if short.traffic else {}
    return Stack(
        name=short.name,
        region=short.region,
        resources=resources,
        ignore=tuple(short.ignore or ()),
        domains=_domains(short, resources),
        expires=short.expires,
        traffic=traffic,
        file=tree.source.file,
        line=tree.start.line,
    )


def _domains(short: Short, resources: Mapping[Address, Any]) -> tuple[str, ...]:
    named = [domain.name for domain in short.domain or ()]
    records = [resource.name for address, resource in resources.items() if address.kind == "record"]
    return tuple(dict.fromkeys([*named, *records]))
