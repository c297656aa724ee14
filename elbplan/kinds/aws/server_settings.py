"""The settings of a server that RunInstances gives it, beside its image, its type and its place in the network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, model_validator

from ...core.hidden import FREE
from ...core.resource import COMPUTED, IMMUTABLE, LEARNED, WRITE_ONLY, Part, Resource, field_values
from .server_volumes import Volume, fixed_part, sorted_volumes, with_live_values

Switch = Literal["enabled", "disabled"]


class LaunchTemplate(Part):
    """A launch template, by its name or its id."""

    name: Annotated[str, FREE, Field(description="name, or id like lt-0abc")]
    version: Annotated[str, Field(description="number, $Latest or $Default")] = "$Default"


class ServerSettings(Resource):
    """Settings of an instance. In a spec, None means that AWS, the image or the launch template decides.

    settings   the names of the settings that the spec gives. A tag has them, so that a setting which is no longer in
               the spec returns to AWS's default
    """

    http_tokens: Annotated[
        Literal["required", "optional"] | None,
        LEARNED,
        Field(description="required: IMDSv2 only, as elbplan launches a server if the spec says nothing"),
    ] = None
    http_put_response_hop_limit: Annotated[
        int | None, LEARNED, Field(ge=1, le=64, description="how far a metadata token travels: 2 for containers")
    ] = None
    http_endpoint: Annotated[Switch | None, LEARNED, Field(description="the metadata service")] = None
    http_protocol_ipv6: Annotated[Switch | None, LEARNED, Field(description="its IPv6 endpoint")] = None
    instance_metadata_tags: Annotated[Switch | None, LEARNED, Field(description="the tags in the metadata")] = None
    monitoring: Annotated[bool | None, LEARNED, Field(description="metrics for each minute, which AWS bills")] = None
    disable_api_termination: Annotated[bool | None, LEARNED, Field(description="AWS refuses to terminate it")] = None
    disable_api_stop: Annotated[bool | None, LEARNED, Field(description="AWS refuses to stop it")] = None
    instance_initiated_shutdown_behavior: Annotated[
        Literal["stop", "terminate"] | None, LEARNED, Field(description="what a shutdown inside the server does")
    ] = None
    cpu_credits: Annotated[
        Literal["standard", "unlimited"] | None, LEARNED, Field(description="credits of a burstable type")
    ] = None
    auto_recovery: Annotated[
        Literal["default", "disabled"] | None, LEARNED, Field(description="recovery after a failure of hardware")
    ] = None
    volumes: Annotated[
        tuple[Volume, ...] | None, LEARNED, Field(description="EBS volumes; those that it leaves out stay as they are")
    ] = None
    associate_public_ip_address: Annotated[
        bool | None, LEARNED, Field(description="a public IPv4 address; by default as the subnet says")
    ] = None
    market: Annotated[Literal["spot"] | None, IMMUTABLE, LEARNED, Field(description="spot: unused capacity")] = None
    spot_max_price: Annotated[
        str | None, IMMUTABLE, LEARNED, Field(description="dollars for an hour; by default the on-demand price")
    ] = None
    launch_template: Annotated[
        LaunchTemplate | None, IMMUTABLE, LEARNED, Field(description="gives what the spec leaves open")
    ] = None
    options: Annotated[
        Mapping[str, Any], WRITE_ONLY, Field(description="further members of RunInstances, as AWS names them")
    ] = {}
    options_digest: Annotated[str | None, IMMUTABLE, LEARNED, Field(description="elbplan computes it")] = None
    settings: Annotated[tuple[str, ...], LEARNED, COMPUTED, Field(description="elbplan computes it")] = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        given = {"settings": tuple(name for name in IN_PLACE if data.get(name) is not None), **data}
        if isinstance(data.get("volumes"), list | tuple):
            parts = [Volume.model_validate(volume) for volume in data["volumes"]]
            given["volumes"] = sorted_volumes(parts)
        if isinstance(data.get("options"), Mapping) and data["options"]:
            given["options_digest"] = options_digest(data["options"])
        return given

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """The volumes with what AWS cannot change of them in place."""
        return {"volumes": fixed_part(self.volumes)} if self.volumes else {}


METADATA = {
    "http_tokens": "HttpTokens",
    "http_put_response_hop_limit": "HttpPutResponseHopLimit",
    "http_endpoint": "HttpEndpoint",
    "http_protocol_ipv6": "HttpProtocolIpv6",
    "instance_metadata_tags": "InstanceMetadataTags",
}
DEFAULTS: dict[str, Any] = {
    "http_tokens": "required",
    "http_put_response_hop_limit": 2,
    "http_endpoint": "enabled",
    "http_protocol_ipv6": "disabled",
    "instance_metadata_tags": "disabled",
    "monitoring": False,
    "disable_api_termination": False,
    "disable_api_stop": False,
    "instance_initiated_shutdown_behavior": "stop",
    "auto_recovery": "default",
}
"""What a setting becomes that is no longer in the spec.

AWS's defaults, except the token, for which elbplan is stricter, and the hop limit, which is 2 on images with IMDSv2:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
"""

IN_PLACE = (*DEFAULTS, "cpu_credits", "volumes")
"""The settings that AWS changes on an existing instance."""

UNREAD = (
    "associate_public_ip_address", "disable_api_termination", "disable_api_stop", "cpu_credits", "volumes",
    "instance_initiated_shutdown_behavior",
)  # fmt: skip
"""Fields that AWS does not always tell, or that elbplan reads only if a spec gives them. Unread is no difference."""


S = TypeVar("S", bound=ServerSettings)
PROTECTIONS = ("disable_api_termination", "disable_api_stop")
"""AWS terminates no instance with either of them: stop protection also protects from termination.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-stop-protection.html
"""


def unprotected(server: S) -> S:
    """The same server without protection."""
    on = [name for name in PROTECTIONS if getattr(server, name)]
    return server.model_copy(update=dict.fromkeys(on, False)) if on else server


def options_digest(options: Mapping[str, Any]) -> str:
    """`sha256:` and 16 hex digits."""
    text = json.dumps(options, sort_keys=True, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def with_live_settings(want: ServerSettings, live: ServerSettings) -> dict[str, Any]:
    """The fields of the wanted server that follow from the live one.

    A setting that only an earlier spec gave returns to its default; `volumes:` that are gone leave the volumes alone.
    """
    old, new = field_values(live), field_values(want)
    defaults = DEFAULTS | {"cpu_credits": "standard" if str(old.get("type")).startswith("t2.") else "unlimited"}
    dropped = [name for name in live.settings if name not in want.settings and name in defaults]
    fields = {name: defaults[name] for name in dropped if new[name] is None}
    if want.volumes is not None:
        fields["volumes"] = with_live_values(want.volumes, live.volumes or ())
    unset = [name for name, value in new.items() if value is None and name not in fields]
    unread = {name: None for name in UNREAD if old[name] is None and name not in want.settings}
    return fields | {name: old[name] for name in unset} | unread
