"""The order of steps, for changes between random stacks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from elbplan.core.address import Address
from elbplan.core.plan import Plan
from elbplan.core.resource import differing_fields, references
from elbplan.kinds import KINDS

from ..core.kit import Resources, alive, before, desired, ids, plan
from ..core.kit import step as step_of

RANK = {"expand": 1, "switch": 2, "contract": 3}
RULES = {
    "api": "      - {name: api, path: /api/*, forward: api}\n",
    "mix": "      - {name: mix, path: /mix/*, forward: {web: 1, api: 3}}\n",
    "old": "      - {name: old, path: /old/*, redirect: {path: /new}}\n",
    "shut": "      - {name: shut, path: /shut/*, respond: 403}\n",
    "deep": "      - {name: deep, path: /deep/*, forward: web}\n",
}


@dataclass(frozen=True)
class Wish:
    """The settings of a small stack."""

    zones: str = "a, c"
    servers: int = 1
    port: int = 80
    secure: bool = False
    internal: bool = False
    script: str = "one"
    rules: tuple[str, ...] = ()

    def spec(self) -> str:
        needs_api = bool({"api", "mix"} & set(self.rules))
        rules = "    rules:\n" + "".join(RULES[rule] for rule in self.rules) if self.rules else ""
        return "".join(
            [
                f"name: shop\nregion: eu-west-1\nzones: [{self.zones}]\n",
                "domain: api.example.com\n" if self.secure else "",
                "access: internal\n" if self.internal else "",
                f"servers:\n  web: {{count: {self.servers}, user_data: {self.script}}}\n",
                "  api: {count: 1}\n" if needs_api else "",
                f"groups:\n  web: {{servers: web, port: {self.port}}}\n",
                "  api: {servers: api, port: 81}\n" if needs_api else "",
                f"listeners:\n  - listen: {'443/https' if self.secure else '80/http'}\n    forward: web\n{rules}",
            ]
        )


wishes = st.builds(
    Wish,
    zones=st.sampled_from(["a, c", "a, b", "a, b, c"]),
    servers=st.integers(1, 3),
    port=st.sampled_from([80, 8080]),
    secure=st.booleans(),
    internal=st.booleans(),
    script=st.sampled_from(["one", "two"]),
    rules=st.lists(st.sampled_from(sorted(RULES)), unique=True).map(tuple),
)
some = settings(max_examples=40, deadline=None, derandomize=True)


def between(old: Wish, new: Wish | None) -> tuple[Plan, Resources]:
    want = desired(new.spec()) if new else {}
    return plan(want, alive(desired(old.spec()))), want


@some
@given(wish=wishes)
def test_equal_resources_need_no_step(wish: Wish) -> None:
    assert between(wish, wish)[0].empty


@some
@given(old=wishes, new=st.none() | wishes)
def test_steps_wait_for_earlier_steps_only_and_no_step_occurs_twice(old: Wish, new: Wish | None) -> None:
    planned, _ = between(old, new)
    done: set[str] = set()
    writes = []
    for step in planned.steps:
        assert set(step.needs) <= done, step.id
        assert step.id not in done
        done.add(step.id)
        writes.append((step.do, step.address, step.until, str(step.before), str(step.after), str(step.moves)))
    assert len(set(writes)) == len(writes)


@some
@given(old=wishes, new=st.none() | wishes)
def test_expand_then_switch_then_contract(old: Wish, new: Wish | None) -> None:
    planned, _ = between(old, new)
    ranks = {step.id: RANK[step.phase] for step in planned.steps if step.writes}
    for id, rank in ranks.items():
        later = [other for other in before(planned, id) if ranks.get(other, 0) > rank]
        assert not later, (id, later)


@some
@given(old=wishes, new=wishes)
def test_deletes_come_after_all_switches(old: Wish, new: Wish) -> None:
    planned, _ = between(old, new)
    switches = {step.id for step in planned.steps if step.writes and step.phase == "switch"}
    for step in planned.steps:
        if step.do == "delete":
            assert switches <= before(planned, step.id), step.id


@some
@given(old=wishes, new=st.none() | wishes)
def test_a_delete_waits_until_nothing_refers_to_the_resource(old: Wish, new: Wish | None) -> None:
    planned, _ = between(old, new)
    for going in (step for step in planned.steps if step.do == "delete"):
        for other in planned.steps:
            pointed = going.address in set(references(other.before, loose=False))
            still = other.do != "delete" and going.address in set(references(other.after, loose=False))
            if other.writes and pointed and not still:
                assert other.id in before(planned, going.id), (going.id, other.id)


@some
@given(old=st.none() | wishes, new=wishes)
def test_a_step_waits_for_the_resources_that_it_refers_to(old: Wish | None, new: Wish) -> None:
    lives = alive(desired(old.spec())) if old else []
    planned = plan(desired(new.spec()), lives)
    made = {step.address: step.id for step in planned.steps if step.do == "create"}
    for step in planned.steps:
        if step.writes:
            pointed = {ref for ref in references(step.after, loose=False) if isinstance(ref, Address)}
            for ref in pointed & set(made) - {step.address}:
                assert made[ref] in before(planned, step.id), (step.id, ref)


@some
@given(old=st.none() | wishes, new=st.none() | wishes)
def test_the_steps_lead_from_the_live_state_to_the_desired_state(old: Wish | None, new: Wish | None) -> None:
    """Each step starts from the state after the step before it. No two rules of a listener have the same priority."""
    want = desired(new.spec()) if new else {}
    planned = plan(want, alive(desired(old.spec())) if old else [])
    state: dict[Address, Any] = {address: live.model for address, live in planned.lives.items()}
    for step in planned.steps:
        if step.do == "create":
            assert step.address not in state, step.id
            state[step.address] = with_aws_defaults(step.after)
        elif step.do == "update":
            assert differing_fields(state[step.address], with_aws_defaults(step.before)) == (), step.id
            state[step.address] = with_aws_defaults(step.after)
        elif step.do == "delete":
            del state[step.address]
        for address, priority in step.moves.items():
            state[address] = state[address].model_copy(update={"priority": priority})
        places = [(m.listener, m.priority) for a, m in state.items() if a.kind == "rule"]
        assert len(places) == len(set(places)), step.id
    assert set(state) == set(want)
    for address, model in state.items():
        assert differing_fields(model, KINDS[address.kind].with_live_defaults(want[address], model)) == (), address


@some
@given(old=wishes, new=wishes)
def test_traffic_moves_only_to_healthy_targets(old: Wish, new: Wish) -> None:
    """A route that switches to a group with new targets waits until they are healthy."""
    planned, _ = between(old, new)
    gates = {step.address.name: step.id for step in planned.steps if step.until == "healthy"}
    attached = {g for live in planned.lives.values() for g in groups(live.model)}
    fresh = {step.address for step in planned.steps if step.do == "create" and step.address.kind == "target_group"}
    listeners = {step.address for step in planned.steps if step.do == "create" and step.address.kind == "listener"}
    for step in planned.steps:
        new_route = step.do == "create" and (step.address.kind == "listener" or step.after.listener in listeners
                                              if step.address.kind in ("listener", "rule") else False)  # fmt: skip
        if step.phase != "switch" or step.address.kind not in ("listener", "rule") or new_route:
            continue
        for group in groups(step.after) & fresh - attached:
            if step.do == "update" or group.name in gates:
                assert gates[group.name] in before(planned, step.id), (step.id, group)


def with_aws_defaults(resource: Any) -> Any:
    """The resource with AWS's defaults filled in."""
    return KINDS[resource.kind].with_live_defaults(resource, resource)


def groups(resource: Any) -> set[Any]:
    shares = getattr(getattr(resource, "action", None), "groups", ())
    return {share.group for share in shares if share.weight}


def test_a_new_port_is_attached_at_weight_0_then_healthy_then_served_then_alone() -> None:
    planned, _ = between(Wish(secure=True), Wish(secure=True, port=8080))
    order = [
        "create target_group.web",
        "create targets.web",
        "update listener.443",
        "wait targets.web healthy",
        "update listener.443 2",
        "update listener.443 3",
    ]
    assert [id for id in ids(planned) if id in order] == order
    for earlier, later in pairwise(order[2:]):
        assert earlier in before(planned, later)
    assert step_of(planned, "update listener.443").phase == "expand"


def test_one_step_reorders_all_rules_of_a_listener() -> None:
    old = Wish(rules=("old", "shut", "deep"))
    planned, _ = between(old, Wish(rules=("deep", "old", "shut")))
    (move,) = [step for step in planned.steps if step.do == "reorder"]
    assert {address.name for address in move.moves} == {"80-deep", "80-old", "80-shut"}


def test_records_change_last() -> None:
    planned, _ = between(Wish(), Wish(secure=True))
    switches = [step for step in planned.steps if step.phase == "switch" and step.writes]
    assert switches[-1].id == "create record.api.example.com"
    assert {step.id for step in switches[:-1]} <= before(planned, switches[-1].id)


def test_an_old_load_balancer_serves_until_resolvers_no_longer_return_it() -> None:
    planned, _ = between(Wish(secure=True), Wish(secure=True, internal=True))
    (wait,) = [step for step in planned.steps if step.until == "resolvers"]
    (going,) = [step for step in planned.steps if step.do == "delete" and step.address.kind == "load_balancer"]
    assert wait.id in before(planned, going.id)
    assert "update record.api.example.com" in before(planned, wait.id)
