"""Reads a load balancer that exists, with everything that belongs to it, into the models of the kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..core.address import Address, AwsId, Ref
from ..core.call import Answer, Call, ReadProgram
from ..core.kind import LiveResource, Scope
from ..core.resource import Resource, is_foreign, references, rewrite
from ..errors import Refused
from ..kinds import KINDS
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.certificate import Certificate
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.rule import Rule
from ..kinds.shield_protection import ShieldProtection
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.unnamed_rules import UNNAMED
from ..live.batch import BatchReader
from .claims import BALANCER, Claims, claims_of, stack_name
from .classic.read import classic_survey, read_classic
from .classic.translate import translate
from .edge import edge_of
from .find import RawBalancer, find_balancer, is_classic
from .inexpressible import not_expressible
from .labels import labels_of
from .lookups import lookups_of
from .owners import owner_of
from .records import records_of
from .source import ImportSource
from .survey import Survey, survey
from .target_owners import attached_scaling_groups, further_targets, other_registrar
from .words import has_words

Resources = dict[Address, Resource]
FOLLOWERS = ("targets",)
"""Kinds without ids of their own."""
READ = ("load_balancer", "security_group", "certificate", "target_group", "targets", "listener", "rule")


def read_source(
    send: Callable[[Call], Answer], region: str, account: str, word: str, stack: str | None = None
) -> ImportSource:
    """What AWS has of the load balancer that `word` names; `stack` has its name by default. Only reads.

    Raises ElbplanError if there is none; Refused for a load balancer of a stack, and if AWS has a stack of this name
    already.
    """
    reader = BatchReader(send)
    (balancer,) = reader.run([find_balancer(word, region)])
    return read_any(reader, region, account, balancer, stack)


def read_any(
    reader: BatchReader, region: str, account: str, balancer: RawBalancer, stack: str | None = None
) -> ImportSource:
    """The same for a load balancer that is described already, also for a Classic one."""
    if is_classic(balancer):
        (facts,) = reader.run([read_classic(balancer)])
        source = translate(facts, region, account)
        return replace(source, lookups=lookups_of(reader, region, classic_survey(facts), source.resources))
    return read_balancer(reader, region, account, balancer, stack or stack_name(balancer["LoadBalancerName"]))


def read_balancer(reader: BatchReader, region: str, account: str, balancer: RawBalancer, stack: str) -> ImportSource:
    """The same for a load balancer that is described already."""
    (seen,) = reader.run([survey(balancer)])
    claims = claims_of(seen)
    resources = _live_resources(reader, region, claims, stack)
    resources |= records_of(seen, claims)
    resources |= edge_of(seen.associations, BALANCER)
    resources = _expressible(_without_targets_of_others(resources, seen, claims), claims)
    resources, ids = _renumbered(resources, claims.ids)
    return ImportSource(
        name=balancer["LoadBalancerName"],
        title=f"{balancer['Type']} load balancer {balancer['LoadBalancerName']}",
        arn=seen.arn,
        region=region,
        account=account,
        resources=_with_tags(resources, ids, seen),
        ids=ids,
        owner=owner_of(seen.tags.get(id, {}) for id in claims.ids.values()),
        tags={address: seen.tags.get(id, {}) for address, id in ids.items()},
        lookups=lookups_of(reader, region, seen, resources),
        labels=labels_of(seen),
        not_imported=(*claims.strangers, *not_expressible(seen), *seen.unread),
    )


def _live_resources(reader: BatchReader, region: str, claims: Claims, stack: str) -> Resources:
    """The models of what is claimed, as the kinds read them. They refer to each other by address."""
    scope = Scope(region, {stack: {}}, adopt={stack: claims.ids})
    kinds = {address.kind for address in claims.ids} | set(FOLLOWERS)
    programs: list[ReadProgram[Any]] = [KINDS[kind].read(scope) for kind in READ if kind in kinds]
    lives: list[LiveResource[Resource]] = [live for found in reader.run(programs) for live in found.ours.get(stack, ())]
    known = {id: address for address, id in claims.ids.items()}
    if owned := [live for live in lives if live.id not in known and live.address.kind != Targets.kind]:
        what = f"AWS already has a stack `{stack}`: {owned[0].address} ({owned[0].id})"
        raise Refused(what, hint="choose another name: --stack NAME")
    return {live.address: _named(live.model, known) for live in lives}


def _named(model: Resource, known: Mapping[str, Address]) -> Resource:
    def name(ref: Ref) -> tuple[Ref, ...]:
        return (known.get(ref.value, ref),) if isinstance(ref, AwsId) else (ref,)

    return rewrite(model, name)


def _without_targets_of_others(resources: Resources, seen: Survey, claims: Claims) -> Resources:
    """Without the targets that an Auto Scaling group or a service registers: the spec must not list these."""
    kept = dict(resources)
    for address in [address for address, resource in resources.items() if isinstance(resource, TargetGroup)]:
        targets, arn = Address(Targets.kind, address.name), claims.ids[address]
        if attached := attached_scaling_groups(seen, arn):
            refs = tuple(group.ref for group in attached)
            attachment = Address(AutoScalingAttachment.kind, address.name)
            kept[attachment] = AutoScalingAttachment(group=address, auto_scaling_groups=refs)
            kept.pop(targets, None)
            for id in further_targets(seen, arn, attached):
                claims.leave(f"target {id} of {address}", "a spec lists no targets beside an Auto Scaling group")
        elif targets in resources and (registrar := other_registrar(seen, arn)):
            claims.leave(f"targets of {address}", f"{registrar} registers them")
            del kept[targets]
    return kept


def _expressible(resources: Resources, claims: Claims) -> Resources:
    """Without what a spec cannot say, and without what refers to that. Raises Refused for the load balancer itself."""
    kept = dict(resources)
    for address, why in _inexpressible(resources):
        if address == BALANCER:
            raise Refused(f"elbplan cannot import this load balancer: {why}", hint="nothing was changed or written")
        claims.leave(str(address), why)
        del kept[address]
        claims.ids.pop(address, None)
    lost = [a for a, r in kept.items() if any(isinstance(ref, Address) and ref not in kept for ref in references(r))]
    for address in lost:
        ref = next(r for r in references(kept[address]) if isinstance(r, Address) and r not in kept)
        claims.leave(str(address), f"it refers to {ref}, which the spec does not have")
    rest = {address: resource for address, resource in kept.items() if address not in lost}
    for address in lost:
        claims.ids.pop(address, None)
    return _expressible(rest, claims) if lost else rest


def _inexpressible(resources: Resources) -> Iterator[tuple[Address, str]]:
    for address, resource in resources.items():
        if is_foreign(resource):
            yield address, "AWS has a value there that a spec cannot have"
        elif isinstance(resource, Certificate) and _lacks_records(resource):
            yield address, "a validation record of it is in no public hosted zone of this account"


def _lacks_records(certificate: Certificate) -> bool:
    return certificate.by_records and {p.domain for p in certificate.proofs} != set(certificate.domains)


def _renumbered(resources: Resources, ids: Mapping[Address, str]) -> tuple[Resources, dict[Address, str]]:
    """Rules without a name are numbered by their position; `443-p10` is one of priority 10 in the long form."""
    new: dict[Address, Address] = {}
    count: dict[object, int] = {}
    rules = [(address, rule) for address, rule in resources.items() if isinstance(rule, Rule)]
    for address, rule in sorted(rules, key=lambda pair: pair[1].priority):
        short, match = has_words(rule.conditions), UNNAMED.fullmatch(address.name)
        count[rule.listener] = number = count.get(rule.listener, 0) + short
        if match:
            name = f"r{number}" if short else f"p{rule.priority}"
            new[address] = Address(Rule.kind, f"{match['listener']}-{name}")
    renamed = {new.get(address, address): resource for address, resource in resources.items()}
    order = {kind: place for place, kind in enumerate(KINDS)}
    renamed = dict(sorted(renamed.items(), key=lambda pair: (order[pair[0].kind], _place(*pair))))
    known = {id: new.get(address, address) for address, id in ids.items()}
    by_address = {address: id for id, address in known.items()}
    return renamed, {address: by_address[address] for address in renamed if address in by_address}


def _place(address: Address, resource: Resource) -> tuple[str, int, str]:
    """Rules in the order of their priorities, listeners by port, everything else by name."""
    if isinstance(resource, Rule):
        return str(resource.listener), resource.priority, ""
    return "", resource.port or 0 if isinstance(resource, Listener) else 0, address.name


def _with_tags(resources: Resources, ids: Mapping[Address, str], seen: Survey) -> Resources:
    """The resources with the tags that they have; those of AWS itself cannot be written."""
    return {
        address: _settled(resource, _user_tags(seen.tags.get(ids.get(address, ""), {})), seen)
        for address, resource in resources.items()
    }


def _settled(resource: Resource, tags: Mapping[str, str], seen: Survey) -> Resource:
    if not KINDS[resource.kind].taggable or isinstance(resource, ShieldProtection):
        return resource
    named = tags.get("Name") == getattr(resource, "name", None)  # elbplan writes this tag itself
    changed: dict[str, Any] = {"tags": {key: value for key, value in tags.items() if key != "Name" or not named}}
    if isinstance(resource, LoadBalancer):
        changed["records"] = ()
        changed["minimum_capacity_units"] = seen.associations.capacity_units
    if isinstance(resource, TargetGroup):
        changed["balancer"] = BALANCER if resource.balancer else None
    return resource.model_copy(update=changed)


def _user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in sorted(tags.items()) if not key.startswith(("aws:", "elbplan:"))}
