"""The keys that a map may have, and hints for unknown or misplaced keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from ..core.suggest import did_you_mean
from ..kinds.aws.ingress_rules import IngressRule

# fmt: off
SYNONYMS = {
    "health_check": "health", "healthcheck": "health", "healthy_threshold": "healthy",
    "unhealthy_threshold": "unhealthy", "interval": "every", "matcher": "codes", "success_codes": "codes",
    "stickiness": "sticky", "deregistration_delay": "drain", "scheme": "access", "availability_zones": "zones",
    "instance_type": "type", "ami": "image", "key_name": "key", "ip_address_type": "ip", "access_logs": "logs",
    "deletion_protection": "protect", "fixed_response": "respond", "load_balancer_type": "type", "domains": "domain",
    "certificate_arn": "certificate", "protocol_version": "version", "instance_ids": "instances", "cidr": "allow",
    "host_header": "host", "path_pattern": "path", "source_ip": "ip", "http_header": "header",
    "query_string": "query", "status_code": "status", "message_body": "body", "aliases": "domain",
    "set_identifier": "id", "allow_overwrite": "take_over", "zone_id": "zone", "hosted_zone_id": "zone",
    "resource_path": "path", "request_interval": "interval", "failure_threshold": "failures", "fqdn": "host",
    "fully_qualified_domain_name": "host", "ip_address": "address", "search_string": "match", "enable_sni": "sni",
    "measure_latency": "latency", "invert_healthcheck": "inverted", "private_zone": "private", "vpc_id": "vpc",
}
# fmt: on
"""Terraform's and AWS's names for keys that have another name here."""

WEIGHTED, FAILOVER = "write policy: {weighted: 10}", "write policy: {failover: primary}, or secondary"
PLACE, ANSWERS = "write policy: {geolocation: {country: KR}}", "write policy: multivalue"
# fmt: off
SHAPES = {
    ("weight", "policy"): WEIGHTED, ("weighted", "policy"): WEIGHTED,
    ("weighted_routing_policy", "policy"): WEIGHTED,
    ("failover", "policy"): FAILOVER, ("failover_routing_policy", "policy"): FAILOVER,
    ("latency", "policy"): "write policy: latency", ("latency_routing_policy", "policy"): "write policy: latency",
    ("geolocation", "policy"): PLACE, ("geolocation_routing_policy", "policy"): PLACE,
    ("multivalue", "policy"): ANSWERS, ("multivalue_answer", "policy"): ANSWERS,
    ("multivalue_answer_routing_policy", "policy"): ANSWERS,
    ("alias", "policy"): "leave it out: the record is an alias of the load balancer",
    ("subject_alternative_names", "policy"): "write a list of names: domain: [www.example.com, api.example.com]",
    ("type", "sni"): "write protocol: https, http or tcp",
}
# fmt: on
"""Names of Terraform and AWS that are no key here, each with a key of the map where people write them, and the hint."""


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys as a spec writes them, with their types. An ingress rule with one port may have the key `port`."""
    keys = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    return keys | ({"port": int} if issubclass(model, IngressRule) else {})


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type contains."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from models_in(part)


def models_at(root: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that are possible at a path. List positions and free names in the path do not change the model."""
    models = [root]
    for step in path:
        inner = [part for model in models for part in models_in(keys_of(model).get(str(step)))]
        tagged = [model for model in models if _tag(model) == step]
        models = inner or tagged or models
    return models


def _tag(model: type[BaseModel]) -> Any:
    kind = model.model_fields.get("type")
    return kind.default if kind else None


def synonym_of(key: str, known: Sequence[str]) -> str | None:
    """The known key that Terraform or AWS give this name."""
    word = _snake_case(key)
    return next((k for k in (word, SYNONYMS.get(word)) if k in known), None)


def _snake_case(key: str) -> str:
    """`set_identifier` of `SetIdentifier`, `setIdentifier` and `set-identifier`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_")


RARE = ("health_check:",)
"""Maps that few specs have: a hint names others first."""


def unknown_key_hint(key: str, known: Sequence[str], root: type[BaseModel]) -> str:
    """Returns the hint for an unknown key."""
    synonym = synonym_of(key, known)
    if synonym:
        return f"did you mean {synonym}?"
    shapes = [hint for (word, beside), hint in SHAPES.items() if word == _snake_case(key) and beside in known]
    if shapes:
        return shapes[0]
    parents = dict.fromkeys(parent for parent, keys in _maps(root, "the top level", ()) if key in keys)
    if parents:
        return f"{key} belongs under {' or '.join(sorted(parents, key=RARE.__contains__)[:3])}"
    return did_you_mean(key, known)


def _maps(
    model: type[BaseModel], label: str, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Every map of the grammar: its own key, and the keys that it may have."""
    if model in above:
        return
    yield label, frozenset(keys_of(model))
    for key, annotation in keys_of(model).items():
        for inner in models_in(annotation):
            yield from _maps(inner, f"{key}:", (*above, model))
