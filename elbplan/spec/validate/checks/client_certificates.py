"""Checks ALPN, client certificates and trust stores.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/mutual-authentication.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

from __future__ import annotations

from ....core.address import Address, Lookup
from ....kinds.aws.trust_store_contents import REVOCATIONS, content_tags
from ....kinds.listener import SECURE, Listener
from ....kinds.trust_store import TrustStore
from .attributes import OTHER_MAX_TAGS
from .subject import Subject

MOST_VERIFYING = 2
"""Listeners of one application load balancer with the mode verify; the quota cannot be raised."""

FIELD = ("mutual_authentication",)


def check(subject: Subject) -> None:
    """Reports what AWS refuses of ALPN, client certificates and trust stores."""
    verifying: dict[str, list[Address]] = {}
    for address, listener in subject.of("listener"):
        _alpn(subject, address, listener)
        _mutual(subject, address, listener)
        mutual = listener.mutual_authentication
        if mutual and mutual.mode == "verify" and subject.type_of(listener.load_balancer) == "application":
            verifying.setdefault(str(listener.load_balancer), []).append(address)
    for addresses in verifying.values():
        for address in addresses[MOST_VERIFYING:]:
            what = f"at most {MOST_VERIFYING} listeners of a load balancer can verify client certificates"
            subject.problem(address, FIELD, what, "use passthrough, or a second load balancer")
    for address, store in subject.of("trust_store"):
        _tags(subject, address, store)


def _alpn(subject: Subject, address: Address, listener: Listener) -> None:
    if listener.alpn and listener.protocol != "TLS":
        what = f"alpn needs a listener with protocol TLS, not {listener.protocol or 'gateway'}"
        hint = "remove it: an application load balancer has HTTP/2 by its own attribute (routing.http2.enabled)"
        subject.problem(address, ("alpn",), what, hint if listener.protocol == "HTTPS" else "remove it")


def _mutual(subject: Subject, address: Address, listener: Listener) -> None:
    mutual = listener.mutual_authentication
    if mutual is None:
        return
    if listener.protocol not in SECURE:
        what = f"client certificates need a listener with protocol HTTPS or TLS, not {listener.protocol or 'gateway'}"
        subject.problem(address, FIELD, what, "write listen: 443/https, or remove it")
    if mutual.mode == "verify" and mutual.trust_store is None:
        subject.problem(address, FIELD, "the mode verify needs a trust store", "add trust_store:")
    if mutual.mode == "passthrough" and listener.protocol == "TLS":
        what = "a network load balancer cannot pass client certificates through"
        subject.problem(address, FIELD, what, "use the mode verify, or an application load balancer")
    extra = mutual.trust_store or mutual.allow_expired or mutual.advertise_names or mutual.identities
    if mutual.mode == "passthrough" and extra:
        subject.problem(address, FIELD, "only the mode verify has a trust store", "write mode: verify")
    if mutual.identities and listener.protocol == "HTTPS":
        what = "an application load balancer cannot select clients by the fields of their certificates"
        subject.problem(address, FIELD, what, "remove identities:, or use a network load balancer")
    if isinstance(mutual.trust_store, Lookup) and mutual.trust_store.query.startswith("tag:"):
        subject.problem(address, FIELD, "a trust store is not found by a tag", "write its name or ARN")


def _tags(subject: Subject, address: Address, store: TrustStore) -> None:
    """The tags of a trust store also have the locations of its files."""
    numbered = {str(10**15 + index): location for index, location in enumerate(store.revocations)}
    needed = sum(key.startswith(REVOCATIONS) for key in content_tags(store.bundle, numbered)) + 2
    if len(store.tags) + needed > OTHER_MAX_TAGS:
        what = f"{len(store.tags)} tags are too many beside {len(store.revocations)} revocation lists"
        hint = f"use at most {OTHER_MAX_TAGS - needed}: elbplan keeps the locations of the files in tags"
        subject.problem(address, ("tags",), what, hint)
