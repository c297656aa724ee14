"""The private authorities that issue the certificates of a rehearsal."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.simulate import State
from ..kinds.certificate import Certificate
from .fake_aws import Fixtures


def create_issuers(simulator: Fixtures, region: str, states: Iterable[State]) -> None:
    """Creates every private authority, with a key of the family that its certificates need."""
    certificates = [resource for state in states for resource in state.values() if isinstance(resource, Certificate)]
    families = {each.authority: each.key.partition("_")[0] for each in certificates if each.authority}
    for arn, family in sorted(families.items()):
        simulator.create_fixture("private_authority", arn, region, family=family)
