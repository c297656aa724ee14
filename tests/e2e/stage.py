"""A test environment: a sandbox with foreign resources, and a stack that tests apply and destroy.

Every apply and destroy asserts the invariants: a second plan is empty and a second apply writes nothing, a destroy
leaves no resource of the stack, foreign resources stay unchanged, and no watched route drops a request.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.run import workflow
from elbplan.run.outcome import Event, Outcome
from elbplan.sandbox.box import Box
from elbplan.spec import load
from tests.direct import direct_session

REGION = "ap-northeast-2"
ZONE = "example.com"


class BoxClock:
    """A clock whose time passes only in `sleep`, together with the sandbox's time."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._now = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self.slept.append(seconds)
        self._box.advance(seconds)


class Stage:
    """A sandbox with one region and any number of stacks."""

    def __init__(self, box: Box) -> None:
        self.box = box
        box.reset()
        self.ids = box.create_defaults(REGION, hosted_zones=[ZONE])
        self.aws = _aws(box.url)
        self.clock = BoxClock(box)
        self.events: list[Event] = []
        self.foreign = self._create_foreign_resources()
        self.last: dict[str, str] = {}

    def client(self, service: str) -> Any:
        return self.box.client(service, REGION)

    # Actions -------------------------------------------------------------------------------------------------------

    def plan(self, spec: str) -> Plan:
        (plan,) = workflow.plan(self.aws, self.stacks(spec), KINDS)
        return plan

    def stacks(self, spec: str) -> list[Any]:
        return load(["-"], stdin=io.StringIO(spec))

    def run(self, plan: Plan, *, when_made: Mapping[str, Callable[[], None]] | None = None) -> Outcome:
        """Applies a plan and returns its outcome. `when_made` maps step ids to functions to call after the step."""

        def tell(event: Event) -> None:
            self.events.append(event)
            if event.what == "done" and event.step.id in (when_made or {}):
                (when_made or {})[event.step.id]()

        return workflow.apply(self.aws, plan, KINDS, tell, self.clock)

    def apply(self, spec: str, *, watch: Iterable[tuple[str, int, str, str]] = ()) -> Plan:
        """Applies a spec and asserts the invariants."""
        if watch:
            self.box.watch(watch)
        plan = self.plan(spec)
        outcome = self.run(plan)
        assert outcome.complete, [(e.step.id, e.text, e.hint) for e in outcome.failed]
        self.assert_settled(spec)
        if watch:
            assert self.box.unanswered() == []
        return plan

    def destroy(self, spec: str) -> Plan:
        """Destroys a stack and asserts the invariants."""
        (plan,) = workflow.plan_destroy(self.aws, self.stacks(spec), KINDS)
        outcome = self.run(plan)
        assert outcome.complete, [(e.step.id, e.text, e.hint) for e in outcome.failed]
        (second,) = workflow.plan_destroy(self.aws, self.stacks(spec), KINDS)
        assert second.empty, [step.id for step in second.steps]
        self.assert_nothing_left(plan.stack, validation="remove_validation: true" not in spec)
        self.assert_foreign_unchanged()
        return plan

    # Invariants ----------------------------------------------------------------------------------------------------

    def assert_settled(self, spec: str) -> None:
        second = self.plan(spec)
        assert second.empty, [(step.id, step.why) for step in second.steps]
        self.box.clear_calls()
        assert self.run(second).complete
        assert self.box.writes() == []
        self.assert_foreign_unchanged()

    def assert_nothing_left(self, stack: str, *, validation: bool = True) -> None:
        """Asserts that no resource of the stack is left; with `validation`, ACM's validation records can stay."""
        assert self.box.tagged(stack) == {}
        assert not [name for name in self.box.snapshot() if f":parameter/elbplan/{stack}/" in name]
        left = [record for record in self.box.records(self.zone) if not (validation and _validates(record))]
        assert {record["Name"].rstrip(".") for record in left} == {ZONE, f"mail.{ZONE}"}

    def assert_foreign_unchanged(self) -> None:
        now = self.box.snapshot(self.foreign)
        changed = [name for name, fields in self.foreign.items() if now[name] != fields]
        assert not changed, [(self.foreign[name], now[name]) for name in changed]

    @property
    def zone(self) -> str:
        return str(self.ids["hosted_zones"][ZONE])

    # Foreign resources -----------------------------------------------------------------------------------------------

    def _create_foreign_resources(self) -> dict[str, Any]:
        before = set(self.box.snapshot())
        ec2, elb = self.client("ec2"), self.client("elbv2")
        vpc, subnets = self.ids["vpc"], self.ids["subnets"]
        group = ec2.create_security_group(GroupName="my-web", Description="not ours", VpcId=vpc)["GroupId"]
        elb.create_target_group(Name="my-web-webs", Protocol="HTTP", Port=80, VpcId=vpc)
        elb.create_load_balancer(
            Name="my-web-2", Subnets=[subnets["a"], subnets["c"]], SecurityGroups=[group], Scheme="internal"
        )
        self.client("acm").request_certificate(DomainName=f"other.{ZONE}", ValidationMethod="DNS")
        record = {"Name": f"mail.{ZONE}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.25"}]}
        changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        self.client("route53").change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=changes)
        self.box.clear_calls()
        self.box.advance(3600)
        after = self.box.snapshot()
        return {name: fields for name, fields in after.items() if name not in before}


def _validates(record: Mapping[str, Any]) -> bool:
    """True if ACM validates a domain by this record."""
    values = [value["Value"] for value in record.get("ResourceRecords", [])]
    return record["Type"] == "CNAME" and all(value.endswith(".acm-validations.aws.") for value in values)


@functools.cache
def _aws(url: str) -> Aws:
    """Returns one client for each sandbox, because creating clients takes longer than most tests."""
    return Aws(REGION, endpoint=url, session=direct_session("test", "test"), parallel=8)
