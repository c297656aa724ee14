"""The values of a group's targets: addresses with a zone, Auto Scaling groups, functions, load balancers."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, WithJsonSchema
from pydantic import Tag as TypeTag

from ..errors import SpecValueError
from ..messages import shown_value
from .words import TEXT, OneOrMore, Port, ShortModel, text_is

TAG = re.compile(r"[^=]{1,128}=.{0,256}", re.DOTALL)
ZONE = re.compile(r"all|[a-z]{2}(-[a-z]+)+-\d[a-z]|[a-z]", re.ASCII)
SERVER_ID = re.compile(r"0x[0-9a-f]{16}", re.ASCII)
FUNCTION = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?", re.ASCII)
LONGEST_NAME = 255
"""API_AutoScalingGroup (AutoScalingGroupName)."""


def tag_text(value: Any) -> Any:
    """`KEY=VALUE` for a tag in text or as a map. Raises SpecValueError."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, text),) = value.items()
        value = f"{key}={text}"
    if not isinstance(value, str) or not TAG.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a tag", "write tag: KEY=VALUE")
    return value


Tag = Annotated[
    str,
    BeforeValidator(tag_text),
    WithJsonSchema({"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}], "examples": ["app=web"]}),
]


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SpecValueError(
            f"{shown_value(value)} is not an IP address",
            "write an address like 10.0.1.5; elbplan does not resolve names",
        ) from None


def _zone(value: str) -> str:
    if not ZONE.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a zone", "write all, or a zone like eu-west-1a")
    return value


def server_id(value: str) -> str:
    """The id of a QUIC server. Raises SpecValueError."""
    if not SERVER_ID.fullmatch(value):
        hint = "write 0x and 16 hexadecimal digits in lower case, in quotes"
        raise SpecValueError(f"{shown_value(value)} is not a QUIC server id", hint)
    return value


class IpTarget(ShortModel):
    """An IP address as a target."""

    ip: Annotated[str, AfterValidator(_address), Field(description="the address", examples=["10.0.1.5"])]
    port: Annotated[Port | None, Field(description="port of this address, if it is not the group's")] = None
    zone: Annotated[
        Annotated[str, AfterValidator(_zone)] | None,
        Field(description="for an address outside the VPC: `all`, or a zone of the VPC", examples=["all"]),
    ] = None


OTHERS = "others"
"""The word for addresses that another tool registers, for example a service of ECS on Fargate."""

IpTargets = Annotated[
    Annotated[Literal["others"], TypeTag("word")]
    | Annotated[list[Annotated[IpTarget, text_is("ip")]], OneOrMore(maps=True), TypeTag("addresses")],
    Discriminator(lambda value: "word" if value == OTHERS else "addresses"),
]


def _scaling_group(value: Any) -> Any:
    """`NAME`, an ARN, or `tag:KEY=VALUE`, which may be a map too."""
    if isinstance(value, dict) and set(value) == {"tag"}:
        value = f"tag:{tag_text(value['tag'])}"
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_NAME:
        hint = "write its name, or tag:KEY=VALUE"
        raise SpecValueError(f"{shown_value(value)} is not an Auto Scaling group", hint)
    if value.startswith("tag:"):
        tag_text(value.removeprefix("tag:"))
    return value


ScalingGroups = Annotated[
    list[
        Annotated[
            str,
            BeforeValidator(_scaling_group),
            WithJsonSchema({"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]}),
        ]
    ],
    OneOrMore(maps=True),
]


def _function(value: str) -> str:
    if not FUNCTION.fullmatch(value):
        hint = "write the ARN of the function, of a version or of an alias: arn:aws:lambda:REGION:ACCOUNT:function:NAME"
        raise SpecValueError(f"{shown_value(value)} is not the ARN of a Lambda function", hint)
    return value


FunctionArn = Annotated[str, AfterValidator(_function)]
ServerIds = dict[str, Annotated[str, AfterValidator(server_id)]]
"""The QUIC server id of each target, by instance id or address."""
