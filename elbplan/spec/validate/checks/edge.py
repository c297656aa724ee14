"""Checks what stands around load balancers: web ACLs, and the bucket for logs."""

from __future__ import annotations

from ....core.address import Address, AwsId
from ....kinds.log_bucket import LogBucket
from ....kinds.web_acl_association import WebAclAssociation
from .subject import Subject


def check(subject: Subject) -> None:
    """Reports what AWS refuses of web ACLs. The name of a log bucket follows from the stack, so there is one."""
    for address, _ in list(subject.of(LogBucket.kind))[1:]:
        what = "a stack has one bucket for all of its logs, and this is a second one"
        subject.problem(address, (), what, "remove it; its load balancers can write to the same bucket")
    seen: dict[object, Address] = {}
    for address, association in subject.of(WebAclAssociation.kind):
        _web_acl(subject, address, association)
        if (first := seen.setdefault(association.load_balancer, address)) != address:
            what = f"{association.load_balancer} has the web ACL of {first} already; a load balancer has at most one"
            subject.problem(address, ("load_balancer",), what, f"remove {address} or {first}")


def _web_acl(subject: Subject, address: Address, association: WebAclAssociation) -> None:
    if isinstance(association.load_balancer, AwsId):
        what = "elbplan associates web ACLs only with load balancers of this stack"
        subject.problem(address, ("load_balancer",), what, "write the name of a load_balancer of this spec")
    kind = subject.type_of(association.load_balancer)
    if kind not in (None, "application"):
        what = f"AWS WAF filters only application load balancers, and this one is a {kind} load balancer"
        subject.problem(address, ("web_acl",), what, "remove it, or write type: application")
