"""The short words for the settings of a listener beside its action. Pure."""

from __future__ import annotations

import re
from typing import Any

from ..core.duration import duration_text
from ..kinds.aws.listener_attributes import (
    HSTS,
    IDLE_TIMEOUT,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    SERVER,
    TCP_RESET,
)
from ..kinds.aws.mutual_tls import MutualTls
from ..kinds.listener import Listener
from ..spec.short.listener_settings import ALPN, REQUEST_WORDS, Hsts
from .words import Words

CSP = RESPONSE_HEADERS["Content-Security-Policy"]
PLAIN_HSTS = re.compile(r"max-age=(\d+)(; includeSubDomains)?(; preload)?")


def settings_words(listener: Listener) -> Words:
    """The words for ALPN, client certificates and attributes; none for what is AWS's default."""
    words = {
        "alpn": _key_of(ALPN, listener.alpn),
        "client_certificates": _mutual(listener.mutual_authentication),
        **_attributes(dict(listener.attributes)),
    }
    return {key: value for key, value in words.items() if value not in (None, {})}


def _attributes(left: dict[str, str]) -> Words:
    """The words for attributes; those without a word stay under AWS's own keys."""
    words: Words = {}
    if (hsts := _hsts(left.get(HSTS, ""))) is not None:
        del left[HSTS]
        words["hsts"] = hsts
    words["csp"] = left.pop(CSP, None)
    for word, key in (("server_header", SERVER), ("tcp_reset", TCP_RESET)):
        if left.get(key) in ("true", "false"):
            words[word] = left.pop(key) == "true"
    if left.get(IDLE_TIMEOUT, "").isdigit():
        words["idle_timeout"] = f"{left.pop(IDLE_TIMEOUT)}s"
    words["response_headers"] = {h: left.pop(key) for h, key in RESPONSE_HEADERS.items() if key in left}
    requests = {_key_of(REQUEST_WORDS, h): key for h, key in REQUEST_HEADERS.items() if key in left}
    words["request_headers"] = {word: left.pop(key) for word, key in requests.items()}
    return words | {"attributes": left}


def _hsts(value: str) -> Any:
    """The word for a header that elbplan would write in the same way; None for any other."""
    found = PLAIN_HSTS.fullmatch(value)
    if found is None:
        return None
    fields = {"max_age": int(found[1]), "subdomains": bool(found[2]), "preload": bool(found[3])}
    try:
        same = Hsts.model_validate(fields).header == value
    except ValueError:
        return None
    if not same:
        return None
    on = {key: True for key in ("subdomains", "preload") if fields[key]}
    return {"max_age": _days(int(found[1])), **on} if on else _days(int(found[1]))


def _days(seconds: int) -> str:
    """`365d`, or the usual text of a time that is not whole days."""
    return f"{seconds // DAY}d" if seconds and seconds % DAY == 0 else duration_text(seconds)


DAY = 86400


def _mutual(mutual: MutualTls | None) -> Any:
    """The shortest form: a mode or a trust store as one word, or a map. A trust store means `verify`."""
    if mutual is None:
        return None
    store = str(mutual.trust_store) if mutual.trust_store else None
    identities = [{"field": item.field, "value": item.value, "match": item.match} for item in mutual.identities]
    words: Words = {"trust_store": store, "identities": identities or None} if store else {"mode": mutual.mode}
    words |= {key: True for key in ("allow_expired", "advertise_names") if getattr(mutual, key)}
    words = {key: value for key, value in words.items() if value is not None}
    return next(iter(words.values())) if len(words) == 1 else words


def _key_of(words: dict[str, str], value: str | None) -> str | None:
    return next((word for word, known in words.items() if known == value), None)
