"""Reads what the doctor needs of a region: whether it is enabled, quotas and their use, Parameter Store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call, ReadProgram
from ..kinds.aws.acm_validation import CERTIFICATES
from ..kinds.aws.queries import LOAD_BALANCERS, TARGET_GROUPS
from ..kinds.aws.service_quota import ServiceQuota
from ..kinds.quotas import LIMITS, limits_of
from ..live.batch import BatchReader
from .check import Check, ok, unknown
from .quotas import Quota

PERMISSIONS = (
    "acm:ListCertificates",
    "ec2:DescribeAddresses",
    "ec2:DescribeRegions",
    "elasticloadbalancing:DescribeAccountLimits",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "servicequotas:GetServiceQuota",
    "ssm:GetParametersByPath",
    "sts:GetCallerIdentity",
)

EIPS = ServiceQuota("ec2", "L-0263D0A3")
"""EC2-VPC Elastic IPs: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""
CERTIFICATE_QUOTA = ServiceQuota("acm", "L-F141DD1D")
"""ACM certificates: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""
BALANCER_QUOTA = ("elasticloadbalancing", "L-53DA6B97")
GROUP_QUOTA = ("elasticloadbalancing", "L-B22855CB")
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""

PER_BALANCER = {
    "listeners-per-application-load-balancer": "listeners for each load balancer",
    "rules-per-application-load-balancer": "rules for each",
}

Send = Callable[[Call], Answer]


@dataclass(frozen=True)
class Region:
    """What AWS says about a region."""

    opt_in: str = ""
    quotas: tuple[Quota, ...] = ()
    missing: tuple[str, ...] = ()
    lock: Check | None = None


def read_region(send: Send, region: str, stack: str) -> Region:
    """Reads in one round. Raises nothing for calls that AWS denies, or that fail. `stack`: whose lock is read."""
    (found,) = BatchReader(send).run([_read(region, stack)])
    assert isinstance(found, Region)
    return found


def _calls(region: str, stack: str) -> dict[str, Call]:
    return {
        "region": Call("ec2", "DescribeRegions", {"RegionNames": [region], "AllRegions": True}),
        "limits": LIMITS,
        "balancers": LOAD_BALANCERS,
        "groups": TARGET_GROUPS,
        "addresses": Call("ec2", "DescribeAddresses"),
        "certificates": CERTIFICATES,
        "eip quota": EIPS.question,
        "certificate quota": CERTIFICATE_QUOTA.question,
        "lock": Call("ssm", "GetParametersByPath", {"Path": f"/elbplan/{stack}/runs"}),
    }


def _read(region: str, stack: str) -> ReadProgram[Region]:
    calls = _calls(region, stack)
    tolerant = [Call(c.service, c.operation, c.params, may_be_denied=True, has_fallback=True) for c in calls.values()]
    answers = dict(zip(calls, (yield tolerant), strict=True))
    quotas = tuple(_quotas(answers))
    known = {quota.what for quota in quotas}
    missing = tuple(what for what in WANTED if what not in known)
    regions = answers["region"].get("Regions") or [{}]
    return Region(str(regions[0].get("OptInStatus", "")), quotas, missing, _lock(answers["lock"]))


WANTED = ("load balancers", "target groups", "Elastic IPs", "certificates")


def _quotas(answers: Mapping[str, Answer]) -> Iterator[Quota]:
    """The quotas whose limit and use AWS has told."""
    limits = {} if _is_missing(answers["limits"]) else limits_of(answers["limits"])
    listed = answers["balancers"].get("LoadBalancers")
    balancers = None if listed is None else sum(raw.get("Type") == "application" for raw in listed)
    of_elb = (
        ("load balancers", balancers, "application-load-balancers", BALANCER_QUOTA),
        ("target groups", _number(answers["groups"], "TargetGroups"), "target-groups", GROUP_QUOTA),
    )
    for what, used, limit, quota in of_elb:
        if used is not None and limit in limits:
            yield Quota(what, used, limits[limit], *quota)
    yield from _of_service(answers, "Elastic IPs", ("addresses", "Addresses"), "eip quota", EIPS)
    certificates = ("certificates", "CertificateSummaryList")
    yield from _of_service(answers, "certificates", certificates, "certificate quota", CERTIFICATE_QUOTA)
    for limit, what in PER_BALANCER.items():
        if limit in limits:
            yield Quota(what, None, limits[limit])


def _of_service(
    answers: Mapping[str, Answer], what: str, listed: tuple[str, str], quota: str, code: tuple[str, str]
) -> Iterator[Quota]:
    used = _number(answers[listed[0]], listed[1])
    most = (answers[quota].get("Quota") or {}).get("Value")
    if used is not None and most is not None:
        yield Quota(what, used, int(most), *code)


def _number(answer: Answer, field: str) -> int | None:
    return None if _is_missing(answer) or field not in answer else len(answer[field])


def _is_missing(answer: Answer) -> bool:
    return answer in (DENIED_ANSWER, FAILED_ANSWER)


def _lock(answer: Answer) -> Check:
    """The locks and run records are parameters of the standard tier, which cost nothing."""
    if answer == DENIED_ANSWER:
        fix = "allow ssm:GetParametersByPath for /elbplan/*: apply takes a lock there"
        return Check("lock", "failed", "AWS denies Parameter Store, where the locks and run records are", fix)
    if answer == FAILED_ANSWER:
        return unknown("lock", "Parameter Store does not answer")
    return ok("lock", "Parameter Store answers: locks and run records can be read")
