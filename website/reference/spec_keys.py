"""The page of all keys of a spec, from the JSON Schema that `elbplan schema` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from elbplan.spec import schema
from elbplan.spec.models import MODELS

from . import markdown
from .markdown import code, table

REF = "$ref"
HEADS = ("key", "type", "default", "description", "example")
INTRODUCTION = """[The spec](../spec.md) explains the keys with examples; `elbplan schema` prints them for editors.
A key without a default in this table is left to elbplan or to AWS, as its description says. **required**: a spec must
have it."""
LONG_FORM = """Blocks of resources by name. A field that AWS cannot change in place says so: a change replaces the
resource."""
LONG = " (long form)"


def page_of(document: Mapping[str, Any]) -> str:
    definitions = document["definitions"]
    tops = {key: entry for key, entry in document["properties"].items() if key not in MODELS or key == "targets"}
    short = reachable(tops.values(), definitions, without=names_of_kinds(document))
    blocks = names_of_kinds(document)
    parts = reachable([definitions[name] for name in blocks.values()], definitions, without={})
    return markdown.page(
        "Spec keys",
        INTRODUCTION,
        "## Top level",
        keys(document | {"properties": tops}, document),
        *(section(name, definitions[name], document) for name in short),
        "## The long form",
        LONG_FORM,
        *(section(name, definitions[name], document) for name in blocks.values()),
        *(section(name, definitions[name], document) for name in parts if name not in short),
    )


def names_of_kinds(document: Mapping[str, Any]) -> dict[str, str]:
    """Returns the name of each kind's definition, by kind."""
    return {kind: model.__name__ for kind, model in MODELS.items() if model.__name__ in document["definitions"]}


def reachable(entries: Any, definitions: Mapping[str, Any], *, without: Mapping[str, str]) -> list[str]:
    """Returns the names of the definitions to which the entries refer, in their order."""
    found: dict[str, None] = {}

    def visit(entry: Any) -> None:
        for name in references(entry):
            if name not in found and name not in without.values():
                found[name] = None
                visit(definitions[name])

    for entry in entries:
        visit(entry)
    return list(found)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if REF in node:
            yield node[REF].rsplit("/", 1)[1]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def section(name: str, definition: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    heading = f"### {title(name, document)}"
    text = definition.get("description", "")
    return "\n\n".join(part for part in (heading, text, keys(definition, document)) if part)


def title(name: str, document: Mapping[str, Any]) -> str:
    """Returns `ShortHealth` as `health`, `WeightedGroup` as `weighted group`, a kind with a mark of the long form."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).split()
    if words[0] == "short":
        return " ".join(words[1:])
    kinds = names_of_kinds(document)
    if name in kinds.values():
        return next(kind for kind, model in kinds.items() if model == name) + LONG
    return " ".join(words) + (LONG if f"Short{name}" in document["definitions"] else "")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).replace(" ", "-")


def keys(definition: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    required = definition.get("required", ())
    rows = []
    for key, entry in definition.get("properties", {}).items():
        default = "**required**" if key in required else shown_default(entry)
        examples = entry.get("examples", ())
        example = code(written(examples[0])) if examples else ""
        rows.append(
            (code(key), type_text(entry, document), default, entry.get("description") or key.replace("_", " "), example)
        )
    return table(HEADS, rows)


def shown_default(entry: Mapping[str, Any]) -> str:
    default = entry.get("default")
    return "" if default in (None, [], {}, "") else code(written(default))


def written(value: Any) -> str:
    """Returns a value as a spec writes it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False).replace('"', "")


def type_text(entry: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Returns the type in words, with links to the keys of maps."""
    return " or ".join(dict.fromkeys(filter(None, types(entry, document))))


def types(entry: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    if REF in entry:
        name = entry[REF].rsplit("/", 1)[1]
        heading = title(name, document)
        yield f"[{heading}](#{anchor(heading)})"
    elif alternatives := entry.get("anyOf") or entry.get("oneOf"):
        for alternative in alternatives:
            yield from types(alternative, document)
    elif "enum" in entry:
        yield ", ".join(code(word) for word in words_once(entry["enum"]))
    elif "const" in entry:
        yield code(entry["const"])
    else:
        yield simple_type(entry, document)


def words_once(words: list[Any]) -> list[Any]:
    """Returns the words without those that differ in capitals only."""
    return list({str(word).lower(): word for word in reversed(words)}.values())[::-1]


def simple_type(entry: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    kind = entry.get("type")
    if isinstance(kind, list):
        return " or ".join(simple_type({"type": each}, document) for each in kind)
    if kind == "array":
        return f"list of {type_text(entry.get('items', {}), document) or 'values'}"
    if kind == "object":
        values = entry.get("additionalProperties") or next(iter(entry.get("patternProperties", {}).values()), True)
        return f"map of {type_text(values, document)}" if isinstance(values, Mapping) else "map"
    if kind == "integer":
        return f"number{limits(entry)}"
    if kind == "string":
        return "duration" if "smhd" in entry.get("pattern", "") else "text"
    return {"boolean": "true, false", "number": f"number{limits(entry)}"}.get(str(kind), "")


def limits(entry: Mapping[str, Any]) -> str:
    if "minimum" in entry and "maximum" in entry:
        return f" {entry['minimum']} to {entry['maximum']}"
    return ""


def page() -> str:
    return page_of(schema())
