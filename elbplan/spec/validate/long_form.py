"""Reads the blocks of the long form as drafts, and merges `overrides:` into drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...core.address import AWS_ID, Address
from ...core.suggest import did_you_mean
from ..drafts import Drafts, ResourceDraft, overlay
from ..keys import keys_of
from ..messages import shown_value
from ..models import MODELS
from ..report import ProblemReport
from ..short.groups import ShortGroup
from ..values import as_text

NAME = re.compile(r"[A-Za-z0-9*_][A-Za-z0-9*._-]{0,120}", re.ASCII)


def is_block(key: str, value: Any) -> bool:
    """True if a top-level key is a block of the long form. Only `targets` is a key of both forms."""
    if key not in MODELS or key != "targets":
        return key in MODELS
    if not isinstance(value, Mapping) or not value or not all(isinstance(item, Mapping) for item in value.values()):
        return False
    group_keys = keys_of(ShortGroup)
    return any(
        isinstance(item.get("members"), list) or ("group" in item and name not in group_keys)
        for name, item in value.items()
    )


def drafts_of_blocks(data: Mapping[str, Any], report: ProblemReport) -> Drafts:
    """Returns a draft for each resource of the long form."""
    drafts: Drafts = {}
    for kind, block in data.items():
        if not is_block(kind, block):
            continue
        if not isinstance(block, Mapping):
            report.at(
                (kind,),
                f"{kind} must be a map of names, not {shown_value(block)}",
                f"write {kind}: {{main: {{...}}}}",
            )
            continue
        for name, fields in block.items():
            _take(kind, name, fields, drafts, report)
    return drafts


def _take(kind: str, name: str, fields: Any, drafts: Drafts, report: ProblemReport) -> None:
    path = (kind, name)
    if not NAME.fullmatch(name) or AWS_ID.match(name):
        report.at(
            path,
            f"{shown_value(name)} is not a valid name",
            "use letters, digits, dots, dashes and underscores; a name cannot look like an AWS id",
            key=True,
        )
    elif not isinstance(fields, Mapping):
        report.at(
            path,
            f"{kind}.{name} must be a map of fields, not {shown_value(fields)}",
            f"write {name}: and the fields on the next lines, indented",
        )
    else:
        address = Address(kind, name)
        drafts[address] = ResourceDraft(address, _with_text(fields), path)


def _with_text(fields: Mapping[str, Any]) -> dict[str, Any]:
    attributes = fields.get("attributes")
    return {**fields, "attributes": as_text(attributes)} if isinstance(attributes, Mapping) else {**fields}


def joined(short: Drafts, blocks: Drafts, report: ProblemReport) -> Drafts:
    """Returns the drafts of both forms. An address that both define is a problem."""
    for address in blocks:
        if address in short:
            report.at(
                blocks[address].origin,
                f"the short form already defines {address}",
                f"to change its fields, write overrides: {{{address}: {{...}}}}",
                key=True,
            )
    return {**blocks, **short}


def override(drafts: Drafts, overrides: Mapping[str, Any], report: ProblemReport) -> None:
    """Merges the fields of `overrides:` into the drafts, in place."""
    for key, fields in overrides.items():
        address = _address(key)
        draft = drafts.get(address)
        if draft is None:
            hint = did_you_mean(key, [str(known) for known in drafts])
            report.at(("overrides", key), f"this stack has no {address}", hint, key=True)
            continue
        draft.fields = overlay(draft.fields, _with_text(fields))
        draft.places |= {
            (field,): ("overrides", key, field) for field in fields if not isinstance(fields[field], Mapping)
        }
        for field, value in fields.items():
            if isinstance(value, Mapping):
                draft.places |= {(field, inner): ("overrides", key, field, inner) for inner in value}


def _address(key: str) -> Address:
    """The address of a key. A kind without a name means the resource `main`, as in `load_balancer`."""
    kind, dot, name = key.partition(".")
    return Address(kind, name if dot and name else "main")
