"""The permissions for trust stores."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import arn, reads
from .limits import ELB, creates, elb_tags, own

UNSEEN = "does not find the trust stores of an earlier spec"
TRUST_STORES = arn(ELB, "truststore/*")


def has_revocations(store: Any) -> Iterable[str]:
    """A value for a trust store with revocation lists."""
    return ["*"] if store.revocations else []


PERMISSIONS = (
    *reads(f"{ELB}:DescribeTrustStores", f"{ELB}:DescribeTrustStoreRevocations", f"{ELB}:DescribeTags"),
    *reads(f"{ELB}:DescribeTrustStores", verbs=("end",), always=True, without_it=UNSEEN),
    creates(f"{ELB}:CreateTrustStore", TRUST_STORES),
    *own(("update",), TRUST_STORES, f"{ELB}:ModifyTrustStore"),
    *own(("create", "update"), TRUST_STORES, f"{ELB}:AddTrustStoreRevocations", each=has_revocations),
    *own(("update",), TRUST_STORES, f"{ELB}:RemoveTrustStoreRevocations"),
    *own(("delete",), TRUST_STORES, f"{ELB}:DeleteTrustStore"),
    *reads(f"{ELB}:DescribeTrustStoreAssociations", verbs=("delete",)),
    *elb_tags(TRUST_STORES, "CreateTrustStore"),
)
