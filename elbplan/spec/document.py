"""Turns one YAML document into one stack: read, expand the short form, build the models, check them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.address import Address
from ..core.identity import Identity
from ..core.resource import Resource
from ..core.stack import Stack
from ..kinds import KINDS
from ..kinds.aws.expiry import with_expiry
from ..kinds.targets import Targets
from .adopt import adopted, check_adopt
from .drafts import Drafts
from .expand import drafts_of
from .fixed_names import fix_names
from .messages import shown_value
from .models import MODELS
from .pem_files import read_pem_files
from .report import ProblemReport
from .short.document import Short
from .short.parse import parse_short
from .validate.checks import Subject, run_checks
from .validate.long_form import drafts_of_blocks, is_block, joined, override
from .validate.model import build_model
from .yaml.tree import Tree

PLAIN = frozenset(
    {
        "version",
        "name",
        "account",
        "profile",
        "role",
        "region",
        "tags",
        "ignore",
        "on_destroy",
        "overrides",
        "traffic",
        "adopt",
        "expires",
        "lint",
        "names",
        "defaults",
    }
)
"""Keys that a stack in the long form may have as well."""


@dataclass(frozen=True)
class Reading:
    """What a document contains: its stack, and the subject of checks and of lint; None where nothing could be built."""

    stack: Stack | None = None
    subject: Subject | None = None


def read_document(tree: Tree, report: ProblemReport) -> Reading:
    """Returns the stack of a document, and adds its problems to the report."""
    if not isinstance(tree.data, Mapping):
        what = (
            "this document is empty"
            if tree.data is None
            else f"a spec must be a map of keys, not {shown_value(tree.data)}"
        )
        report.at((), what, "start with name: my-web")
        return Reading()
    blocks = {key for key, value in tree.data.items() if is_block(key, value)}
    short, tree = parse_short(report, blocks)
    block_data = {key: value for key, value in tree.data.items() if key in blocks}
    blocks_drafts = drafts_of_blocks(block_data, report)
    if short is None:
        _build_models(blocks_drafts, report)
        return Reading()
    drafts = joined(_short_drafts(short, tree, report), blocks_drafts, report)
    _add_tags(blocks_drafts, short)
    override(drafts, short.overrides or {}, report)
    fix_names(drafts, short, report)
    read_pem_files(drafts, tree.source.folder, report)
    if not drafts and not len(report):
        report.at(("name",), "the stack is empty", "add targets:, or blocks of the long form", key=True)
    resources = _build_models(drafts, report)
    subject = Subject(short, resources, drafts, report)
    run_checks(subject)
    check_adopt(short, report)
    if "name" in report.lost:
        return Reading()
    return Reading(_stack(short, _complete(resources, drafts, short), tree), subject)


def _short_drafts(short: Short, tree: Tree, report: ProblemReport) -> Drafts:
    """The drafts of the short form: none if the spec has only the keys that both forms share."""
    given = {key for key in short.model_fields_set if key not in PLAIN}
    return drafts_of(short, tree.source.folder, report) if given else {}


def _add_tags(drafts: Drafts, short: Short) -> None:
    """Adds the top-level tags to every resource; the resource's own tags win."""
    for draft in drafts.values():
        own = draft.fields.get("tags", {})
        if short.tags and KINDS[draft.address.kind].taggable and isinstance(own, Mapping):
            draft.fields["tags"] = {**short.tags, **own}


def _complete(resources: Mapping[Address, Resource], drafts: Drafts, short: Short) -> dict[Address, Resource]:
    """The resources with what the top level says of them together."""
    return with_expiry(_with_endings(resources, drafts, short), short.expires or "")


def _with_endings(resources: Mapping[Address, Resource], drafts: Drafts, short: Short) -> dict[Address, Resource]:
    """The resources with the top-level `on_destroy:` for instances whose group has none of its own."""
    changed = {
        address: targets.model_copy(update={"on_destroy": short.on_destroy})
        for address, targets in resources.items()
        if short.on_destroy and isinstance(targets, Targets) and targets.named_instances
        if "on_destroy" not in drafts[address].fields
    }
    return {**resources, **changed}


def _build_models(drafts: Drafts, report: ProblemReport) -> dict[Address, Resource]:
    """The resources of the drafts that have no problem, parents before children."""
    order = list(MODELS)
    resources: dict[Address, Resource] = {}
    for address, draft in sorted(drafts.items(), key=lambda item: order.index(item[0].kind)):
        resource = build_model(draft, MODELS[address.kind], report)
        if resource is not None:
            resources[address] = resource
    return resources


def _stack(short: Short, resources: Mapping[Address, Resource], tree: Tree) -> Stack:
    return Stack(
        name=short.name,
        region=short.region,
        account=short.account or "",
        identity=_identity(short),
        resources=resources,
        ignore=tuple(short.ignore or ()),
        domains=_domains(short, resources),
        traffic=short.traffic.estimate if short.traffic else None,
        files=_files(short, tree),
        adopt=adopted(short),
        expires=short.expires or "",
        file=tree.source.file,
        line=tree.start.line,
    )


def _identity(short: Short) -> Identity:
    role = short.role
    return Identity(short.profile or "", role.arn if role else "", (role and role.external_id) or "")


def _files(short: Short, tree: Tree) -> tuple[str, ...]:
    """The files with defaults, and with scripts of servers."""
    names = [server.user_data_file for server in (short.servers or {}).values() if server.user_data_file]
    scripts = (os.path.join(tree.source.folder, name) for name in dict.fromkeys(names))
    return (*tree.defaults, *scripts)


def _domains(short: Short, resources: Mapping[Address, Any]) -> tuple[str, ...]:
    named = [domain.name for domain in short.domain or ()]
    records = [resource.name for address, resource in resources.items() if address.kind == "record"]
    return tuple(dict.fromkeys([*named, *records]))
