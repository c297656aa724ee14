"""What AWS refuses of the settings of a server, without asking it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .launch_options import option_problem
from .server_settings import METADATA, ServerSettings


class SettingProblem(NamedTuple):
    """A problem of a field, and what to do."""

    field: str
    what: str
    hint: str = ""


def setting_problems(server: ServerSettings) -> Iterator[SettingProblem]:
    """The problems of a server's settings."""
    devices = [volume.device for volume in server.volumes or ()]
    for device in dict.fromkeys(devices):
        if devices.count(device) > 1:
            yield SettingProblem("volumes", f"two volumes have the device {device}", "remove one of them")
    if server.market:
        yield from _of_spot(server)
    elif server.spot_max_price:
        yield SettingProblem("spot_max_price", "a highest price is for a spot server", "write market: spot too")
    if server.http_endpoint == "disabled":
        others = [name for name in METADATA if name != "http_endpoint" and getattr(server, name) is not None]
        for name in others[:1]:
            what = "this has no effect while the metadata service is disabled"
            yield SettingProblem(name, what, "remove it, or enable the service")
    if problem := option_problem(server.options):
        yield SettingProblem("options", problem)


PROTECTED = {"disable_api_termination": "termination protection", "disable_api_stop": "stop protection"}


def _of_spot(server: ServerSettings) -> Iterator[SettingProblem]:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-stop-protection.html and the page of termination
    protection: neither is for Spot Instances. A one-time request ends with its instance, which cannot stop.
    """
    for field, name in PROTECTED.items():
        if getattr(server, field):
            yield SettingProblem(field, f"{name} is not for a spot server", "remove it: AWS may end it at any time")
    if server.instance_initiated_shutdown_behavior == "stop":
        what = "a spot server cannot stop: its request ends when it shuts down"
        yield SettingProblem("instance_initiated_shutdown_behavior", what, "remove it, or write terminate")
    if server.spot_max_price is not None:
        yield from _of_price(server.spot_max_price)


LOWEST_PRICE = 0.001
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html (MaxPrice)"""


def _of_price(text: str) -> Iterator[SettingProblem]:
    hint = 'write dollars for an hour, like "0.05"'
    try:
        price = float(text)
    except ValueError:
        yield SettingProblem("spot_max_price", f'"{text}" is not a price', hint)
        return
    if price <= LOWEST_PRICE:
        yield SettingProblem("spot_max_price", f"a highest price must be more than {LOWEST_PRICE} dollars", hint)
