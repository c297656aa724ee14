"""Refuses a plan that deletes what is protected, or makes a volume smaller: AWS would stop it halfway. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change, Diff
from ..errors import Refused
from ..kinds.aws.load_balancer_attributes import PROTECTION
from ..kinds.aws.server_settings import unprotected
from ..kinds.aws.server_volumes import shrunk
from ..kinds.instance import Instance
from ..kinds.load_balancer import LoadBalancer
from ..kinds.traffic import spare_balancers


def deletion_protected(comparison: Diff) -> Iterator[Refused]:
    """A refusal for each protected load balancer or server that the plan deletes, and for each smaller volume."""
    yield from _balancers(comparison)
    for change in comparison.changes:
        if isinstance(change.before, Instance):
            yield from _protected(change, change.before)
            yield from _smaller(change, change.before)


def _balancers(comparison: Diff) -> Iterator[Refused]:
    """The load balancers; one that never served is no reason to refuse."""
    spare = spare_balancers(comparison.lives)
    for change in comparison.changes:
        live = change.live
        if live is None or live.address in spare or not isinstance(live.model, LoadBalancer):
            continue
        if change.action in ("delete", "replace") and live.model.attributes.get(PROTECTION) == "true":
            yield Refused(
                f"{change.address} has deletion protection",
                hint="write `protect: false` and change nothing else, apply that with "
                "`--allow protection-removed`, then run this again",
            )


def _protected(change: Change, server: Instance) -> Iterator[Refused]:
    if change.action in ("delete", "replace") and unprotected(server) is not server:
        on = "termination protection" if server.disable_api_termination else "stop protection"
        key = on.replace(" ", "_")
        yield Refused(
            f"{change.address} has {on}",
            hint=f"write `{key}: false` and change nothing else, apply that with `--allow protection-removed`, then "
            "run this again",
        )


def _smaller(change: Change, server: Instance) -> Iterator[Refused]:
    if change.action != "update" or not isinstance(change.after, Instance):
        return
    for text in shrunk(server.volumes, change.after.volumes):
        yield Refused(
            f"{change.address}: its volume {text}: AWS never makes a volume smaller",
            hint="write the size that it has, or give the servers another name, so that elbplan creates new ones",
        )
