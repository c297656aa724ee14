"""The permissions for listeners."""

from __future__ import annotations

from ...core.permission import NEW
from .elb_reads import READ_PERMISSIONS
from .limits import BALANCERS, ELB, LISTENERS, elb_tags, on_parent, own

PERMISSIONS = (
    *READ_PERMISSIONS,
    *on_parent(("create",), f"{ELB}:CreateListener", BALANCERS, lambda listener: [listener.load_balancer], NEW),
    *own(("update",), LISTENERS, f"{ELB}:ModifyListener"),
    *own(
        ("create", "update"),
        LISTENERS,
        f"{ELB}:AddListenerCertificates",
        f"{ELB}:RemoveListenerCertificates",
        each=lambda listener: ["*"] if listener.certificate else [],
    ),
    *own(("delete",), LISTENERS, f"{ELB}:DeleteListener"),
    *elb_tags(LISTENERS, "CreateListener"),
)
