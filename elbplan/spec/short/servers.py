"""`servers:`: instances that elbplan creates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from .server_settings import Cpu, Metadata, Placement, ServerSettings, ShortTemplate, Spot
from .words import OwnTags, Port, WholeNumber


class Server(ServerSettings):
    """One or more identical servers."""

    count: Annotated[WholeNumber, Field(ge=1, le=100, description="number of servers", examples=[2])] = 1
    type: Annotated[str, Field(description="instance type", examples=["t3.micro", "t4g.micro"])] = "t3.micro"
    image: Annotated[
        str,
        Field(description="al2023, al2, ubuntu-22.04, ubuntu-24.04, ami-..., or ssm:/path", examples=["al2023"]),
    ] = "al2023"
    tags: OwnTags = None
    key: Annotated[str | None, Field(description="name of the key pair for SSH logins")] = None
    profile: Annotated[str | None, Field(description="name of an IAM instance profile")] = None
    user_data: Annotated[str | None, Field(description="script that runs at the first boot")] = None
    user_data_file: Annotated[
        str | None, Field(description="file with the script; the path is relative to the spec's folder")
    ] = None
    elastic_ip: Annotated[bool, Field(description="give each server an Elastic IP address")] = False
    port: Annotated[Port | None, Field(description="port of the servers, if their group has none")] = None


def named_servers(value: Any) -> Any:
    """A single definition gets the name `web`; a map of maps has several definitions by name."""
    if not isinstance(value, dict):
        return value
    single = any(key in Server.model_fields and not isinstance(item, dict) for key, item in value.items())
    named = any(isinstance(item, dict) and not _is_setting(str(key), item) for key, item in value.items())
    return value if named and not single else {"web": value}


def _is_setting(key: str, value: Mapping[str, Any]) -> bool:
    """False for a definition of servers, which may have the name of a setting: `spot: {count: 2}`."""
    keys = set(value)
    return key in SETTINGS and bool(value) and (keys <= SETTINGS[key] or not keys & set(Server.model_fields))


SETTINGS: Mapping[str, frozenset[str]] = {
    "metadata": frozenset(Metadata.model_fields),
    "spot": frozenset(Spot.model_fields),
    "launch_template": frozenset(ShortTemplate.model_fields),
    "placement": frozenset(Placement.model_fields),
    "cpu": frozenset(Cpu.model_fields),
    "volumes": frozenset(),
    "options": frozenset(),
    "tags": frozenset(),
}
"""The settings that are maps, with their keys; the last three have keys of the user."""
