"""Quotas that the plan itself exceeds, or the account with it: security groups, hosted zones, health checks.

AWS's defaults: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetAccountLimit.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ...core.call import Answer, ReadProgram
from ...core.permission import reads
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..aws.ingress_rules import IngressRule
from ..aws.service_quota import ServiceQuota
from ..hosted_zone import HostedZone
from ..load_balancer import LoadBalancer
from ..route53_health_check import Route53HealthCheck
from ..security_group import SecurityGroup
from .asking import LATER, asked, asked_quota, is_known, quota_of, written

RULES, GROUPS = "L-0EA8095F", "L-2AFB9258"
"""Inbound or outbound rules per security group; security groups per network interface."""
DEFAULTS = {RULES: 60, GROUPS: 5}
WORDS = {RULES: "rules in one direction", GROUPS: "security groups"}
ACCOUNT = {
    HostedZone.kind: ("MAX_HOSTED_ZONES_BY_OWNER", "hosted zones"),
    Route53HealthCheck.kind: ("MAX_HEALTH_CHECKS_BY_OWNER", "health checks"),
}


NO_LISTS: Mapping[str, tuple[str, int]] = MappingProxyType({})


class Wanted(NamedTuple):
    """What a resource wants of a quota that AWS raises on request."""

    who: str
    code: str
    number: int


PrefixLists = Mapping[str, tuple[str, int]]
"""By id of a prefix list, its address family, and how many rules it counts for."""


def _counted(rules: Iterable[IngressRule], lists: PrefixLists) -> int:
    """How many rules AWS counts in one direction: those for IPv4, or those for IPv6 if they are more.

    A security group counts once in both, a prefix list as its maximum number of entries; 1 if that is unknown.
    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    """
    counts = {"IPv4": 0, "IPv6": 0}
    for rule in rules:
        family, number = lists.get(rule.prefix_list or "", ("", 1))
        family = family or ("" if rule.cidr is None else "IPv6" if ":" in rule.cidr else "IPv4")
        for name in (family,) if family in counts else counts:
            counts[name] += number
    return max(counts.values())


def _prefix_lists(resource: Resource) -> list[str]:
    rules = (*resource.ingress, *(resource.egress or ())) if isinstance(resource, SecurityGroup) else ()
    return sorted({rule.prefix_list for rule in rules if rule.prefix_list})


def _read_prefix_lists(plan: Plan) -> ReadProgram[PrefixLists]:
    """The prefix lists in the security groups that the plan writes."""
    ids = sorted({id for _, _, after in written(plan, SecurityGroup) for id in _prefix_lists(after)})
    if not ids:
        return {}
    filters = [{"Name": "prefix-list-id", "Values": ids}]
    (answer,) = yield [asked("ec2", "DescribeManagedPrefixLists", {"Filters": filters})]
    found = answer.get("PrefixLists", ()) if is_known(answer) else ()
    return {raw["PrefixListId"]: (raw.get("AddressFamily") or "", raw.get("MaxEntries") or 1) for raw in found}


def _above_default(resource: Resource, who: str = "", lists: PrefixLists = NO_LISTS) -> Iterator[Wanted]:
    """What is above AWS's default, so that only an account with a higher quota can have it."""
    wanted = []
    if isinstance(resource, SecurityGroup):
        sides = (resource.ingress, resource.egress or ())
        wanted.append(Wanted(who, RULES, max(_counted(rules, lists) for rules in sides)))
    if isinstance(resource, LoadBalancer):
        wanted.append(Wanted(who, GROUPS, len(resource.security_groups or ())))
    return (want for want in wanted if want.number > DEFAULTS[want.code])


def _has_many(resource: Resource) -> Iterable[str]:
    """A value for a resource that is above a default, or that may be because of a prefix list."""
    return ["*"] if any(_above_default(resource)) or _prefix_lists(resource) else []


def _has_lists(resource: Resource) -> Iterable[str]:
    return ["*"] if _prefix_lists(resource) else []


def _of_route53(resource: Resource) -> Iterable[str]:
    return ["*"] if resource.kind in ACCOUNT else []


PERMISSIONS = (
    *reads("ec2:DescribeManagedPrefixLists", verbs=("compare",), each=_has_lists, without_it=LATER),
    *reads("servicequotas:GetServiceQuota", verbs=("compare",), each=_has_many, without_it=LATER),
    *reads("route53:GetAccountLimit", verbs=("compare",), each=_of_route53, without_it=LATER),
)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each quota that is too low. Asks only for quotas that the plan comes near."""
    lists = yield from _read_prefix_lists(plan)
    wanted = [
        want
        for model in (SecurityGroup, LoadBalancer)
        for address, _, after in written(plan, model)
        for want in _above_default(after, str(address), lists)
    ]
    wanted = list(dict.fromkeys(wanted))
    codes = sorted({want.code for want in wanted})
    new = {kind: sum(s.do == "create" and s.address.kind == kind for s in plan.steps) for kind in ACCOUNT}
    kinds = [kind for kind, count in new.items() if count]
    asks = [asked_quota(ServiceQuota("vpc", code)) for code in codes]
    asks += [asked("route53", "GetAccountLimit", {"Type": ACCOUNT[kind][0]}) for kind in kinds]
    answers = (yield asks) if asks else ()
    quotas, limits = dict(zip(codes, answers, strict=False)), dict(zip(kinds, answers[len(codes) :], strict=True))
    return [
        *(refusal for want in wanted for refusal in _quota(want, quotas[want.code])),
        *(refusal for kind in kinds for refusal in _account(new[kind], ACCOUNT[kind][1], limits[kind])),
    ]


def _quota(want: Wanted, answer: Answer) -> Iterator[Refusal]:
    most = quota_of(answer)
    if most is not None and want.number > most:
        hint = f"make the spec smaller, or ask AWS for more: {ServiceQuota('vpc', want.code).increase(want.number)}"
        yield Refusal(
            f"{want.who}: it has {want.number} {WORDS[want.code]}, and this account's quota is {int(most)}", hint
        )


def _account(new: int, words: str, answer: Answer) -> Iterator[Refusal]:
    most = answer.get("Limit", {}).get("Value") if is_known(answer) else None
    if most is not None and answer.get("Count", 0) + new > most:
        what = f"the plan makes {new} {words}, this account has {answer['Count']}, and its quota is {most}"
        yield Refusal(what, "delete those that nobody uses, or ask AWS for more (Service Quotas, Route 53)")
