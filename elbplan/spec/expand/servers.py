"""Expands servers: instances, their security groups and their Elastic IP addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Lookup, Ref
from ..messages import shown_value
from ..short.servers import Server
from ..yaml.tree import YamlPath
from .context import ExpandContext
from .names import NamedGroup, NamedServer
from .server_settings import setting_fields, setting_places

LARGEST_SCRIPT = 16384
ARM = re.compile(r"(a1|[a-z]+[0-9]+[a-z]*?g[a-z]*)\.")
AMI = re.compile(r"ami-[0-9a-f]+")
AMAZON = "/aws/service/ami-amazon-linux-latest"
UBUNTU = "/aws/service/canonical/ubuntu/server"
IMAGES = {
    "al2023": (AMAZON + "/al2023-ami-kernel-default-{}", "x86_64", "arm64"),
    "al2": (AMAZON + "/amzn2-ami-hvm-{}-gp2", "x86_64", "arm64"),
    "ubuntu-22.04": (UBUNTU + "/22.04/stable/current/{}/hvm/ebs-gp2/ami-id", "amd64", "arm64"),
    "ubuntu-24.04": (UBUNTU + "/24.04/stable/current/{}/hvm/ebs-gp3/ami-id", "amd64", "arm64"),
}


def add_servers(context: ExpandContext) -> None:
    """Adds the instances of every server, and a security group that lets the load balancer reach them."""
    for name, server in context.servers.items():
        groups = [group for group in context.groups.values() if name in group.servers]
        if not groups and _all_groups_known(context):
            hint = f"add servers: {name} to a group"
            context.report.at(server.path, f'no group uses the servers "{name}"', hint, key=True)
        _add_instances(context, name, server)
        if _has_server_groups(context):
            ports = sorted({port for group in groups for port in _ports(group)})
            sources = context.client_groups
            ingress = [
                {"protocol": p, "from_port": n, "to_port": n, "group": source} for n, p in ports for source in sources
            ]
            context.add(_server_group(name), {"vpc": context.vpc, "ingress": ingress}, server.path)
    if context.servers and context.short.type == "gateway":
        first = next(iter(context.servers.values()))
        context.report.at(
            first.path,
            "the targets of a gateway load balancer are appliances, which elbplan does not create",
            "give existing targets with instances: or ips:",
            key=True,
        )


def _all_groups_known(context: ExpandContext) -> bool:
    """True if the targets of all groups are known. Only then servers that no group uses are a problem."""
    named = {group.definition.servers for group in context.groups.values() if isinstance(group.definition.servers, str)}
    return named <= set(context.servers) and context.report.complete("targets", "groups")


def _has_server_groups(context: ExpandContext) -> bool:
    """True if elbplan creates security groups for the servers."""
    managed = context.short.manage is None or context.short.manage.target_security_groups
    return managed and bool(context.security_groups)


def _server_group(name: str) -> Address:
    return Address("security_group", f"{name}-servers")


def _ports(group: NamedGroup) -> Iterator[tuple[int, str]]:
    """The ports that the load balancer connects to: for requests and for health checks."""
    for protocol in {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}.get(group.protocol, ("tcp",)):
        yield group.port, protocol
    health_port = group.definition.health.port if group.definition.health else None
    if (health_port and health_port.isdigit() and 1 <= int(health_port) <= 65535) or group.protocol == "UDP":
        yield int(health_port) if health_port and health_port.isdigit() else group.port, "tcp"


def _add_instances(context: ExpandContext, name: str, server: NamedServer) -> None:
    short, path = server.definition, server.path
    fields = {
        **setting_fields(short),
        **_image_and_type(short),
        "key": short.key,
        "profile": short.profile,
        "security_groups": (_server_group(name),) if _has_server_groups(context) else None,
        "user_data": _script(context, server),
    }
    places: dict[YamlPath, YamlPath] = {
        **setting_places(short, path),
        ("user_data",): (*path, "user_data_file" if short.user_data_file else "user_data"),
    }
    for number in range(1, short.count + 1):
        address = Address("instance", f"{name}-{number}")
        subnets = _subnets(context)
        context.add(address, {**fields, "subnet": subnets[(number - 1) % len(subnets)]}, path, places, short.tags)
        if short.elastic_ip:
            context.add(Address("elastic_ip", address.name), {"instance": address}, path, None, short.tags)


def _image_and_type(server: Server) -> dict[str, str]:
    """Image and type; nothing for one that the spec leaves to a launch template."""
    given = {"image": image(server.image, server.type), "type": server.type}
    if server.launch_template is None:
        return given
    return {name: value for name, value in given.items() if name in server.model_fields_set}


def _subnets(context: ExpandContext) -> tuple[Ref, ...]:
    """The load balancer's subnets. `#0`, `#1`, ... are the results of a lookup, in order."""
    if context.subnets == (Lookup("subnet", "*"),):
        return tuple(Lookup("subnet", f"#{i}") for i in range(100))
    return context.subnets


def image(alias: str, instance_type: str) -> str:
    """The id of an image, or the public SSM parameter that has it. An unknown alias stays as it is."""
    if alias in IMAGES:
        parameter, intel, arm = IMAGES[alias]
        return "ssm:" + parameter.format(arm if ARM.match(instance_type) else intel)
    if alias.startswith("/"):
        return f"ssm:{alias}"
    return alias


def _script(context: ExpandContext, server: NamedServer) -> str | None:
    short = server.definition
    if short.user_data_file is None:
        text = short.user_data
    elif short.user_data is not None:
        context.report.at(
            (*server.path, "user_data_file"), "both user_data and user_data_file are set", "keep one of them", key=True
        )
        return None
    else:
        text = _read(context, (*server.path, "user_data_file"), short.user_data_file)
    if text is not None and len(text.encode()) > LARGEST_SCRIPT:
        field = "user_data_file" if short.user_data_file else "user_data"
        context.report.at(
            (*server.path, field),
            f"the script is larger than {LARGEST_SCRIPT} bytes, which is AWS's limit",
            "write a small script that downloads the rest",
            key=True,
        )
        return None
    return text


def _read(context: ExpandContext, path: YamlPath, name: str) -> Any:
    try:
        with open(os.path.join(context.folder, name), "rb") as file:
            return file.read(LARGEST_SCRIPT + 1).decode("utf-8")
    except UnicodeDecodeError:
        context.report.at(path, f"{shown_value(name)} is not UTF-8 text", "user data must be a text script")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        context.report.at(
            path, f"{shown_value(name)} cannot be read: {reason}", "the path is relative to the spec's folder"
        )
    return None
