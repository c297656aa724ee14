"""`servers:`: instances that elbplan creates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .words import Port, ShortModel, WholeNumber


class Server(ShortModel):
    """One or more identical servers."""

    count: Annotated[WholeNumber, Field(ge=1, le=100, description="number of servers", examples=[2])] = 1
    type: Annotated[str, Field(description="instance type", examples=["t3.micro", "t4g.micro"])] = "t3.micro"
    image: Annotated[
        str,
        Field(description="al2023, al2, ubuntu-22.04, ubuntu-24.04, ami-..., or ssm:/path", examples=["al2023"]),
    ] = "al2023"
    key: Annotated[str | None, Field(description="name of the key pair for SSH logins")] = None
    profile: Annotated[str | None, Field(description="name of an IAM instance profile")] = None
    user_data: Annotated[str | None, Field(description="script that runs at the first boot")] = None
    user_data_file: Annotated[
        str | None, Field(description="file with the script; the path is relative to the spec's folder")
    ] = None
    elastic_ip: Annotated[bool, Field(description="give each server an Elastic IP address")] = False
    port: Annotated[Port | None, Field(description="port of the servers, if their group has none")] = None
