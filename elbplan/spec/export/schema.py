"""A JSON Schema of both forms, for editors: completion, hover texts, and errors while typing."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ...core.resource import IMMUTABLE, Resource
from ..models import MODELS
from ..short.document import Short

DRAFT = "http://json-schema.org/draft-07/schema#"
NOISE = ("title", "discriminator")


def schema() -> dict[str, Any]:
    """Returns the schema in draft 7 of JSON Schema. It is the same every time."""
    models: list[type[BaseModel]] = [Short, *MODELS.values()]
    refs, generated = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/definitions/{model}"
    )
    definitions: dict[str, Any] = {name: _tidied(entry) for name, entry in generated["$defs"].items()}
    names = {model: refs[model, "validation"]["$ref"].rsplit("/", 1)[1] for model in models}
    top = definitions.pop(names[Short])
    for kind, model in MODELS.items():
        _described(definitions[names[model]], model)
        top["properties"][kind] = _with_block(top["properties"].get(kind), kind, names[model])
    top.pop("additionalProperties", None)
    port = {"type": "integer", "description": "one port, in place of from_port and to_port"}
    for rule in ("IngressRule", "RuleInGroup"):
        definitions[rule]["properties"]["port"] = port
    return {
        "$schema": DRAFT,
        "title": "elbplan spec",
        **top,
        "patternProperties": {"^x-": {"description": "your own keys, for example for anchors"}},
        "additionalProperties": False,
        "definitions": dict(sorted(definitions.items())),
    }


def _with_block(short: Any, kind: str, name: str) -> dict[str, Any]:
    """The block of a kind. `targets` is also a key of the short form."""
    what = kind.replace("_", " ")
    block = {
        "type": "object",
        "description": f"long form: each {what} by name",
        "additionalProperties": {"$ref": f"#/definitions/{name}"},
    }
    return block if short is None else {"description": short.get("description", what), "anyOf": [short, block]}


def _described(definition: dict[str, Any], model: type[Resource]) -> None:
    for name, field in model.model_fields.items():
        entry = definition["properties"].setdefault(name, {})
        text = entry.get("description") or name.replace("_", " ")
        if name == "attributes":
            entry["additionalProperties"] = {"type": ["string", "number", "boolean"]}
        replaces = "; a change replaces the resource" if IMMUTABLE in field.metadata else ""
        definition["properties"][name] = {**entry, "description": f"{text}{replaces}"}


def _tidied(node: Any, *, names: bool = False) -> Any:
    """The schema without pydantic's titles. `names`: the keys of this map are names, not keywords."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if names or key not in NOISE}
    return {key: _tidied(value, names=key == "properties" and not names) for key, value in kept.items()}
