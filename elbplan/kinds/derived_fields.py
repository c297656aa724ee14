"""Fields that follow from other resources of the same stack."""

from __future__ import annotations

from ..core.address import Address, Lookup
from ..core.resource import Resource
from .aws.acm_validation import DnsValidation
from .certificate import Certificate
from .load_balancer import LoadBalancer
from .record import Record, mark


def with_dns_validation(resource: Resource) -> Resource:
    """A certificate without `proofs` is validated in the hosted zones of its domains."""
    if isinstance(resource, Certificate) and not resource.proofs:
        proofs = tuple(
            DnsValidation(domain=d, zone=Lookup("hosted_zone", d.removeprefix("*."))) for d in resource.domains
        )
        return resource.model_copy(update={"proofs": proofs})
    return resource


def with_record_tags(resolved: dict[Address, Resource]) -> dict[Address, Resource]:
    """Each load balancer with the records that point at it: its tags remember them."""
    for address, resource in resolved.items():
        if isinstance(resource, LoadBalancer):
            pointing = [mark(r) for r in resolved.values() if isinstance(r, Record) and r.load_balancer == address]
            resolved[address] = LoadBalancer.model_validate({**dict(resource), "records": pointing})
    return resolved
