"""The search for load balancers and target groups: what is found so far, and the calls that look further. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.call import Answer, Call
from ...core.kind import Scope
from .candidates import AT_ONCE, BALANCER, GROUP, TYPES, ElbType, Hints, groups_in, name_in, wanted_names
from .external_targets import health_of
from .listener_attributes import describe_attributes, has_attributes
from .listener_certificates import describe_certificates
from .queries import GONE, balancer_attributes, group_attributes

Raw = Mapping[str, Any]
LISTENER = ":listener/"


@dataclass
class Search:
    """What was found, by ARN, and what was asked.

    scanned  the stacks' own load balancers and target groups, if everything in the account is found already
    single   names and ARNs that AWS did not find together with others: each is asked for alone
    """

    scope: Scope
    hints: Hints = field(default_factory=Hints)
    found: dict[ElbType, dict[str, Raw]] = field(default_factory=lambda: {type: {} for type in TYPES})
    listeners: dict[str, Raw] = field(default_factory=dict)
    rules: dict[str, tuple[str, Raw]] = field(default_factory=dict)
    scanned: frozenset[str] | None = None
    single: set[str] = field(default_factory=set)
    absent: set[tuple[ElbType, str]] = field(default_factory=set)
    asked: set[Asked] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.wanted = wanted_names(self.scope)
        for type in TYPES:
            further = {name for kind, name in self.scope.names if kind == type.kind} - self.wanted[type.kind]
            self.wanted[type.kind] |= further
            self.single |= further

    # Answers -------------------------------------------------------------------------------------------------------

    def learn(self, calls: Sequence[Call], answers: Sequence[Answer]) -> None:
        """Adds what these calls found."""
        for call, answer in zip(calls, answers, strict=True):
            self.asked.add(_asked(call))
            for type in TYPES:
                if call.operation == type.operation:
                    self._learn_described(type, call, answer)
            for raw in answer.get("Listeners", ()):
                self.listeners[raw["ListenerArn"]] = raw
            for raw in answer.get("Rules", ()):
                if not raw.get("IsDefault") and raw.get("Priority") != "default":
                    self.rules[raw["RuleArn"]] = call.params["ListenerArn"], raw

    def _learn_described(self, type: ElbType, call: Call, answer: Answer) -> None:
        self.found[type] |= {raw[type.arn]: raw for raw in answer.get(type.results, ())}
        values = next(iter(call.params.values()))
        key = type.name if "Names" in call.params else type.arn
        if not answer and len(values) > 1:
            self.single.update(values)
        else:
            known = {raw[key] for raw in self.found[type].values()}
            self.absent |= {(type, value) for value in values if value not in known}

    # Questions -----------------------------------------------------------------------------------------------------

    def missing(self) -> list[Call]:
        """The calls that look further; empty at the end of the search."""
        calls = [*self._listener_calls(), *self._rule_calls()]
        if self.scanned is None:
            calls += self._describe_calls()
        if self.scanned is None and not self.scope.alone:
            calls += self._details()
        return [call for call in calls if _asked(call) not in self.asked]

    def _describe_calls(self) -> Iterator[Call]:
        for type in TYPES:
            arns = {arn for arn in self._arns(type) if not self._is_known(type, arn)}
            coming = {name_in(arn) for arn in arns}
            names = self.wanted[type.kind] | self.hints.names.get(type.kind, frozenset())
            yield from self._batches(type, type.arns, arns)
            yield from self._batches(type, "Names", {n for n in names - coming if not self._is_known(type, n)})

    def _is_known(self, type: ElbType, value: str) -> bool:
        """True if the load balancer or group of this name or ARN is described, or does not exist."""
        described = value in self.found[type] or any(raw[type.name] == value for raw in self.found[type].values())
        return described or (type, value) in self.absent

    def _batches(self, type: ElbType, by: str, values: Iterable[str]) -> Iterator[Call]:
        ordered = sorted(values)
        together = [value for value in ordered if value not in self.single]
        for start in range(0, len(together), AT_ONCE):
            yield type.describe(by, together[start : start + AT_ONCE])
        yield from (type.describe(by, [value]) for value in ordered if value in self.single)

    def _arns(self, type: ElbType) -> Iterator[str]:
        """The ARNs that the tag index lists, that others found refer to, and, if alone, that the resources name."""
        named = self.scope.all_named_ids() if self.scope.alone else set()
        yield from (arn for arn in (*self.hints.arns, *named) if type.part in arn)
        if self.scope.alone:
            return
        if type is BALANCER:
            yield from self._balancers_of_groups()
        else:
            yield from self._groups_of_balancers()

    def _groups_of_balancers(self) -> Iterator[str]:
        """The groups to which the listeners and rules of our candidates forward."""
        for raw in self.listeners.values():
            if self._is_candidate(BALANCER, raw["LoadBalancerArn"]):
                yield from groups_in(raw.get("DefaultActions") or ())
        for listener, raw in self.rules.values():
            if self._is_candidate(BALANCER, self.listeners[listener]["LoadBalancerArn"]):
                yield from groups_in(raw.get("Actions") or ())

    def _balancers_of_groups(self) -> Iterator[str]:
        for arn, raw in self.found[GROUP].items():
            if self._is_candidate(GROUP, arn):
                yield from raw.get("LoadBalancerArns") or ()

    def _is_candidate(self, type: ElbType, arn: str) -> bool:
        """False for a load balancer or group that was found only because another one refers to it."""
        if self.scanned is not None:
            return arn in self.scanned
        names = self.wanted[type.kind] | self.hints.names.get(type.kind, frozenset())
        return arn in self.hints.arns or name_in(arn) in names

    def _listener_calls(self) -> Iterator[Call]:
        """The listeners of candidates, of load balancers that use their groups, and those that specs and files name."""
        parents = _with(BALANCER.part, self.scope.named_ids("listener"))
        in_files = self.scope.ids_in_files()
        if not self.scope.alone:
            parents |= {arn for arn in self.found[BALANCER] if self._is_candidate(BALANCER, arn)}
            parents |= set(self._balancers_of_groups())
        listeners = _with(LISTENER, self.scope.named_ids("rule"))
        yield from (_on_balancer(arn) for arn in sorted(parents))
        yield from (_by_arn(arn) for arn in sorted(listeners))
        yield from (_on_balancer(arn, optional=True) for arn in sorted(_with(BALANCER.part, in_files) - parents))
        yield from (_by_arn(arn, optional=True) for arn in sorted(_with(LISTENER, in_files) - listeners))

    def _rule_calls(self) -> Iterator[Call]:
        """The rules of the listeners; if only the stacks' own count, none if the stacks cannot have any."""
        optional = self.scope.alone or (self.scope.lean and self.scanned is None and not self.hints.has_any("rule"))
        if not optional or self.scope.wants("rule"):
            yield from (rules_of(arn) for arn in sorted(self.listeners))

    def _details(self) -> Iterator[Call]:
        """What the kinds read of their own resources: asked before the tags are known, it needs no further round."""
        for arn in self.found[BALANCER]:
            if self._is_candidate(BALANCER, arn):
                yield balancer_attributes(arn)
        for arn in self.found[GROUP]:
            if self._is_candidate(GROUP, arn):
                yield group_attributes(arn)
                yield health_of(arn)
        for arn, raw in self.listeners.items():
            if has_certificates(raw):
                yield describe_certificates(arn)
            if has_attributes(raw):
                yield describe_attributes(arn)


Asked = tuple[str, str]


def _asked(call: Call) -> Asked:
    return call.operation, str(call.params)


def _with(part: str, arns: Iterable[str]) -> set[str]:
    """The ARNs of one type of resource: other fields of a listener refer to certificates and target groups."""
    return {arn for arn in arns if part in arn}


def rules_of(listener: str) -> Call:
    """Lists the rules of a listener."""
    return Call("elbv2", "DescribeRules", {"ListenerArn": listener}, done_if=GONE)


def has_certificates(listener: Raw) -> bool:
    """True if AWS lists certificates for the listener."""
    return listener.get("Protocol") in ("HTTPS", "TLS") or bool(listener.get("Certificates"))


def _on_balancer(arn: str, *, optional: bool = False) -> Call:
    return Call("elbv2", "DescribeListeners", {"LoadBalancerArn": arn}, done_if=GONE, optional=optional)


def _by_arn(arn: str, *, optional: bool = False) -> Call:
    return Call("elbv2", "DescribeListeners", {"ListenerArns": [arn]}, done_if=GONE, optional=optional)
