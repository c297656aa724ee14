"""Checks what comes before the action of a listener or rule, and the rewrites of a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ....core.address import Address
from ....core.suggest import did_you_mean
from ....kinds.aws.regular_expressions import missing_group, unusable
from ....kinds.aws.transforms import TRANSFORMS, rewrites
from .subject import Subject

LONGEST = 1024
"""Characters of a regular expression and of a replacement: API_RewriteConfig."""
WORDS = {"host-header-rewrite": "host", "url-rewrite": "path"}


def check(subject: Subject) -> None:
    """Reports what AWS refuses of logins, checks of tokens, and transforms."""
    for address, listener in subject.of("listener"):
        _single(subject, address, listener.leading_actions)
    for address, rule in subject.of("rule"):
        _single(subject, address, rule.leading_actions)
        _transforms(subject, address, rule.transforms)


def _single(subject: Subject, address: Address, leading: Sequence[Any]) -> None:
    if len(leading) > 1:
        types = " and ".join(action.type for action in leading)
        what = f"AWS allows one login or token check before an action, and here are {types}"
        subject.problem(address, ("leading_actions", 1), what, "keep one of them")


def _transforms(subject: Subject, address: Address, transforms: Sequence[Any]) -> None:
    for transform in transforms:
        kind = str(transform.get("Type"))
        if kind not in TRANSFORMS or not (transform.get(TRANSFORMS[kind]) or {}).get("Rewrites"):
            hint = "write Type, and the configuration with Rewrites: [{Regex: ..., Replace: ...}]"
            hint = hint if kind in TRANSFORMS else did_you_mean(kind, list(TRANSFORMS))
            subject.problem(address, ("transforms",), f'"{kind}" is no complete transform', hint, near=kind)
    for kind, count in Counter(str(transform.get("Type")) for transform in transforms).items():
        if count > 1:
            what = f"this rule has {count} transforms of the type {kind}"
            subject.problem(address, ("transforms",), what, "AWS allows one of each type", near=kind)
    for kind, regex, replacement in rewrites(transforms):
        _rewrite(subject, address, WORDS[kind], regex, replacement)


def _rewrite(subject: Subject, address: Address, word: str, regex: str, replacement: str) -> None:
    place = ("transforms", word)
    if problem := unusable(regex):
        hint = "write it without that" if problem.startswith("AWS") else "close every bracket; write \\. for a dot"
        subject.problem(address, place, f'"{regex}": {problem}', hint, near=regex)
    elif group := missing_group(regex, replacement):
        what = f"{group} names a group that the regular expression does not have, so AWS answers 500"
        subject.problem(address, place, what, "put ( ) around the part to keep", near=replacement)
    for text in (regex, replacement):
        if len(text) > LONGEST:
            subject.problem(address, place, "this text is too long", f"use at most {LONGEST} characters", near=text)
