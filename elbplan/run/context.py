"""The context of a step: the ids and facts of resources that are known at this moment of the run."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.cause import UNKNOWN_SERVER, Cause, ServerFacts
from ..core.kind import LiveResource
from ..core.plan import Plan, Step
from ..core.resource import Resource
from ..errors import ElbplanError
from ..kinds.aws.ownership import ownership
from ..kinds.aws.target_ids import group_arn_of


class KnownResources:
    """Ids and facts by address: first those of the plan, then those that its steps add. Thread-safe."""

    def __init__(self, plan: Plan) -> None:
        self._lock = threading.Lock()
        self._plan = plan
        self.causes = plan.causes
        self.lives = plan.lives
        self.ids: dict[Address, str] = {address: live.id for address, live in plan.lives.items()}
        self.facts: dict[Address, dict[str, str]] = {a: dict(live.facts) for a, live in plan.lives.items()}
        writes = (step for step in plan.steps if step.do in ("create", "update"))
        self.written = {step.address: step.after for step in writes if step.after}

    def learn(self, address: Address, facts: Mapping[str, str]) -> None:
        """Adds the facts that the calls of a step returned."""
        with self._lock:
            if "id" in facts:
                self.ids[address] = facts["id"]
            self.facts.setdefault(address, {}).update(facts)

    def resource(self, ref: Ref) -> Resource | None:
        """A resource of the stack as the plan wants it, or as AWS has it if the plan deletes it."""
        if not isinstance(ref, Address):
            return None
        live = self._plan.lives.get(ref)
        return self._plan.desired.get(ref) or (live.model if live else None)

    def server(self, id: str) -> ServerFacts:
        """The facts of the plan; a server of the stack has its name there."""
        if id in self._plan.server_facts:
            return self._plan.server_facts[id]
        address = next((address for address, known in list(self.ids.items()) if known == id), None)
        if address is None:
            return UNKNOWN_SERVER
        return ServerFacts(address.label, since=self.facts.get(address, {}).get("since", ""))

    def id(self, ref: Ref) -> str:
        """The AWS id. Raises ElbplanError if the resource does not exist yet."""
        if isinstance(ref, AwsId):
            return ref.value
        if isinstance(ref, Lookup):
            raise ElbplanError(f"{ref.what} {ref.query} was never looked up")
        if ref not in self.ids:
            raise ElbplanError(f"{ref} does not exist yet")
        return group_arn_of(self.ids[ref])


@dataclass(frozen=True)
class RunStepContext:
    """The `StepContext` of one step of one run. `run` makes the tokens of two runs differ."""

    stack: str
    region: str
    address: Address
    name: str
    live: LiveResource[Resource] | None
    known: KnownResources
    run: str

    @classmethod
    def of(cls, plan: Plan, step: Step, known: KnownResources, run: str) -> RunStepContext:
        """The context of a step. An earlier step of this run may have created its live resource."""
        live = plan.lives.get(step.address)
        if live is None and step.address in known.ids and step.before is not None:
            live = LiveResource(step.address, known.ids[step.address], step.before, known.facts.get(step.address, {}))
        return cls(plan.stack, plan.region, step.address, step.name, live, known, run)

    @property
    def written(self) -> Mapping[Address, Resource]:
        return self.known.written

    @property
    def lives(self) -> Mapping[Address, LiveResource[Resource]]:
        return self.known.lives

    @property
    def token(self) -> str:
        """32 hex digits for AWS's idempotency: the same for each attempt of this step, and for no other step."""
        text = f"{self.run} {self.stack} {self.address.kind}.{self.address.name}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def id(self, ref: Ref) -> str:
        return self.known.id(ref)

    def others(self) -> tuple[str, ...]:
        same = (a for a in list(self.known.ids) if a[:2] == self.address[:2] and a != self.address)
        return tuple(self.known.ids[address] for address in sorted(same))

    def fact(self, ref: Ref, name: str) -> str:
        return self.known.facts.get(ref, {}).get(name, "") if isinstance(ref, Address) else ""

    def resource(self, ref: Ref) -> Resource | None:
        return self.known.resource(ref)

    def server(self, id: str) -> ServerFacts:
        return self.known.server(id)

    @property
    def known_cause(self) -> Cause | None:
        return self.known.causes.get(self.address)

    def tags(self, resource: Resource) -> dict[str, str]:
        return ownership(self.stack, self.address, resource.tags)
