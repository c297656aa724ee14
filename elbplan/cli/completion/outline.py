"""The names that a spec contains, read quickly and without checks: a completion must not load the whole grammar.

A wrong spec has the names that can be read. `tests/cli/test_completion.py` compares them with the real addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .outline_domains import as_list, as_map, domain_entries, of_domains

KINDS = (
    "security_group", "instance", "elastic_ip", "ingress_rules", "load_balancer", "log_bucket", "web_acl_association",
    "shield_protection", "target_group", "targets", "auto_scaling_attachment", "certificate", "trust_store",
    "listener", "rule", "hosted_zone", "route53_health_check", "record",
)  # fmt: skip
SHORT = ("targets", "groups", "servers", "listeners", "domain")
MEMBERS = ("instances", "tag", "ips", "servers", "functions", "lambda", "load_balancer")
LOGS = ("access", "connection", "health_checks")


def addresses(data: Any) -> list[str]:
    """Returns the addresses of a document's resources, such as `target_group.web`."""
    if not isinstance(data, Mapping):
        return []
    found = [*_long(data), *(_short(data) if any(_is_short(data, key) for key in SHORT) else ())]
    return list(dict.fromkeys(found))


def domains(data: Any) -> list[str]:
    """Returns the domain names of a document."""
    if not isinstance(data, Mapping):
        return []
    return list(dict.fromkeys(entry["name"] for entry in domain_entries(data)))


def _is_short(data: Mapping[str, Any], key: str) -> bool:
    return key in data and not (key == "targets" and _is_block(data[key]))


def _is_block(targets: Any) -> bool:
    """True for `targets` of the long form: groups by name, each with its members."""
    return bool(targets) and all(isinstance(each, Mapping) and "members" in each for each in as_map(targets).values())


def _long(data: Mapping[str, Any]) -> Iterator[str]:
    for kind in KINDS:
        if kind != "targets" or _is_block(data.get("targets")):
            yield from (f"{kind}.{name}" for name in as_map(data.get(kind)))


def _short(data: Mapping[str, Any]) -> Iterator[str]:
    yield "load_balancer.main"
    yield from _around_balancer(data)
    groups = {"web": as_map(data.get("targets"))} if _is_short(data, "targets") else as_map(data.get("groups"))
    for name, group in groups.items():
        yield f"target_group.{name}"
        if "auto_scaling_group" in as_map(group):
            yield f"auto_scaling_attachment.{name}"
        elif _has_members(data, as_map(group)):
            yield f"targets.{name}"
    yield from _listeners(data)
    yield from of_domains(data)
    yield from _servers(data)


def _around_balancer(data: Mapping[str, Any]) -> Iterator[str]:
    """Its security group and Elastic IPs, its web ACL and log bucket, and the trust stores of its clients."""
    if data.get("type") != "gateway" and "security_groups" not in as_map(data.get("network")):
        yield "security_group.lb"
    for subnet in as_list(as_map(data.get("network")).get("subnets")):
        if as_map(subnet).get("elastic_ip") is True:
            yield f"elastic_ip.lb-in-{as_map(subnet).get('subnet')}"
    if data.get("web_acl"):
        yield "web_acl_association.main"
    if data.get("shield"):
        yield from _protections(data)
    if data.get("logs") is True or any(as_map(data.get("logs")).get(log) is True for log in LOGS):
        yield "log_bucket.main"
    yield from (f"trust_store.{name}" for name in as_map(data.get("trust_stores")))


def _protections(data: Mapping[str, Any]) -> Iterator[str]:
    """Shield protects an application load balancer, or each Elastic IP of a network load balancer."""
    subnets = [as_map(subnet) for subnet in as_list(as_map(data.get("network")).get("subnets"))]
    fixed = [subnet for subnet in subnets if subnet.get("elastic_ip")]
    if data.get("type") == "network":
        yield from (f"shield_protection.main-{number}" for number, _ in enumerate(fixed, 1))
    else:
        yield "shield_protection.main"


def _has_members(data: Mapping[str, Any], group: Mapping[str, Any]) -> bool:
    return any(key in group for key in MEMBERS) or ("targets" in data and "servers" in data)


def _listeners(data: Mapping[str, Any]) -> Iterator[str]:
    if "listeners" not in data:
        yield from (f"listener.{name}" for name in _default_listeners(data))
    for listener in as_list(data.get("listeners")):
        port = str(as_map(listener).get("listen", "main")).partition("/")[0]
        yield f"listener.{port}"
        if isinstance(as_map(as_map(listener).get("client_certificates")).get("trust_store"), Mapping):
            yield f"trust_store.clients-{port}"
        for number, rule in enumerate(as_list(as_map(listener).get("rules")), 1):
            name = f"rule.{port}-{as_map(rule).get('name') or f'r{number}'}"
            yield name
            if str(as_map(rule).get("ip", "")).startswith("!"):
                yield f"{name}-except"


def _default_listeners(data: Mapping[str, Any]) -> Sequence[str]:
    if data.get("type") == "gateway":
        return ["main"]
    if data.get("type") == "network":
        groups = [data.get("targets"), *as_map(data.get("groups")).values()]
        first = next((group for group in map(as_map, groups) if group), {})
        return ["443"] if data.get("domain") else [str(first.get("port", 80))]
    return ["443", "80"] if data.get("domain") else ["80"]


def _servers(data: Mapping[str, Any]) -> Iterator[str]:
    servers = as_map(data.get("servers"))
    if servers and not any(isinstance(each, Mapping) for each in servers.values()):
        servers = {"web": servers}
    for name, server in servers.items():
        if as_map(data.get("manage")).get("target_security_groups") is not False:
            yield f"security_group.{name}-servers"
        count = as_map(server).get("count", 1)
        for number in range(1, min(count if isinstance(count, int) else 1, 100) + 1):
            yield f"instance.{name}-{number}"
            if as_map(server).get("elastic_ip"):
                yield f"elastic_ip.{name}-{number}"
