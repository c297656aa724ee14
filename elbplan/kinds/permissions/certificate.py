"""The permissions for certificates, and for the records by which ACM validates their domains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import NEW, Permission, reads
from .elb_reads import HINTS
from .limits import CERTIFICATES, own
from .zones import READ_ZONES, record_changes


def removes_records(certificate: Any) -> Iterable[str]:
    """A value if a destroy also removes validation records."""
    return ["*"] if certificate.remove_validation else []


def imported(certificate: Any) -> Iterable[str]:
    """A value for a certificate that elbplan imports."""
    return ["*"] if certificate.imported else []


def requested(certificate: Any) -> Iterable[str]:
    """A value for a certificate that AWS issues."""
    return [] if certificate.imported else ["*"]


def validation_names(certificate: Any) -> list[str]:
    """The names of its validation records: AWS chooses the first label, which begins with `_`."""
    if not certificate.by_records:
        return []
    return sorted({f"_*.{name.removeprefix('*.')}" for name in certificate.domains})


def removed_names(certificate: Any) -> list[str]:
    """The names of the validation records that a destroy removes."""
    return validation_names(certificate) if certificate.remove_validation else []


OTHERS_TOO = "elbplan looks for its certificates by their tags, and others can need the same validation record"
NO_ARN = "the certificate has no ARN before the call"
UNSEEN = "does not see the certificates and records of an earlier spec"

PERMISSIONS = (
    *HINTS,
    *reads("acm:ListCertificates", always=True, without_it=UNSEEN),
    Permission("acm:ListTagsForCertificate", ("read",), always=True, without_it=UNSEEN, why=OTHERS_TOO),
    Permission("acm:DescribeCertificate", ("read",), why=OTHERS_TOO),
    Permission("acm:GetCertificate", ("read",), each=imported, why=OTHERS_TOO),
    Permission("acm:RequestCertificate", ("create",), ("*",), (NEW,), each=requested, why=NO_ARN),
    Permission("acm:ImportCertificate", ("create",), ("*",), (NEW,), each=imported, why=NO_ARN),
    *own(("update",), CERTIFICATES, "acm:ImportCertificate", each=imported),
    Permission(
        "acm:AddTagsToCertificate",
        ("create",),
        ("*",),
        (NEW,),
        why="RequestCertificate and ImportCertificate need it too, and AWS has no key that tells them apart",
    ),
    *own(("update", "delete"), CERTIFICATES, "acm:AddTagsToCertificate"),
    *own(("update",), CERTIFICATES, "acm:RemoveTagsFromCertificate"),
    *own(("delete",), CERTIFICATES, "acm:DeleteCertificate"),
    *READ_ZONES,
    *record_changes(("update",), validation_names, ("UPSERT",), ("CNAME",)),
    *record_changes(("delete",), removed_names, ("DELETE",), ("CNAME",)),
    *reads(
        "ec2:DescribeRegions",
        verbs=("update", "delete"),
        each=removes_records,
        without_it="leaves the validation records, since a certificate of another region can need them",
    ),
)
"""https://docs.aws.amazon.com/acm/latest/userguide/authen-apipermissions.html"""
