"""Asks AWS for what stands around the load balancers: web ACLs, the subscription of Shield, buckets for logs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import Ask, ReadProgram
from ..core.kind import LiveResource
from ..core.permission import Permission, arn, reads
from ..core.plan import Refusal
from ..core.resource import Resource, references
from ..core.suggest import did_you_mean
from ..kinds.aws.bucket_calls import IDENTITY
from ..kinds.aws.shield_calls import SUBSCRIPTION
from ..kinds.aws.web_acls import ARN, WebAcls, web_acls
from ..kinds.shield_protection import ShieldProtection
from ..kinds.web_acl_association import WebAclAssociation
from .log_buckets import ASKS_A_BUCKET, BucketAnswers, Buckets, bucket_asks, given_logs, log_problems
from .lookups import LookupFacts

WEB_ACL = "web_acl"


def _has_web_acl(resource: Resource) -> Iterable[str]:
    """A value for an association: elbplan lists the web ACLs of the region."""
    return ["*"] if isinstance(resource, WebAclAssociation) else []


def _has_protection(resource: Resource) -> Iterable[str]:
    """A value for a protection by Shield Advanced."""
    return ["*"] if isinstance(resource, ShieldProtection) else []


def _buckets(resource: Resource) -> Iterable[str]:
    """The buckets that a load balancer of the spec names for its logs."""
    return dict.fromkeys(log.bucket for log in given_logs([(NOWHERE, resource)]))


NOWHERE = Address("", "")
GIVEN = "others made the bucket, and the spec names it"
NOT_SEEN = "cannot tell before the first write whether Elastic Load Balancing can write the logs"

PERMISSIONS = (
    *reads("wafv2:ListWebACLs", verbs=("compare",), each=_has_web_acl),
    *reads(
        "shield:GetSubscriptionState",
        verbs=("compare",),
        each=_has_protection,
        without_it="cannot tell before the first write whether the account has Shield Advanced",
    ),
    *(
        Permission(
            action,
            ("compare",),
            (arn("s3", "{}", region="", account=""),),
            each=_buckets,
            without_it=NOT_SEEN,
            why=GIVEN,
        )
        for action in ("s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration")
    ),
)


@dataclass(frozen=True)
class EdgeFacts:
    """What AWS has.

    lookups   what the specs and migration files call web ACLs
    web_acls  the web ACLs of the region; None if nothing names one, or if AWS denies the list
    subscription  of Shield Advanced: ACTIVE or INACTIVE; empty if no spec needs it, or if AWS denies the answer
    buckets   what AWS says of the buckets that specs name for logs
    account   the account, if a spec names such a bucket
    """

    lookups: Collection[Lookup] = field(default_factory=frozenset)
    web_acls: WebAcls | None = None
    subscription: str = ""
    buckets: Buckets = field(default_factory=dict)
    account: str = ""

    def added_to(self, facts: LookupFacts) -> LookupFacts:
        """The facts with the web ACLs that these lookups find."""
        known = self.web_acls or {}
        found = {lookup: _found(known, lookup) for lookup in self.lookups}
        return replace(facts, found={**facts.found, **found}, web_acls=known) if found else facts


def _found(known: WebAcls, lookup: Lookup) -> Sequence[str]:
    arn = known.get(lookup.query.removeprefix("name:"))
    return [arn] if arn else []


def read_edge(
    resources: Collection[tuple[Address, Resource]], file_references: Collection[Ref]
) -> ReadProgram[EdgeFacts]:
    """Asks only for what these resources and files name. Needs the list of web ACLs only for names in specs."""
    named = [ref for _, resource in resources for ref in references(resource)]
    wanted = {ref for ref in named if isinstance(ref, Lookup) and ref.what == WEB_ACL}
    lookups = wanted | {ref for ref in file_references if isinstance(ref, Lookup) and ref.what == WEB_ACL}
    protects = any(isinstance(resource, ShieldProtection) for _, resource in resources)
    names = sorted({log.bucket for log in given_logs(resources)})
    asks: list[Ask] = [SUBSCRIPTION] if protects else []
    asks += [ask for name in names for ask in bucket_asks(name)] + ([IDENTITY] if names else [])
    answers = list((yield asks)) if asks else []
    facts = EdgeFacts(lookups)
    if protects:
        facts = replace(facts, subscription=answers.pop(0).get("SubscriptionState", ""))
    if names:
        parts = [answers[start : start + ASKS_A_BUCKET] for start in range(0, len(answers) - 1, ASKS_A_BUCKET)]
        buckets = {name: BucketAnswers(*part) for name, part in zip(names, parts, strict=True)}
        facts = replace(facts, buckets=buckets, account=answers[-1]["Account"])
    if lookups or any(isinstance(ref, AwsId) and ARN.fullmatch(ref.value) for ref in named):
        facts = replace(facts, web_acls=(yield from web_acls(needed=bool(wanted))))
    return facts


def missing_web_acl(lookup: Lookup, facts: LookupFacts) -> str:
    """The message for a name that no web ACL has."""
    name = lookup.query.removeprefix("name:")
    hint = did_you_mean(name, facts.web_acls) if facts.web_acls else "there is none with the scope REGIONAL"
    return f"there is no web ACL {name} in {facts.region}" + (f" ({hint})" if hint else "")


def edge_problems(
    desired: Mapping[Address, Resource], lives: Sequence[LiveResource[Resource]], facts: EdgeFacts, region: str
) -> tuple[list[Refusal], list[str]]:
    """Why AWS would refuse what stands around the load balancers, and notes about what elbplan cannot see."""
    refusals, notes = log_problems(desired, lives, facts.buckets, region, facts.account)
    known = facts.web_acls
    for address, resource in desired.items() if known is not None else ():
        missing = [r for r in references(resource) if isinstance(r, AwsId) and ARN.fullmatch(r.value)]
        refusals += [_missing_arn(address, ref.value, known or {}) for ref in missing if ref.value not in _arns(known)]
    if facts.subscription == "INACTIVE":
        protections = [address for address, resource in desired.items() if isinstance(resource, ShieldProtection)]
        refusals += [_not_subscribed(address) for address in protections[:1]]
    return refusals, notes


def _arns(known: WebAcls | None) -> Collection[str]:
    return set((known or {}).values())


def _missing_arn(address: Address, arn: str, known: WebAcls) -> Refusal:
    names = ", ".join(sorted(known)) or "none"
    hint = f"write the name or ARN of a web ACL that exists (in this account and region: {names})"
    return Refusal(f"{address}: there is no web ACL {arn}", hint, absent=True)


def _not_subscribed(address: Address) -> Refusal:
    return Refusal(
        f"{address}: this account has no subscription of Shield Advanced",
        "remove `shield: true`; or subscribe in the console of AWS WAF & Shield: 3,000 USD a month for a year, for"
        " all accounts of the organization together",
    )
