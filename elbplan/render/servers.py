"""Servers by their names: `server-a (i-62b9…), server-c (i-d238…, stopped)`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from ..core.plan import ServerLabel
from ..core.resource import Resource
from ..kinds.ingress_rules import IngressRules
from ..kinds.targets import Targets
from .style import listed

ID = re.compile(r"\b((?:i|sg)-[0-9a-f]{8,17})\b(:\d+)?")

DIGITS = 4
"""How many digits of an id follow the name."""

WIDEST_NAME = 60
"""The columns that a name can have; a Name tag can be longer than a line."""

MOST = 12
"""How many servers the line of a plan names."""


def with_names(text: str, servers: Mapping[str, ServerLabel]) -> str:
    """The text with the names of servers before their ids."""
    return ID.sub(lambda found: _named(found[1], found[2] or "", servers), text) if servers else text


def _named(id: str, port: str, servers: Mapping[str, ServerLabel]) -> str:
    label = servers.get(id)
    state = f", {label.state}" if label is not None and label.state not in ("running", "") else ""
    if label is None or not label.name.strip():
        return f"{id}{port}{f' ({state[2:]})' if state else ''}"
    name = " ".join(label.name.split())
    if cell_len(name) > WIDEST_NAME:
        name = set_cell_size(name, WIDEST_NAME - 1).rstrip() + "…"
    return f"{name}{port} ({_short(id, label, servers)}{state})"


def _short(id: str, label: ServerLabel, servers: Mapping[str, ServerLabel]) -> str:
    """The beginning of the id; the complete id if another server has this name and beginning too."""
    short = id[: id.index("-") + 1 + DIGITS]
    alike = [other for other, its in servers.items() if its.name == label.name and other.startswith(short)]
    return f"{short}…" if len(alike) == 1 else id


def summary_of(resource: Resource, summary: str, servers: Mapping[str, ServerLabel]) -> str:
    """The summary of a resource, with the names of servers and their security groups; a dozen targets, by name."""
    if not isinstance(resource, Targets) or not servers:
        return with_names(summary, servers) if isinstance(resource, IngressRules) else summary
    texts = [with_names(text, servers) for text in summary.split(", ")]
    return listed([*sorted(texts[:MOST], key=str.casefold), *texts[MOST:]], MOST)


def servers_document(servers: Mapping[str, ServerLabel]) -> dict[str, dict[str, str]]:
    """By id, the name and the state of each server; a security group has no state."""
    return {id: {"name": label.name, "state": label.state} for id, label in sorted(servers.items()) if label.state}
