"""Writes stacks in the long form, as YAML that loads to the same resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, get_origin

import yaml
from pydantic.fields import FieldInfo

from ...core.address import Address, AwsId, Lookup
from ...core.hidden import Hidden, escape
from ...core.identity import Identity
from ...core.resource import IMMUTABLE, Part, Resource
from ...core.stack import Stack
from ...core.traffic_estimate import TrafficEstimate
from ...errors import escaped
from ...kinds.aws.ingress_rules import Permission
from ...kinds.aws.ownership import EXPIRES
from ...kinds.references import ref_text

DERIVED = (
    "user_data_digest", "options_digest", "settings", "fingerprints", "certificate_text", "chain_text", "valid_from",
    "valid_until",
)  # fmt: skip
"""Fields that elbplan computes from other fields."""
ALWAYS = ("members",)


def expand_text(stacks: Sequence[Stack]) -> str:
    """Returns the long form of these stacks, one document each. Fields with default values are left out."""
    return "---\n".join(_dumped(_document(stack)) for stack in stacks)


def _document(stack: Stack) -> dict[str, Any]:
    document: dict[str, Any] = {"name": long_value(stack.name)}
    document |= {"account": long_value(stack.account)} if stack.account else {}
    document |= _identity(stack.identity)
    document |= {"region": long_value(stack.region)} if stack.region else {}
    document |= {"ignore": long_value(stack.ignore)} if stack.ignore else {}
    document |= {"traffic": _traffic(stack.traffic)} if stack.traffic else {}
    document |= {"expires": long_value(stack.expires)} if stack.expires else {}
    for address, resource in stack.resources.items():
        document.setdefault(address.kind, {})[address.name] = long_fields(_without_expiry(resource))
    document |= {"adopt": {str(address): long_value(id) for address, id in stack.adopt.items()}} if stack.adopt else {}
    return document


def _without_expiry(resource: Resource) -> Resource:
    """The resource without the tag that `expires:` gives it."""
    tags = {key: value for key, value in resource.tags.items() if key != EXPIRES}
    return resource.model_copy(update={"tags": tags}) if EXPIRES in resource.tags else resource


def _identity(identity: Identity) -> dict[str, Any]:
    document: dict[str, Any] = {"profile": long_value(identity.profile)} if identity.profile else {}
    if identity.external_id:
        document["role"] = {"arn": long_value(identity.role), "external_id": long_value(identity.external_id)}
    elif identity.role:
        document["role"] = long_value(identity.role)
    return document


def _traffic(estimate: TrafficEstimate) -> dict[str, int | float]:
    """The numbers of an estimate; at least one, since a map without numbers is an error."""
    amounts = {name: amount for name, amount in asdict(estimate).items() if amount}
    amounts = amounts or {"gb_per_hour": estimate.gb_per_hour}
    return {name: int(amount) if amount == int(amount) else float(amount) for name, amount in amounts.items()}


def long_fields(part: Part) -> dict[str, Any]:
    """The fields of a resource or a part in the long form, without those that have their default value."""
    return dict(_written_fields(part))


def _written_fields(part: Part) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Permission) and part.from_port is not None and part.from_port == part.to_port:
        yield "port", part.from_port
        part = part.model_copy(update={"from_port": None, "to_port": None})
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name not in DERIVED and (value != field.default or _always_written(name, field, value)):
            yield name, long_value(value)


def _always_written(name: str, field: FieldInfo, value: Any) -> bool:
    """True for fields that a reader needs even with the default value: the type of an action, and immutable fields."""
    if get_origin(field.annotation) is Literal and name == "type":
        return True
    return name in ALWAYS or (IMMUTABLE in field.metadata and value is not None)


def long_value(value: Any) -> Any:
    """A value in the long form, as YAML can hold it."""
    if isinstance(value, Hidden):
        return TextWithVariables(value.reference)
    if isinstance(value, Address):
        return ref_text(value._replace(deposed=""))
    if isinstance(value, AwsId | Lookup):
        return escape(str(value))
    if isinstance(value, Part):
        return long_fields(value)
    if isinstance(value, Mapping):
        return {str(key): long_value(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [long_value(item) for item in value]
    return escape(value) if isinstance(value, str) else value


class TextWithVariables(str):
    """Text with variables. It is written in quotes, so that YAML reads every value of a variable as text."""


class _Dumper(yaml.SafeDumper):
    """Writes scripts as blocks, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    unprintable = escaped(text, "\n\t") != text  # YAML can escape these characters only in double quotes
    style = '"' if unprintable else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _reference(dumper: yaml.SafeDumper, text: TextWithVariables) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


_Dumper.add_representer(str, _text)
_Dumper.add_representer(TextWithVariables, _reference)


def _dumped(document: Mapping[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))
