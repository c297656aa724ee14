"""Machine images: created when a call names them, not 800 at the start of every region."""

import functools
from typing import Any

from moto.core.parse import default_timestamp_parser
from moto.ec2.models.amis import AMIS, Ami
from moto.utilities.utils import load_resource

from ..account import CallContext
from ..errors import AwsError
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpRequest


@functools.cache
def catalogue(region: str) -> dict[str, dict[str, Any]]:
    """Every published image that moto knows, by id."""
    images = {image["ami_id"]: image for image in AMIS}
    for path in ("latest_amis", "ecs/optimized_amis"):
        try:
            more = load_resource(f"ec2/resources/{path}/{region}.json")
        except FileNotFoundError:
            continue
        images.update({image["ami_id"]: image for image in more})
    return images


def load(context: CallContext, image_ids: list[str]) -> None:
    backend = context.ec2
    known = catalogue(context.region)
    for image_id in image_ids:
        if image_id in known and image_id not in backend.amis:
            backend.amis[image_id] = _image(backend, known[image_id])


def _image(backend: Any, fields: dict[str, Any]) -> Any:
    created = fields.get("creation_date")
    if isinstance(created, str):
        created = default_timestamp_parser(created)
    return Ami(backend, **{**fields, "creation_date": created, "owner_alias": "amazon"})


def create_image(context: CallContext, id: str) -> str:
    """Creates an image of the account."""
    fields = next(iter(catalogue(context.region).values()))
    context.ec2.amis[id] = _image(context.ec2, {**fields, "ami_id": id})
    return id


def before_describe(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    if call.params.get("Owners") == ["self"]:
        return
    load(context, call.params.get("ImageIds") or _ids_in_filters(call.params) or list(catalogue(context.region)))


def _ids_in_filters(params: dict[str, Any]) -> list[str]:
    for filter in params.get("Filters") or []:
        if filter.get("Name") == "image-id":
            return list(filter.get("Values") or [])
    return []


@rule(28)
def check_exists(context: CallContext, image_id: str) -> None:
    """An image must exist: API_RunInstances (InvalidAMIID.NotFound)."""
    load(context, [image_id])
    if image_id not in context.ec2.amis:
        raise AwsError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
