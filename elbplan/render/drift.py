"""A pending change as sentences about AWS: `health check path is /, the spec says /health`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.change import Change
from ..core.hidden import redacted
from ..core.plan import Plan
from ..core.resource import Part, differing_fields, field_values, plain
from ..errors import escaped
from .differences import FIELDS, LABELS
from .servers import with_names
from .style import listed
from .words import in_words, name_in_words, title_of

PARTS: Mapping[str, str] = {"health": "health check"}
"""The words for fields that are parts of a resource. They name the part, so one resource needs no name."""

SINGULAR: Mapping[str, str] = {"tags": "tag", "attributes": "attribute", "headers": "header"}
LISTS: Mapping[str, str] = {"ingress": "inbound rules", "egress": "outbound rules"}
LONGEST_VALUE = 60


def drift_sentences(plan: Plan) -> list[str]:
    """Returns a sentence for each difference between AWS and the spec."""
    found = [with_names(sentence, plan.servers) for change in plan.changes for sentence in _sentences(change, plan)]
    return [escaped(sentence) for sentence in found]


def _sentences(change: Change, plan: Plan) -> Iterator[str]:
    subject = _subject(change, plan)
    if change.action == "create":
        yield f"{subject} does not exist"
    elif change.action == "delete":
        yield f"{subject} is not in the spec"
    elif change.action in ("update", "replace") and change.before is not None and change.after is not None:
        fields = change.fields or differing_fields(change.before, change.after)
        sentences = [text for field in fields for text in _field(change.before, change.after, field)]
        named = _is_alone(change, plan) and all(field in PARTS for field in fields)
        yield from (text if named else f"{subject}: {text}" for text in sentences)
        if not sentences:
            yield f"{subject}: {change.because}"


def _subject(change: Change, plan: Plan) -> str:
    """Returns `listener 443`, or only `load balancer` if the stack has one."""
    alone = _is_alone(change, plan) and not name_in_words(change.address)[:1].isdigit()
    return title_of(change.address.kind) if alone else in_words(change.address)


def _is_alone(change: Change, plan: Plan) -> bool:
    known = {*plan.desired, *plan.lives}
    return sum(address.kind == change.address.kind for address in known) <= 1


def _field(before: Part, after: Part, field: str, part: str = "") -> Iterator[str]:
    """Yields the differences in one field; those of a part field by field."""
    old_value, new_value = field_values(before)[field], field_values(after)[field]
    old, new = redacted(old_value, new_value), redacted(new_value, old_value)
    word = " ".join(filter(None, (part, LISTS.get(field, LABELS.get(field, field.replace("_", " "))))))
    if field == "user_data_digest":
        yield f"{word} is not that of the spec"
    elif field == "fingerprints":
        yield "the imported certificate is not that of the spec's files"
    elif field in FIELDS and not isinstance(new, tuple) and old is not None and new is not None:
        yield f"{word} is {FIELDS[field](old)}, the spec says {FIELDS[field](new)}"
    elif field in PARTS and isinstance(old, Part) and isinstance(new, Part):
        for inner in differing_fields(old, new):
            yield from _field(old, new, inner, PARTS[field])
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _entries(SINGULAR.get(field, word), old, new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield _items(field, word, old, new)
    else:
        yield f"{word} {_verb(word)} {_text(old)}, the spec says {_text(new)}"


def _entries(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"{word} {key} is {_text(old.get(key))}, the spec says {_text(new.get(key))}"


def _items(field: str, word: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> str:
    text = FIELDS.get(field, _text)
    present, absent = (
        ("registered, and the spec does not name it", "not registered")
        if field == "members"
        else ("not in the spec", "missing")
    )
    missing = [text(item) for item in new if item not in old]
    surplus = [text(item) for item in old if item not in new]
    parts = [f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} {absent}"] if missing else []
    if surplus:
        parts.append(f"{listed(surplus)} {'is' if len(surplus) == 1 else 'are'} {present}")
    text_of_parts = ", ".join(parts) or "the order is different"
    return text_of_parts if field == "members" or not word else f"{word}: {text_of_parts}"


def _verb(word: str) -> str:
    return "are" if word.endswith("s") and not word.endswith("ss") else "is"


def _text(value: Any) -> str:
    value = plain(value)
    if isinstance(value, dict):
        value = " ".join(f"{key}={_text(item)}" for key, item in value.items() if item not in (None, "", [], {}))
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        value = ", ".join(map(_text, value))
    text = "not set" if value in (None, "") else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
