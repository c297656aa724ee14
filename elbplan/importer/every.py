"""All load balancers of a region: which of them an import takes, and why it leaves out the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..core.call import ReadProgram, Tags
from ..kinds.aws.ownership import owner_in_tags
from ..kinds.aws.queries import LOAD_BALANCERS
from .claims import slug
from .classic.read import EVERY_CLASSIC, tags_of
from .find import RawBalancer, is_classic
from .owners import owner_of


@dataclass(frozen=True)
class Candidate:
    """A load balancer of the region.

    title   what it is, for a person
    stack   the name of its stack; empty if it is left out
    why     why it is left out; empty if the import takes it
    """

    raw: RawBalancer
    title: str
    stack: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        """The ARN; the name of a Classic one."""
        return str(self.raw.get("LoadBalancerArn") or self.raw["LoadBalancerName"])


def every_candidate(force: bool) -> ReadProgram[list[Candidate]]:
    """All load balancers by name, with the decision that their tags allow. `force`: also those of other tools."""
    new, old = yield [LOAD_BALANCERS, EVERY_CLASSIC]
    balancers, classic = new["LoadBalancers"], old["LoadBalancerDescriptions"]
    (tags,) = (yield [Tags(tuple(raw["LoadBalancerArn"] for raw in balancers))]) if balancers else ({},)
    named = yield from tags_of([raw["LoadBalancerName"] for raw in classic])
    every = [(raw, tags.get(raw["LoadBalancerArn"], {})) for raw in balancers]
    every += [(raw, named.get(raw["LoadBalancerName"], {})) for raw in classic]
    candidates: list[Candidate] = []
    for raw, own_tags in sorted(every, key=lambda pair: (pair[0]["LoadBalancerName"], is_classic(pair[0]))):
        taken = {candidate.stack for candidate in candidates}
        candidates.append(_candidate(raw, own_tags, force, taken))
    return candidates


def _candidate(raw: RawBalancer, tags: Mapping[str, str], force: bool, taken: Collection[str]) -> Candidate:
    name = raw["LoadBalancerName"]
    title = f"{'Classic' if is_classic(raw) else raw['Type']} load balancer {name}"
    if stack := owner_in_tags(tags):
        return Candidate(raw, title, why=f"it belongs to {stack}")
    owner = owner_of([tags])
    if owner and not force:
        return Candidate(raw, title, why=f"it belongs to {owner.name}: --force imports it nevertheless")
    if not slug(name):
        return Candidate(raw, title, why=f"{name} cannot be the name of a stack: import it with --stack NAME")
    return Candidate(raw, title, stack=_free(slug(name), taken))


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with a number if another load balancer has it."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name[:21]}-{number}"
    return free
