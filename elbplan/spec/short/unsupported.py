"""Settings that elbplan does not support yet. A spec that has one of them is refused."""

from __future__ import annotations

from ..report import ProblemReport
from ..yaml.tree import Tree, YamlPath

UNSUPPORTED: dict[tuple[str, ...], str] = {
    ("protect", "replace"): (
        "remove it; elbplan replaces a load balancer that receives traffic only with `--allow dns-name-changes`"
    ),
}
"""The path of each setting, and the hint that its problem gives."""


def without_unsupported(report: ProblemReport) -> Tree:
    """The tree without unsupported settings; the report has a problem for each of them."""
    tree = report.tree
    drops: set[YamlPath] = {path for path in UNSUPPORTED if path in tree.keys}
    for path, hint in UNSUPPORTED.items():
        if path in drops:
            report.at(path, f"elbplan does not support `{'.'.join(path)}` yet", hint, key=True)
    return tree.edited(drops, {})
