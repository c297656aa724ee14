"""The names and states of the servers that a plan shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ..core.address import AwsId
from ..core.call import Answer, Call
from ..core.plan import Plan, ServerLabel
from ..kinds.aws.ownership import tag_mapping
from ..kinds.aws.queries import instances_in
from ..kinds.external_servers import ExternalServers
from ..kinds.targets import Targets
from .filters import batches, filter_by


def with_server_labels(
    plan: Plan, external: ExternalServers, ended: Mapping[str, ServerLabel], send: Callable[[Call], Answer]
) -> Plan:
    """The plan, with the names of the servers whose registration it changes.

    `ended` has the servers that a destroy knows. Asks AWS only for others, which the spec does not name any more.
    Nothing depends on the answer.
    """
    ids = set(_servers(plan))
    known = {id: ServerLabel(server.name, server.state) for id, server in external.servers.items()} | dict(ended)
    labels = {id: label for id, label in known.items() if id in ids}
    unknown = sorted(ids - set(labels))
    for ids_of_call in batches(unknown):
        answer = send(Call("ec2", "DescribeInstances", filter_by("instance-id", ids_of_call), optional=True))
        labels |= dict(_labels(answer))
    groups = {id: ServerLabel(group.name) for id, group in external.groups.items()} if ids else {}
    return replace(plan, servers={**labels, **groups})


def _servers(plan: Plan) -> Iterator[str]:
    sides = (side for change in plan.changes for side in (change.before, change.after))
    for targets in sides:
        for member in targets.members if isinstance(targets, Targets) else ():
            if isinstance(member.instance, AwsId):
                yield member.instance.value


def _labels(answer: Answer) -> Iterable[tuple[str, ServerLabel]]:
    for raw in instances_in(answer):
        yield raw["InstanceId"], ServerLabel(tag_mapping(raw.get("Tags")).get("Name", ""), raw["State"]["Name"])
