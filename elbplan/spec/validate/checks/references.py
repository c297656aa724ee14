"""Checks that every reference leads to an existing resource."""

from __future__ import annotations

from ....core.address import Address, AwsId
from ....core.resource import references
from ....core.suggest import did_you_mean
from .subject import WRITTEN, Subject


def check(subject: Subject) -> None:
    """Reports references to unknown names."""
    for address, draft in subject.drafts.items():
        resource = subject.resources.get(address)
        fields = resource.model_fields_set if resource else draft.fields
        for field in fields:
            for ref in dict.fromkeys(references(getattr(resource, field) if resource else draft.fields[field])):
                if isinstance(ref, Address) and ref not in subject.drafts and _complete(subject, ref.kind):
                    _missing(subject, address, field, ref)
                elif isinstance(ref, AwsId):
                    _region(subject, address, field, ref)


def _complete(subject: Subject, kind: str) -> bool:
    """True if the parser removed no resource of the kind. Only then a resource can be missing."""
    return subject.report.complete(*WRITTEN.get(kind, ()))


def _missing(subject: Subject, address: Address, field: str, ref: Address) -> None:
    what = ref.kind.replace("_", " ")
    known = [a.name for a in subject.drafts if a.kind == ref.kind]
    hint = (
        did_you_mean(ref.name, known)
        if known
        else f"this stack has no {what}; add it, or write the id of an existing one"
    )
    subject.problem(address, (field,), f'there is no {what} called "{ref.name}"', hint, near=ref.name)


def _region(subject: Subject, address: Address, field: str, ref: AwsId) -> None:
    """Reports an ARN of another region than the stack's: certificates, load balancers and their parts are regional."""
    parts = ref.value.split(":")
    region = parts[3] if parts[0] == "arn" and len(parts) > REGION_PART else ""
    wanted = subject.short.region
    if region and wanted and region != wanted:
        what = f"this ARN is of the region {region}, but the stack is in {wanted}"
        hint = f"use one of {wanted}; for a certificate, request or import it there too"
        subject.problem(address, (field,), what, hint, near=ref.value)


REGION_PART = 3
"""arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"""
