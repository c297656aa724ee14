"""The short form of what an import found, as far as the short form can say it. Pure.

The result may say less than AWS has; `complete` in `rest.py` adds what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.address import Address, Lookup
from ..core.duration import duration_text
from ..kinds import KINDS
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.aws.auto_scaling import scaling_group_name
from ..kinds.certificate import Certificate
from ..kinds.listener import SECURE, Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.web_acl_association import WebAclAssociation
from ..spec.expand.listeners import POLICIES
from ..spec.expand.rules import STEP
from .balancer_words import setting_words, subnet_entries
from .certificate_words import certificate_words
from .claims import BALANCER
from .edge import WEB_ACL, log_words
from .listener_words import settings_words
from .login_words import leading_words, rewrite_words
from .lookups import DEFAULT_VPC, EVERY_ZONE
from .source import ImportSource
from .words import Words, action_words, condition_words, has_words

TLS = {policy: word for word, policy in POLICIES.items()}
SECURITY_GROUP = Address("security_group", "lb")
MANAGED_CERTIFICATE = Address("certificate", "main")


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
            **self._web_acl(),
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
        known = {} if self.balancer.pins else self.source.lookups
        if DEFAULT_VPC in known and EVERY_ZONE in known:
            return {}
        letters = sorted(lookup.query for lookup in known if lookup.what == "subnet")
        if DEFAULT_VPC in known and letters:
            return {"zones": letters}
        vpcs = {str(r.vpc) for r in self.resources.values() if isinstance(r, SecurityGroup | TargetGroup) and r.vpc}
        return {"network": {"vpc": min(vpcs, default="default"), "subnets": subnet_entries(self.balancer)}}

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

    def _names(self) -> list[Record]:
        """The A records, if the short form makes exactly these: with `ip: dualstack`, also an AAAA record for each."""
        records = self.of(Record)
        if any(record.set_identifier or record.health_check for record in records.values()):
            return []
        names = [record for record in records.values() if record.type == "A"]
        types = ("A", "AAAA") if self.balancer.ip_address_type.startswith("dualstack") else ("A",)
        made = {(record.name, str(record.zone), type) for record in names for type in types}
        there = {(record.name, str(record.zone), record.type) for record in records.values()}
        unique = len({record.name for record in names}) == len(names)
        return names if made == there and unique else []

    def certificate_of_domains(self) -> bool:
        """True if the certificate `main` is for exactly the names of the records, and each listener's default."""
        certificate = self.resources.get(MANAGED_CERTIFICATE)
        names = {record.name for record in self._names()}
        secure = [listener for listener in self.of(Listener).values() if listener.protocol in SECURE]
        return (
            isinstance(certificate, Certificate)
            and bool(names)
            and set(certificate.domains) == names
            and bool(secure)
            and all(listener.certificate == MANAGED_CERTIFICATE for listener in secure)
        )

    def _domain(self) -> Words:
        names = self._names()
        if not names:
            return {}
        self.covered |= set(self.of(Record))
        self.covered |= {MANAGED_CERTIFICATE} if self.certificate_of_domains() else set()
        domains = [self._domain_words(record) for record in names]
        single = domains[0] if len(domains) == 1 else domains
        words: Words = {"domain": [single] if isinstance(single, dict) else single}
        return words if self.certificate_of_domains() else {**words, "manage": {"certificate": False}}

    def _domain_words(self, record: Record) -> Any:
        lookup = Lookup("hosted_zone", record.name.removeprefix("*."))
        words: Words = {"name": record.name}
        if self.source.lookups.get(lookup) != (record.zone,):
            words["zone"] = str(record.zone)
        words |= {key: True for key in ("take_over", "restore") if getattr(record, key)}
        if self.certificate_of_domains():
            words |= certificate_words(self.resources[MANAGED_CERTIFICATE], record.name)
        return words if len(words) > 1 else record.name

    # Groups --------------------------------------------------------------------------------------------------------

    def _groups(self) -> Words:
        groups = {
            address.name: self._group(address, group)
            for address, group in self.of(TargetGroup).items()
            if group.target_type in ("instance", "ip") and group.balancer == BALANCER
        }
        if not groups:
            return {}
        return {"targets": groups["web"]} if list(groups) == ["web"] else {"groups": groups}

    def _group(self, address: Address, group: TargetGroup) -> Words:
        words = self._targets(address, group)
        self.covered |= {address, Address(Targets.kind, address.name)} if words else {address}
        usual = {"application": "HTTP", "network": "TCP", "gateway": "GENEVE"}[self.balancer.type]
        words |= {"port": group.port}
        words |= {"protocol": str(group.protocol).lower()} if group.protocol != usual else {}
        if group.protocol_version not in (None, "HTTP1"):
            words["version"] = group.protocol_version.lower()
        words |= {"health": health} if (health := self._health(group)) else {}
        return words | _group_attributes(group.attributes, self.balancer.type)

    def _targets(self, address: Address, group: TargetGroup) -> Words:
        """The targets by id; their ports, and a zone, are no words of the short form."""
        attachment = self.resources.get(Address(AutoScalingAttachment.kind, address.name))
        if isinstance(attachment, AutoScalingAttachment):
            self.covered.add(Address(AutoScalingAttachment.kind, address.name))
            names = [scaling_group_name(ref) for ref in attachment.auto_scaling_groups]
            return {"auto_scaling_group": names if len(names) > 1 else names[0]}
        targets = self.resources.get(Address(Targets.kind, address.name))
        members = targets.members if isinstance(targets, Targets) else ()
        if group.target_type == "ip":
            return {"ips": list(dict.fromkeys(str(member.address) for member in members))} if members else {}
        ids = [str(member.instance) for member in members]
        return {"instances": list(dict.fromkeys(ids))} if ids else {}

    def _health(self, group: TargetGroup) -> Words:
        health = group.health
        words: Words = {
            "path": health.path,
            "every": duration_text(health.interval) if health.interval else None,
            "timeout": duration_text(health.timeout) if health.timeout else None,
            "healthy": health.healthy,
            "unhealthy": health.unhealthy,
            "codes": health.codes,
            "port": health.port if health.port != "traffic-port" else None,
            "protocol": health.protocol.lower() if health.protocol else None,
        }
        return {key: value for key, value in words.items() if value is not None}

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
        if not self.certificate_of_domains():
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

    def _web_acl(self) -> Words:
        association = self.resources.get(WEB_ACL)
        if not isinstance(association, WebAclAssociation):
            return {}
        self.covered.add(WEB_ACL)
        return {"web_acl": str(association.web_acl)}

    def _tags(self) -> Mapping[str, str]:
        """The tags that all resources have. `Name` is the name of one."""
        new = not self.source.ids
        own = [(a, r) for a, r in self.resources.items() if a in self.source.ids or new]
        taggable = [r.tags for a, r in own if KINDS[a.kind].taggable]
        common = dict(taggable[0]) if taggable else {}
        return {k: v for k, v in common.items() if all(tags.get(k) == v for tags in taggable)}


def _certificate(ref: object) -> str:
    return ref.name if isinstance(ref, Address) else str(ref)


def _group_attributes(attributes: Mapping[str, str], type: str) -> Words:
    """`drain`, `slow_start`, `sticky`, and everything else under AWS's own keys."""
    words: Words = {}
    if drain := attributes.get("deregistration_delay.timeout_seconds"):
        words["drain"] = duration_text(int(drain))
    if (slow := attributes.get("slow_start.duration_seconds", "0")) != "0":
        words["slow_start"] = duration_text(int(slow))
    if attributes.get("stickiness.enabled") == "true" and type == "application":
        words["sticky"] = _sticky(attributes)
    return words


def _sticky(attributes: Mapping[str, str]) -> Any:
    kind = attributes.get("stickiness.type", "lb_cookie")
    seconds = duration_text(int(attributes.get(f"stickiness.{kind}.duration_seconds", "86400")))
    cookie = attributes.get("stickiness.app_cookie.cookie_name") if kind == "app_cookie" else ""
    return {"for": seconds, "cookie": cookie} if cookie else seconds
