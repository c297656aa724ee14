"""The hint for a spec without `network:` whose servers are not in the default VPC. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..core.address import Address, AwsId, Lookup
from ..core.resource import Resource, references
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.external_servers import ExternalServers, members_of
from ..kinds.targets import Targets
from .lookups import LookupFacts
from .resolve import vpc_of

DEFAULT = Lookup("vpc", "default")


def network_hint(spec: Mapping[Address, Resource], facts: LookupFacts, external: ExternalServers) -> str:
    """The line to write if all servers are in one VPC, and the spec takes another one; else ""."""
    vpcs = {external.servers[id].vpc for id in _servers(spec, facts, external) if id in external.servers}
    takes_default = any(DEFAULT in set(references(resource)) for resource in spec.values())
    if len(vpcs) != 1 or not takes_default or vpcs == {vpc_of(spec, facts)} or "" in vpcs:
        return ""
    return f"the servers are in {next(iter(vpcs))}: write `network: {{vpc: {next(iter(vpcs))}}}`"


def _servers(spec: Mapping[Address, Resource], facts: LookupFacts, external: ExternalServers) -> Iterator[str]:
    """The ids of the servers outside the stack that the spec names by id or tag."""
    for targets in (resource for resource in spec.values() if isinstance(resource, Targets)):
        for member in targets.members:
            if isinstance(member.instance, AwsId):
                yield member.instance.value
            elif isinstance(member.instance, Lookup):
                yield from facts.found.get(member.instance, ())
    for resource in spec.values():
        if isinstance(resource, AutoScalingAttachment):
            yield from (str(member.instance) for member in members_of(resource, external))
