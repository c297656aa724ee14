"""Creates in the simulator what stands around load balancers: web ACLs, and the subscription of Shield Advanced."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.address import AwsId, Lookup
from ..core.resource import references
from ..core.simulate import State
from ..kinds.aws.web_acls import ARN, name_in
from ..kinds.shield_protection import ShieldProtection
from .fake_aws import Fixtures


def create_edge(simulator: Fixtures, region: str, states: Sequence[State]) -> None:
    """Creates the web ACLs that the states name, and the subscription if a state has a protection."""
    resources = [resource for state in states for resource in state.values()]
    refs = {ref for resource in resources for ref in references(resource)}
    arns = {ref.value for ref in refs if isinstance(ref, AwsId) and ARN.fullmatch(ref.value)}
    names = {ref.query.removeprefix("name:") for ref in refs if isinstance(ref, Lookup) and ref.what == "web_acl"}
    for arn in sorted(arns):
        simulator.create_fixture("web_acl", arn, region, name=name_in(arn))
    for name in sorted(names - set(map(name_in, arns))):
        simulator.create_fixture("web_acl", "", region, name=name)
    if any(isinstance(resource, ShieldProtection) for resource in resources):
        simulator.create_fixture("shield_subscription", "", region)
