"""The transforms of a rule: rewrites of host and URL before a request goes to a target, in AWS's form. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

TRANSFORMS = {"host-header-rewrite": "HostHeaderRewriteConfig", "url-rewrite": "UrlRewriteConfig"}
"""The types, each with the member of its configuration."""

WORDS = {"host-header-rewrite": "host rewrite", "url-rewrite": "URL rewrite"}


def in_order(transforms: Iterable[Any]) -> tuple[Any, ...]:
    """Transforms are a set: AWS may return them in another order."""
    return tuple(sorted(transforms, key=lambda each: str(each.get("Type")) if isinstance(each, Mapping) else ""))


def rewrites(transforms: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """The type, the regular expression and the replacement of each rewrite."""
    for transform in transforms:
        kind = str(transform.get("Type"))
        config = transform.get(TRANSFORMS.get(kind, "")) or {}
        for rewrite in config.get("Rewrites") or ():
            yield kind, str(rewrite.get("Regex", "")), str(rewrite.get("Replace", ""))


def transform_text(transform: Mapping[str, Any]) -> str:
    """`URL rewrite ^/api/(.*)$ to /$1`"""
    found = [f"{regex} to {replacement}" for _, regex, replacement in rewrites([transform])]
    kind = str(transform.get("Type"))
    return " ".join([WORDS.get(kind, kind), *found])
