"""The schema for editors accepts specs that load, and refuses wrong specs."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from elbplan.spec import expand_text, load, schema
from elbplan.spec.models import MODELS

from .kit import GOOD, SPECS

EXAMPLES = pytest.mark.parametrize("path", [*SPECS, *GOOD], ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(schema())
    return jsonschema.Draft7Validator(schema())


@EXAMPLES
def test_every_example_is_valid_in_both_forms(path: Path, validator: jsonschema.Draft7Validator) -> None:
    for text in (path.read_text(), expand_text(load([str(path)], env={}))):
        for document in yaml.safe_load_all(text):
            assert not [error.message for error in validator.iter_errors(document)]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{name: x, typo: 1}",
        "{name: x, type: aplication}",
        "{name: x, targets: {prot: 80}}",
        "{name: X_}",
        "{name: x, load_balancer: {main: {subnet: a}}}",
        "{name: x, targets: {drain: 1w}}",
        "{name: x, expires: {after: 8h}}",
        "{name: x, traffic: {gb_per_hour: -1}}",
        "{name: x, traffic: 40}",
        "{name: x, protect: {deletion: true, replace: ask}}",
    ],
)
def test_wrong_specs_are_refused(text: str, validator: jsonschema.Draft7Validator) -> None:
    assert list(validator.iter_errors(yaml.safe_load(text)))


def test_the_schema_is_the_same_every_time_and_every_reference_exists() -> None:
    text = json.dumps(schema())
    assert text == json.dumps(schema())
    definitions = schema()["definitions"]
    for ref in references(schema()):
        assert ref.removeprefix("#/definitions/") in definitions


def test_every_key_is_described() -> None:
    whole = schema()
    for key, entry in whole["properties"].items():
        assert entry.get("description"), key
    for model in MODELS.values():
        for name, entry in whole["definitions"][named(whole, model)]["properties"].items():
            assert entry.get("description"), name


def named(whole: dict[str, Any], model: type) -> str:
    """The name of a model in the schema."""
    names = (model.__name__, f"{model.__module__}.{model.__name__}".replace(".", "__"))
    return next(str(name) for name in whole["definitions"] if name in names)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_an_object_of_a_trust_store_may_be_a_map(validator: jsonschema.Draft7Validator) -> None:
    text = """
name: x
trust_stores:
  one: {bundle: {object: s3://bucket/ca.pem, version: "3"}, revocations: {object: s3://bucket/ca.crl, version: "4"}}
  two: {bundle: s3://bucket/ca.pem, revocations: [{object: s3://bucket/ca.crl, version: "5"}]}
listeners: [{listen: 80/http, respond: 200}]
"""
    assert not [error.message for error in validator.iter_errors(yaml.safe_load(text))]
    (stack,) = load(["-"], stdin=io.StringIO(text), env={})
    (one, two) = [store for address, store in stack.resources.items() if address.kind == "trust_store"]
    assert (one.bundle, one.revocations) == ("s3://bucket/ca.pem?versionId=3", ("s3://bucket/ca.crl?versionId=4",))
    assert two.revocations == ("s3://bucket/ca.crl?versionId=5",)
