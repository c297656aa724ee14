"""Servers spelled out: instances, their security group, their elastic addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Lookup, Ref
from ..messages import shown_value
from ..yaml.tree import YamlPath
from .context import SECURITY_GROUP, ExpandContext
from .names import NamedServer

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


def add_servers(scene: ExpandContext) -> None:
    """Every server of the short form, and who lets the balancer in."""
    for name, server in scene.servers.items():
        using = [group for group in scene.groups.values() if name in group.servers]
        if not using and _told(scene):
            scene.report.at(
                server.path, f"the servers {name} are in no group", f"add servers: {name} to a group", key=True
            )
        _add_instances(scene, name, server)
        if _guarded(scene):
            doors = sorted({door for group in using for door in _doors(scene, group.name)})
            ingress = [{"protocol": p, "from_port": n, "to_port": n, "group": SECURITY_GROUP} for n, p in doors]
            scene.add(_guard(name), {"vpc": scene.vpc, "ingress": ingress}, server.path)
    if scene.servers and not scene.has_security_group:
        first = next(iter(scene.servers.values()))
        scene.report.at(
            first.path,
            "a gateway balancer's targets are appliances, which elbplan does not make",
            "name them with instances: or ips:",
            key=True,
        )


def _told(scene: ExpandContext) -> bool:
    """Whether all groups say what they hold: only then is a server idle."""
    named = {group.word.servers for group in scene.groups.values() if isinstance(group.word.servers, str)}
    return named <= set(scene.servers) and scene.report.whole("targets", "groups")


def _guarded(scene: ExpandContext) -> bool:
    managed = scene.short.manage is None or scene.short.manage.target_security_groups
    return managed and scene.has_security_group


def _guard(name: str) -> Address:
    return Address("security_group", f"{name}-servers")


def _doors(scene: ExpandContext, group: str) -> Iterator[tuple[int, str]]:
    """The ports on which the balancer comes: the work's, and the health check's."""
    there = scene.groups[group]
    for protocol in {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp"), "QUIC": ("udp",)}.get(there.protocol, ("tcp",)):
        yield there.port, protocol
    asked = there.word.health.port if there.word.health else None
    if (asked and asked.isdigit() and 1 <= int(asked) <= 65535) or there.protocol in ("UDP", "QUIC"):
        yield int(asked) if asked and asked.isdigit() else there.port, "tcp"


def _add_instances(scene: ExpandContext, name: str, server: NamedServer) -> None:
    word, path = server.word, server.path
    fields = {
        "image": image(word.image, word.type),
        "type": word.type,
        "key": word.key,
        "profile": word.profile,
        "security_groups": (_guard(name),) if _guarded(scene) else None,
        "user_data": _script(scene, server),
    }
    places: dict[YamlPath, YamlPath] = {
        ("user_data",): (*path, "user_data_file" if word.user_data_file else "user_data")
    }
    for number in range(1, word.count + 1):
        address = Address("instance", f"{name}-{number}")
        subnets = _subnets(scene)
        scene.add(address, {**fields, "subnet": subnets[(number - 1) % len(subnets)]}, path, places)
        if word.elastic_ip:
            scene.add(Address("elastic_ip", address.name), {"instance": address}, path)


def _subnets(scene: ExpandContext) -> tuple[Ref, ...]:
    """The balancer's subnets; `#0`, `#1` are those that a look-up will find, in order."""
    if scene.subnets == (Lookup("subnet", "*"),):
        return tuple(Lookup("subnet", f"#{i}") for i in range(100))
    return scene.subnets


def image(alias: str, instance_type: str) -> str:
    """The image's id, or the public parameter that holds it; an unknown word stays."""
    if alias in IMAGES:
        parameter, intel, arm = IMAGES[alias]
        return "ssm:" + parameter.format(arm if ARM.match(instance_type) else intel)
    if alias.startswith("/"):
        return f"ssm:{alias}"
    return alias


def _script(scene: ExpandContext, server: NamedServer) -> str | None:
    word = server.word
    if word.user_data_file is None:
        text = word.user_data
    elif word.user_data is not None:
        scene.report.at(
            (*server.path, "user_data_file"), "user_data and user_data_file are both there", "keep one", key=True
        )
        return None
    else:
        text = _read(scene, (*server.path, "user_data_file"), word.user_data_file)
    if text is not None and len(text.encode()) > LARGEST_SCRIPT:
        field = "user_data_file" if word.user_data_file else "user_data"
        scene.report.at(
            (*server.path, field),
            f"the script is larger than {LARGEST_SCRIPT} bytes, AWS's limit",
            "let a small script fetch the rest",
            key=True,
        )
        return None
    return text


def _read(scene: ExpandContext, path: YamlPath, name: str) -> Any:
    try:
        with open(os.path.join(scene.folder, name), "rb") as file:
            return file.read(LARGEST_SCRIPT + 1).decode("utf-8")
    except UnicodeDecodeError:
        scene.report.at(path, f"{shown_value(name)} is not UTF-8 text", "user data is a script")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        scene.report.at(
            path, f"{shown_value(name)} cannot be read: {reason}", "the path is taken from the spec's folder"
        )
    return None
