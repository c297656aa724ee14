"""`servers:`: instances that elbplan makes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .words import Port, ShortModel, WholeNumber


class Server(ShortModel):
    """One or more equal servers."""

    count: Annotated[WholeNumber, Field(ge=1, le=100, description="how many", examples=[2])] = 1
    type: Annotated[str, Field(description="instance type", examples=["t3.micro", "t4g.micro"])] = "t3.micro"
    image: Annotated[
        str,
        Field(description="al2023, al2, ubuntu-22.04, ubuntu-24.04, ami-..., or ssm:/path", examples=["al2023"]),
    ] = "al2023"
    key: Annotated[str | None, Field(description="name of a key pair, to log in with")] = None
    profile: Annotated[str | None, Field(description="name of an IAM instance profile")] = None
    user_data: Annotated[str | None, Field(description="script that runs at the first start")] = None
    user_data_file: Annotated[str | None, Field(description="file that holds the script, beside the spec")] = None
    elastic_ip: Annotated[bool, Field(description="give each server an address that stays")] = False
    port: Annotated[Port | None, Field(description="the port they listen on, if no group says so")] = None
