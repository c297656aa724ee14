"""Stops and terminates instances of others at the end of a stack: what is refused before the first write. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..core.change import Change, Diff
from ..core.resource import rebuilt
from ..errors import Refused, escaped
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.instance import ExternalInstance
from ..kinds.server_endings import EndedServer, Endings

KEEP = "write `on_destroy: keep`"


def with_endings(diff: Diff) -> Diff:
    """The comparison, with the reason of each ending; a stop in place of a delete where the spec wants only that."""
    return replace(diff, changes=[_ending(change) for change in diff.changes])


def _ending(change: Change) -> Change:
    before = change.before
    if change.action != "delete" or not isinstance(before, ExternalInstance | ExternalElasticIp):
        return change
    if isinstance(before, ExternalElasticIp):
        return replace(change, because="the destroy terminates its instance")
    name = f"{escaped(before.name)}: " if before.name else ""
    ending = replace(change, because=f"{name}the spec says `on_destroy: {before.on_destroy}`")
    return (
        replace(ending, action="stop", after=rebuilt(before, state="stopped"))
        if before.on_destroy == "stop"
        else ending
    )


def unendable_servers(endings: Endings) -> Iterator[Refused]:
    """A refusal for each instance that AWS would not end, or that is not for this stack to end."""
    for server in endings.servers:
        if refusal := _refusal(server):
            yield refusal


def _refusal(server: EndedServer) -> Refused | None:
    name, verb = escaped(str(server)), server.on_destroy
    if server.owner:
        return Refused(f"cannot {verb} {name}: it belongs to {server.owner}", hint=f"{KEEP}, and destroy that stack")
    if server.scaling_group:
        return _in_scaling_group(server, name)
    if server.protected:
        return _protected(server, name)
    if verb == "stop":
        return _unstoppable(server, name)
    return _comes_back(server, name) if server.spot_request and server.spot_request.persistent else None


def _unstoppable(server: EndedServer, name: str) -> Refused | None:
    once = server.spot_request is not None and not server.spot_request.persistent
    if not server.store_backed and not once:
        return None
    reason = "its root volume is an instance store" if server.store_backed else "it is a Spot Instance of one request"
    what = f"cannot stop {name}: {reason}, so AWS can only terminate it"
    return Refused(what, hint=f"write `on_destroy: terminate`, or {KEEP}")


def _comes_back(server: EndedServer, name: str) -> Refused:
    assert server.spot_request is not None
    id = server.spot_request.id
    command = f"aws ec2 cancel-spot-instance-requests --region {server.region} --spot-instance-request-ids {id}"
    what = f"cannot terminate {name}: its persistent Spot request {id} would start a new instance"
    return Refused(what, hint=f"run {command}; or {KEEP}")


def _in_scaling_group(server: EndedServer, name: str) -> Refused:
    group = escaped(server.scaling_group)
    what = f"cannot {server.on_destroy} {name}: the Auto Scaling group {group} would replace it by a new instance"
    command = f"aws autoscaling delete-auto-scaling-group --region {server.region} --auto-scaling-group-name {group}"
    return Refused(what, hint=f"{KEEP}; {command} --force-delete ends the group with its instances")


def _protected(server: EndedServer, name: str) -> Refused:
    terminates = server.on_destroy == "terminate"
    option = "--no-disable-api-termination" if terminates else "--no-disable-api-stop"
    command = f"aws ec2 modify-instance-attribute --region {server.region} --instance-id {server.live.id} {option}"
    what = f"cannot {server.on_destroy} {name}: it has {'termination' if terminates else 'stop'} protection"
    return Refused(what, hint=f"run {command}; or {KEEP}")
