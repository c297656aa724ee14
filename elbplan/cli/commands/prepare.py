"""elbplan sandbox prepare: creates in the local AWS simulator what specs expect of an account."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import click

from ...errors import escaped
from ...rehearsal.fixtures import create_surroundings
from ...sandbox.admin.client import BoxClient
from ..connect import Connections, access_of
from ..context import App
from ..group import HelpFirstCommand
from ..options import paths, shared
from ..plans import stacks_of

EXAMPLES = (
    "elbplan sandbox prepare                           for all specs in specs/",
    "elbplan sandbox prepare specs/auto-scaling.yaml   for one spec",
)
HELP = """Create in the sandbox what the specs name and elbplan does not create: web ACLs, Auto Scaling groups, servers,
networks, secrets, certificates. In your AWS account, they must exist already."""

TITLES = {
    "auto_scaling_group": "Auto Scaling group",
    "web_acl": "web ACL",
    "vpc": "VPC",
    "elastic_ip": "Elastic IP",
    "parameter": "SecureString parameter",
    "shield_subscription": "subscription of Shield Advanced",
}
"""The fixtures whose name is not their title."""


@click.command(cls=HelpFirstCommand, name="prepare", examples=EXAMPLES, help=" ".join(HELP.split()))
@paths
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...]) -> int:
    """Creates what is missing, each thing once. Raises Refused for what the simulator cannot create."""
    app.options.sandbox = True
    stacks = stacks_of(app, paths)
    connections, found = Connections(app, stacks), []
    for stack in stacks:
        place = connections.place(stack)
        connections.reach(place)
        sandbox = access_of(app).simulator
        assert sandbox is not None
        prepared = PreparedOnce(sandbox.box().in_account(place.identity.role_account or place.account))
        create_surroundings(prepared, place.region, [], stack.resources)
        found.append({"stack": stack.name, "region": place.region, "resources": prepared.resources})
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "stacks": found}))
    elif not app.options.quiet:
        app.terminal.out("\n".join(line for stack in found for line in _lines(stack)))
    return 0


def _lines(stack: Any) -> Iterable[str]:
    if not stack["resources"]:
        yield f"{stack['stack']}: it names nothing that has to exist before"
        return
    yield f"{stack['stack']}: in {stack['region']} of the sandbox; in your account, it must exist already"
    for resource in stack["resources"]:
        there = "" if resource["created"] else "  (exists)"
        yield f"  {'+' if resource['created'] else ' '} {resource['what']}{there}"


@dataclass
class PreparedOnce:
    """Creates each fixture at most once in a sandbox, also if the command runs again.

    resources  what the stack expects, and whether it is new
    """

    box: BoxClient
    resources: list[dict[str, Any]] = field(default_factory=list)
    _equal: Counter[str] = field(default_factory=Counter)

    def create_defaults(
        self, region: str = "us-east-1", zones: Iterable[str] | None = None, hosted_zones: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The default network, and hosted zones."""
        return self.box.create_defaults(region, zones, hosted_zones)

    def create_fixture(self, kind: str, id: str = "", region: str = "us-east-1", **wanted: Any) -> str:
        """Creates a fixture, unless this sandbox has it from an earlier call."""
        key = json.dumps([kind, id, region, wanted], sort_keys=True)
        self._equal[key] += 1
        created, new = self.box.prepare(kind, id, region, number=self._equal[key], **wanted)
        tags = [f"{key}={value}" for key, value in wanted.get("tags", {}).items()]
        name = wanted.get("name") or ", ".join(wanted.get("names", ())) or " ".join([created, *tags])
        what = f"{TITLES.get(kind, kind.replace('_', ' '))} {escaped(name)}".strip()
        self.resources.append({"kind": kind, "what": what, "id": created, "created": new})
        return created
