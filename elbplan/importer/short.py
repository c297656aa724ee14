"""The short form of what an import found, as far as the short form can say it. Pure.

The result may say less than AWS has; `complete` in `rest.py` adds what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.address import Address
from ..kinds import KINDS
from ..kinds.certificate import Certificate
from ..kinds.listener import SECURE, Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup
from ..spec.expand.listeners import POLICIES
from ..spec.expand.rules import STEP
from .balancer_words import setting_words, subnet_entries
from .claims import BALANCER
from .domain_words import certificates_of_domains, domain_entries, domains_of
from .edge import SHIELD, edge_words, log_words
from .group_words import group_words
from .listener_words import settings_words
from .login_words import leading_words, rewrite_words
from .lookups import DEFAULT_VPC, EVERY_ZONE
from .source import ImportSource
from .words import Words, action_words, condition_words, has_words

TLS = {policy: word for word, policy in POLICIES.items()}
SECURITY_GROUP = Address("security_group", "lb")


def short_document(source: ImportSource, stack: str) -> tuple[Words, set[Address]]:
    """The keys of the short form, in the order of docs/spec.md; and the resources that they describe."""
    writer = ShortWriter(source, stack)
    return writer.document(), writer.covered


class ShortWriter:
    """Writes one stack in the words of the short form."""

    def __init__(self, source: ImportSource, stack: str) -> None:
        self.source, self.stack = source, stack
        self.resources = source.resources
        balancer = source.resources[BALANCER]
        assert isinstance(balancer, LoadBalancer)
        self.balancer = balancer
        self.covered = {BALANCER}
        self.dualstack = balancer.ip_address_type.startswith("dualstack")
        self.domains = domains_of(self.of(Record), self.dualstack)
        self.certificates = certificates_of_domains(self.resources, self.domains)

    def of(self, model: type[Any]) -> dict[Address, Any]:
        """The resources of one kind, by address."""
        return {address: resource for address, resource in self.resources.items() if isinstance(resource, model)}

    def document(self) -> Words:
        """Only keys that have another value than the default."""
        every = {
            "name": self.stack,
            "region": self.source.region,
            "type": self.balancer.type if self.balancer.type != "application" else None,
            "access": "internal" if self.balancer.scheme == "internal" else None,
            "ip": self.balancer.ip_address_type if self.balancer.ip_address_type != "ipv4" else None,
            **self._network(),
            "allow": self._allow(),
            **self._domain(),
            **self._groups(),
            "listeners": list(self._listeners()) or None,
            **self._attributes(),
            **setting_words(self.balancer),
            **self._edge(),
            "tags": self._tags() or None,
        }
        return {key: value for key, value in every.items() if value is not None}

    def _network(self) -> Words:
        """The zones and the VPC, and the security groups if none of them is the stack's."""
        words = self._subnets()
        if SECURITY_GROUP in self.resources:
            self.covered.add(SECURITY_GROUP)
        elif self.balancer.type != "gateway":
            groups = list(map(str, self.balancer.security_groups or ()))
            words["network"] = {**words.get("network", {}), "security_groups": groups}
        return words

    def _subnets(self) -> Words:
        known = self.source.lookups
        if DEFAULT_VPC in known and EVERY_ZONE in known:
            return {}
        letters = {ids[0]: lookup.query for lookup, ids in known.items() if lookup.what == "subnet"}
        if DEFAULT_VPC in known and letters:
            usual = {"zones": sorted(letters.values())}
            return {"network": {"subnets": subnet_entries(self.balancer, letters)}} if self.balancer.pins else usual
        vpcs = {str(r.vpc) for r in self.resources.values() if isinstance(r, SecurityGroup | TargetGroup) and r.vpc}
        return {"network": {"vpc": min(vpcs, default="default"), "subnets": subnet_entries(self.balancer, {})}}

    def _allow(self) -> list[str] | None:
        """The sources that the rules of the load balancer's own group let in, if they are the same for each port."""
        group = self.resources.get(SECURITY_GROUP)
        if not isinstance(group, SecurityGroup):
            return None
        sources: dict[int | None, list[str]] = {}
        for rule in group.ingress:
            sources.setdefault(rule.from_port, []).append(str(rule.cidr or rule.group or rule.prefix_list))
        ports = [listener.port for listener in self.of(Listener).values()]
        return next((sorted(sources[port]) for port in ports if port in sources), None)

    # Domains and certificates ------------------------------------------------------------------------------------

    def _domain(self) -> Words:
        if not self.domains:
            return {}
        self.covered |= {address for domain in self.domains for address, _ in domain}
        self.covered |= {a for a, r in self.of(Certificate).items() if r in self.certificates}
        entries = domain_entries(self.source, self.stack, self.domains, self.dualstack)
        words: Words = {"domain": entries[0] if len(entries) == 1 else entries}
        return words if self.certificates else {**words, "manage": {"certificate": False}}

    # Groups --------------------------------------------------------------------------------------------------------

    def _groups(self) -> Words:
        groups: Words = {}
        for address, group in self.of(TargetGroup).items():
            if group.balancer == BALANCER:
                labels = self.source.labels
                groups[address.name], covered = group_words(group, address, self.resources, self.balancer.type, labels)
                self.covered |= covered
        if not groups:
            return {}
        return {"targets": groups["web"]} if list(groups) == ["web"] else {"groups": groups}

    # Listeners -----------------------------------------------------------------------------------------------------

    def _listeners(self) -> Iterator[Words]:
        for address, listener in self.of(Listener).items():
            if listener.load_balancer != BALANCER:
                continue
            self.covered |= {address, *(rule for rule, _ in self._rules(address))}
            words: Words = {"listen": f"{listener.port}/{str(listener.protocol).lower()}"} if listener.port else {}
            words |= self._tls(listener) | settings_words(listener)
            words |= action_words(listener.action) | (leading_words(listener.leading_actions) or {})
            rules = list(self._rule_words(self._rules(address)))
            yield words | ({"rules": rules} if rules else {})

    def _tls(self, listener: Listener) -> Words:
        if listener.protocol not in SECURE:
            return {}
        policy = listener.ssl_policy or ""
        words: Words = {"tls": TLS.get(policy, policy)} if TLS.get(policy) != "recommended" else {}
        if self.certificates:
            return words
        words["certificate"] = _certificate(listener.certificate)
        if listener.more_certificates:
            words["certificates"] = [_certificate(ref) for ref in listener.more_certificates]
        return words

    def _rules(self, listener: Address) -> list[tuple[Address, Rule]]:
        every = self.of(Rule).items()
        rules = [(a, rule) for a, rule in every if rule.listener == listener and has_words(rule.conditions)]
        return sorted(rules, key=lambda pair: pair[1].priority)

    def _rule_words(self, rules: Iterable[tuple[Address, Rule]]) -> Iterator[Words]:
        """The rules in order; with a priority where the order alone would give another one."""
        highest = 0
        for number, (address, rule) in enumerate(rules, 1):
            name = address.name.partition("-")[2]
            words: Words = {"name": name} if name != f"r{number}" else {}
            words |= condition_words(rule.conditions) | (leading_words(rule.leading_actions) or {})
            words |= (rewrite_words(rule.transforms) or {}) | action_words(rule.action)
            usual = (highest // STEP + 1) * STEP
            yield words | ({"priority": rule.priority} if rule.priority != usual else {})
            highest = max(highest, rule.priority)

    # The rest ------------------------------------------------------------------------------------------------------

    def _attributes(self) -> Words:
        attributes = self.balancer.attributes
        words: Words = {}
        words |= log_words(attributes, str(self.balancer.log_bucket or ""))
        if attributes.get("deletion_protection.enabled") == "true":
            words["protect"] = True
        return words

    def _edge(self) -> Words:
        words, covered = edge_words(self.resources, self.balancer, self.source.lookups)
        self.covered |= covered
        return words

    def _tags(self) -> Mapping[str, str]:
        """The tags that all resources have. `Name` is the name of one."""
        new = not self.source.ids
        own = [(a, r) for a, r in self.resources.items() if new or a in self.source.ids or a.kind == SHIELD.kind]
        taggable = [r.tags for a, r in own if KINDS[a.kind].taggable]
        common = dict(taggable[0]) if taggable else {}
        return {k: v for k, v in common.items() if all(tags.get(k) == v for tags in taggable)}


def _certificate(ref: object) -> str:
    return ref.name if isinstance(ref, Address) else str(ref)
