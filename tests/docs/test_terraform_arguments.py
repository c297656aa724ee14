"""docs/coming-from/terraform-arguments.md: every key of the spec that it names exists, and it forgets no resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from elbplan.spec import schema
from elbplan.spec.short.group_attributes import WORDS

PAGE = Path(__file__).parents[2] / "docs" / "coming-from" / "terraform-arguments.md"
ROWS = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
PATHS = sorted({path for row in ROWS for path in re.findall(r"`([a-z0-9_.]+)[:`]", row[1])})
RESOURCES = (
    "aws_lb", "aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group", "aws_lb_target_group_attachment",
    "aws_lb_trust_store", "aws_lb_trust_store_revocation", "aws_lb_listener_certificate", "aws_shield_protection",
    "aws_wafv2_web_acl_association", "aws_autoscaling_attachment", "aws_acm_certificate", "aws_route53_record",
    "aws_acm_certificate_validation", "aws_route53_zone", "aws_route53_health_check", "aws_lambda_permission",
    "aws_eip", "aws_instance",
)  # fmt: skip
OTHERS = (
    "token",
    "forward",
    "redirect",
    "respond",
    "host",
    "header",
    "optional",
    "source_ip",
    "lb_cookie",
    "app_cookie",
    "ssm",
)
"""Words that are no path from the top: keys of the block before them, and values."""


def test_the_page_has_every_resource() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in RESOURCES if not re.search(rf"{name}\b", text)] == []


@pytest.mark.parametrize("path", [path for path in PATHS if path not in OTHERS])
def test_every_key_exists(path: str) -> None:
    document = schema()
    nodes: list[Mapping[str, Any]] = [document]
    if path.startswith("groups.attributes."):
        assert path.rpartition(".")[2] in WORDS
        return
    for key in path.split("."):
        nodes = [child for node in nodes for child in _children(document, node, key)]
        assert nodes, f"{path}: no {key}"


def _children(document: Mapping[str, Any], node: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """The schemas of a key of a block, also in a list of blocks and in a map of blocks by name."""
    for block in _blocks(document, node):
        if key in block.get("properties", {}):
            yield block["properties"][key]


def _blocks(document: Mapping[str, Any], node: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(node, Mapping):
        return
    if ref := node.get("$ref"):
        found: Any = document
        for part in ref.removeprefix("#/").split("/"):
            found = found[part]
        yield from _blocks(document, found)
    for each in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _blocks(document, each)
    if "properties" in node:
        yield node
    for each in node.get("patternProperties", {}).values():
        yield from _blocks(document, each)
    for inner in ("items", "additionalProperties"):
        yield from _blocks(document, node.get(inner))
