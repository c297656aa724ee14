"""What a listener or a rule does with a request, in one row: `OIDC login at id.example.com, then → web`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import Address, Ref
from ..core.hidden import Hidden
from ..kinds.aws.actions import Forward, action_text
from ..kinds.aws.conditions import Condition, condition_text
from ..kinds.aws.leading_actions import leading_text
from ..kinds.aws.transforms import TRANSFORMS
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from .layout import shortened_inside
from .words import name_in_words

MOST_ALTERNATIVES = 3
LONGEST_ALTERNATIVE = 40
"""A row has no room for five regular expressions of 128 characters. `--detail` has all of them."""

REWRITTEN = dict(zip(TRANSFORMS, ("host", "URL"), strict=True))


def listener_row(address: Address, listener: Listener) -> str:
    """`HTTPS, certificate main, client certificates of partners → web`"""
    port = "" if str(listener.port or "") == address.name else f"{listener.port or ''} "
    more = f" and {len(listener.more_certificates)} more" if listener.more_certificates else ""
    certificate = f"certificate {_name(listener.certificate)}{more}" if listener.certificate else ""
    clients = client_certificates(listener)
    first = ", ".join(filter(None, [f"{port}{listener.protocol or ''}".strip(), certificate, clients]))
    return _joined(first, _actions(listener.leading_actions, listener.action))


def rule_row(rule: Rule, *, full: bool = False) -> str:
    """`10: path /api/*, token check for id.example.com, URL rewrite, then → web`

    full   with all alternatives of a condition in full length, and the rewrites
    """
    conditions = " and ".join(_condition(condition, full) for condition in rule.conditions)
    return _joined(f"{rule.priority}: {conditions}", _actions(rule.leading_actions, rule.action, rule.transforms))


def _condition(condition: Condition, full: bool) -> str:
    texts = condition.alternatives
    if full or condition.settings or any(isinstance(text, Hidden) for text in texts):
        return condition_text(condition)
    first = condition_text(condition).removesuffix(" or ".join(texts))
    shown = [shortened_inside(text, LONGEST_ALTERNATIVE) for text in texts[:MOST_ALTERNATIVES]]
    more = len(texts) - len(shown)
    return f"{first}{' or '.join(shown)}{f' or {more} more' if more else ''}"


def client_certificates(listener: Listener) -> str:
    """`client certificates of partners`: what the listener does with them; empty if it asks for none."""
    mutual = listener.mutual_authentication
    if mutual is None or mutual.mode == "off":
        return ""
    if mutual.mode == "passthrough":
        return "client certificates passed on"
    return f"client certificates of {_name(mutual.trust_store)}" if mutual.trust_store else "client certificates"


def _actions(leading: Sequence[Any], action: object, transforms: Sequence[Mapping[str, Any]] = ()) -> str:
    """`→ web`, `→ blue 90, green 10`, `redirect 301 to HTTPS:443`"""
    first = [leading_text(other) for other in leading]
    first += [f"{REWRITTEN[type]} rewrite" for type in REWRITTEN if any(t.get("Type") == type for t in transforms)]
    before = f"{', '.join(first)}, then " if first else ""
    if not isinstance(action, Forward):
        return f"{before}{action_text(action)}"
    if len(action.groups) == 1:
        return f"{before}→ {_name(action.groups[0].group)}"
    return f"{before}→ {', '.join(f'{_name(share.group)} {share.weight}' for share in action.groups)}"


def _joined(first: str, action: str) -> str:
    return f"{first}{' ' if action.startswith('→') else ', ' if first else ''}{action}"


def _name(ref: Ref) -> str:
    if isinstance(ref, Address):
        return name_in_words(ref)
    name = str(ref).rpartition(":")[2]
    return name.split("/")[1] if name.startswith("truststore/") else name
