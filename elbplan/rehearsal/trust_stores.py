"""Creates in the simulator the trust stores of others that a stack uses."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.address import AwsId, Lookup, Ref
from ..kinds.trust_store import TrustStore
from .fake_aws import Fixtures

PART = ":truststore/"
"""Tells the ARN of a trust store."""


def create_trust_stores(simulator: Fixtures, region: str, refs: Iterable[Ref]) -> None:
    """Creates each trust store that is named by its ARN or by its name."""
    named = set(refs)
    for arn in sorted(ref.value for ref in named if isinstance(ref, AwsId) and PART in ref.value):
        simulator.create_fixture("trust_store", arn, region)
    for ref in sorted(ref for ref in named if isinstance(ref, Lookup) and ref.what == TrustStore.kind):
        simulator.create_fixture("trust_store", "", region, name=ref.query.removeprefix("name:"))
