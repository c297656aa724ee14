"""Asks AWS for what stands before the load balancers: the web ACLs that specs and migration files name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import ReadProgram
from ..core.plan import Refusal
from ..core.resource import Resource, references
from ..core.suggest import did_you_mean
from ..kinds.aws.web_acls import ARN, WebAcls, web_acls
from .lookups import LookupFacts

WEB_ACL = "web_acl"


@dataclass(frozen=True)
class EdgeFacts:
    """What AWS has.

    web_acls  the web ACLs of the region; None if nothing names one, or if AWS denies the list
    lookups   what the specs and files call web ACLs
    """

    web_acls: WebAcls | None = None
    lookups: Collection[Lookup] = field(default_factory=frozenset)

    def added_to(self, facts: LookupFacts) -> LookupFacts:
        """The facts with the web ACLs that these lookups find."""
        known = self.web_acls or {}
        found = {lookup: _found(known, lookup) for lookup in self.lookups}
        return replace(facts, found={**facts.found, **found}, web_acls=known) if found else facts


def _found(known: WebAcls, lookup: Lookup) -> Sequence[str]:
    arn = known.get(lookup.query.removeprefix("name:"))
    return [arn] if arn else []


def read_edge(resources: Iterable[Resource], file_references: Collection[Ref]) -> ReadProgram[EdgeFacts]:
    """Lists the web ACLs of the region if a resource or a file names one. Needs the list only for names in specs."""
    named = [ref for resource in resources for ref in references(resource)]
    wanted = {ref for ref in named if isinstance(ref, Lookup) and ref.what == WEB_ACL}
    lookups = wanted | {ref for ref in file_references if isinstance(ref, Lookup) and ref.what == WEB_ACL}
    arns = [ref for ref in named if isinstance(ref, AwsId) and ARN.fullmatch(ref.value)]
    if not lookups and not arns:
        return EdgeFacts()
    return EdgeFacts((yield from web_acls(needed=bool(wanted))), lookups)


def missing_web_acl(lookup: Lookup, facts: LookupFacts) -> str:
    """The message for a name that no web ACL has."""
    name = lookup.query.removeprefix("name:")
    hint = did_you_mean(name, facts.web_acls) if facts.web_acls else "there is none with the scope REGIONAL"
    return f"there is no web ACL {name} in {facts.region}" + (f" ({hint})" if hint else "")


def edge_problems(desired: Mapping[Address, Resource], facts: EdgeFacts) -> list[Refusal]:
    """A refusal for each web ACL that a spec names by its ARN and AWS does not have."""
    if facts.web_acls is None:
        return []
    known = set(facts.web_acls.values())
    return [
        _missing_arn(address, ref.value, facts.web_acls)
        for address, resource in desired.items()
        for ref in dict.fromkeys(references(resource))
        if isinstance(ref, AwsId) and ARN.fullmatch(ref.value) and ref.value not in known
    ]


def _missing_arn(address: Address, arn: str, known: WebAcls) -> Refusal:
    names = ", ".join(sorted(known)) or "none"
    hint = f"write the name or ARN of a web ACL that exists (in this account and region: {names})"
    return Refusal(f"{address}: there is no web ACL {arn}", hint)
