"""Certificates of others that listeners are to have: they exist, are issued, and have not expired.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...core.address import Address, AwsId, Ref
from ...core.call import Answer, ReadProgram
from ...core.permission import Permission
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..listener import Listener
from .asking import asked, is_known, written

WITHOUT = "does not check certificates of others before the first write"
GONE = ("ResourceNotFoundException",)
KEY_TYPES = (
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
)  # fmt: skip
"""The key types with which load balancers work: the page above. ACM can also import others."""

STATES = {
    "PENDING_VALIDATION": "it waits for its validation: apply again when it is issued",
    "EXPIRED": "it has expired: write one that is valid, or import it again",
    "REVOKED": "its authority has revoked it: write another one",
}


def _of_others(listener: Listener | None) -> list[str]:
    refs: list[Ref | None] = [listener.certificate, *listener.more_certificates] if listener else []
    return [ref.value for ref in refs if isinstance(ref, AwsId) and ":acm:" in ref.value]


def _named(resource: Resource) -> Iterable[str]:
    """The ARNs of certificates of others that a listener names."""
    return _of_others(resource) if isinstance(resource, Listener) else []


PERMISSIONS = (
    Permission(
        "acm:DescribeCertificate", ("compare",), ("{}",), each=_named, without_it=WITHOUT,
        why="others made the certificate, and the spec names it",
    ),
)  # fmt: skip


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each certificate that AWS would not give to a listener."""
    wanted = list(dict.fromkeys(
        (address, arn)
        for address, before, after in written(plan, Listener)
        for arn in _of_others(after)
        if arn not in _of_others(before)
    ))  # fmt: skip
    arns = list(dict.fromkeys(arn for _, arn in wanted))
    asks = [asked("acm", "DescribeCertificate", {"CertificateArn": arn}, GONE) for arn in arns]
    answers = dict(zip(arns, (yield asks) if asks else (), strict=True))
    return [refusal for address, arn in wanted for refusal in _problems(address, arn, answers[arn])]


def _problems(address: Address, arn: str, answer: Answer) -> Iterator[Refusal]:
    if not is_known(answer):
        return
    certificate = answer.get("Certificate")
    if not certificate:
        hint = "check the region, the account and the spelling, or request it first"
        yield Refusal(f"{address}: there is no certificate {arn}", hint)
        return
    state, key = certificate.get("Status", "ISSUED"), certificate.get("KeyAlgorithm", "").replace("-", "_")
    if state != "ISSUED":
        hint = STATES.get(state, "write a certificate that is issued")
        yield Refusal(f"{address}: the certificate {arn} is not issued ({state})", hint)
    elif key and key not in KEY_TYPES:
        what = f"{address}: the certificate {arn} has a key of the type {key}"
        yield Refusal(what, f"AWS's load balancers take {', '.join(KEY_TYPES)}")
