"""Plans are drawn in an order that could be done one by one, whatever stack becomes whatever other."""

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

from ..core.kit import Resources, alive, before, desired, ids, plan, step

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
    """What a small stack may ask for."""

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
def test_what_is_as_wanted_needs_no_step(wish: Wish) -> None:
    assert between(wish, wish)[0].empty


@some
@given(old=wishes, new=st.none() | wishes)
def test_nobody_waits_for_what_comes_later_and_no_step_stands_twice(old: Wish, new: Wish | None) -> None:
    drawn, _ = between(old, new)
    done: set[str] = set()
    deeds = []
    for one in drawn.steps:
        assert set(one.needs) <= done, one.id
        assert one.id not in done
        done.add(one.id)
        deeds.append((one.do, one.address, one.until, str(one.before), str(one.after), str(one.moves)))
    assert len(set(deeds)) == len(deeds)


@some
@given(old=wishes, new=st.none() | wishes)
def test_expand_then_switch_then_contract(old: Wish, new: Wish | None) -> None:
    drawn, _ = between(old, new)
    ranks = {one.id: RANK[one.phase] for one in drawn.steps if one.writes}
    for id, rank in ranks.items():
        later = [other for other in before(drawn, id) if ranks.get(other, 0) > rank]
        assert not later, (id, later)


@some
@given(old=wishes, new=wishes)
def test_nothing_goes_before_everything_has_switched(old: Wish, new: Wish) -> None:
    drawn, _ = between(old, new)
    switches = {one.id for one in drawn.steps if one.writes and one.phase == "switch"}
    for one in drawn.steps:
        if one.do == "delete":
            assert switches <= before(drawn, one.id), one.id


@some
@given(old=wishes, new=st.none() | wishes)
def test_a_delete_waits_for_all_that_pointed_at_it(old: Wish, new: Wish | None) -> None:
    drawn, _ = between(old, new)
    for going in (one for one in drawn.steps if one.do == "delete"):
        for other in drawn.steps:
            pointed = going.address in set(references(other.before, loose=False))
            still = other.do != "delete" and going.address in set(references(other.after, loose=False))
            if other.writes and pointed and not still:
                assert other.id in before(drawn, going.id), (going.id, other.id)


@some
@given(old=st.none() | wishes, new=wishes)
def test_a_build_waits_for_what_it_points_at(old: Wish | None, new: Wish) -> None:
    lives = alive(desired(old.spec())) if old else []
    drawn = plan(desired(new.spec()), lives)
    made = {one.address: one.id for one in drawn.steps if one.do == "create"}
    for one in drawn.steps:
        if one.writes:
            pointed = {ref for ref in references(one.after, loose=False) if isinstance(ref, Address)}
            for ref in pointed & set(made) - {one.address}:
                assert made[ref] in before(drawn, one.id), (one.id, ref)


@some
@given(old=st.none() | wishes, new=st.none() | wishes)
def test_the_steps_lead_from_what_is_there_to_what_is_wanted(old: Wish | None, new: Wish | None) -> None:
    """Each step finds what the one before it left; no two rules of a listener ever have the same priority."""
    want = desired(new.spec()) if new else {}
    drawn = plan(want, alive(desired(old.spec())) if old else [])
    state: dict[Address, Any] = {address: live.model for address, live in drawn.lives.items()}
    for one in drawn.steps:
        if one.do == "create":
            assert one.address not in state, one.id
            state[one.address] = as_made(one.after)
        elif one.do == "update":
            assert differing_fields(state[one.address], as_made(one.before)) == (), one.id
            state[one.address] = as_made(one.after)
        elif one.do == "delete":
            del state[one.address]
        for address, priority in one.moves.items():
            state[address] = state[address].model_copy(update={"priority": priority})
        places = [(m.listener, m.priority) for a, m in state.items() if a.kind == "rule"]
        assert len(places) == len(set(places)), one.id
    assert set(state) == set(want)
    for address, model in state.items():
        assert differing_fields(model, KINDS[address.kind].with_live_defaults(want[address], model)) == (), address


@some
@given(old=wishes, new=wishes)
def test_traffic_moves_only_to_targets_that_were_seen_healthy(old: Wish, new: Wish) -> None:
    """A route that is switched to a group whose targets are new waits for their health."""
    drawn, _ = between(old, new)
    gates = {one.address.name: one.id for one in drawn.steps if one.until == "healthy"}
    attached = {g for live in drawn.lives.values() for g in groups(live.model)}
    fresh = {one.address for one in drawn.steps if one.do == "create" and one.address.kind == "target_group"}
    listeners = {one.address for one in drawn.steps if one.do == "create" and one.address.kind == "listener"}
    for one in drawn.steps:
        made_beside = one.do == "create" and (one.address.kind == "listener" or one.after.listener in listeners
                                              if one.address.kind in ("listener", "rule") else False)  # fmt: skip
        if one.phase != "switch" or one.address.kind not in ("listener", "rule") or made_beside:
            continue
        for group in groups(one.after) & fresh - attached:
            if one.do == "update" or group.name in gates:
                assert gates[group.name] in before(drawn, one.id), (one.id, group)


def as_made(resource: Any) -> Any:
    """The resource with AWS's defaults said."""
    return KINDS[resource.kind].with_live_defaults(resource, resource)


def groups(resource: Any) -> set[Any]:
    shares = getattr(getattr(resource, "action", None), "groups", ())
    return {share.group for share in shares if share.weight}


def test_a_new_port_is_attached_at_weight_0_then_seen_healthy_then_served_then_alone() -> None:
    drawn, _ = between(Wish(secure=True), Wish(secure=True, port=8080))
    order = [
        "create target_group.web",
        "create targets.web",
        "update listener.443",
        "wait targets.web healthy",
        "update listener.443 2",
        "update listener.443 3",
    ]
    assert [id for id in ids(drawn) if id in order] == order
    for earlier, later in pairwise(order[2:]):
        assert earlier in before(drawn, later)
    assert step(drawn, "update listener.443").phase == "expand"


def test_all_moves_of_a_listener_are_one_step() -> None:
    old = Wish(rules=("old", "shut", "deep"))
    drawn, _ = between(old, Wish(rules=("deep", "old", "shut")))
    (move,) = [one for one in drawn.steps if one.do == "reorder"]
    assert {address.name for address in move.moves} == {"80-deep", "80-old", "80-shut"}


def test_names_move_last() -> None:
    drawn, _ = between(Wish(), Wish(secure=True))
    switches = [one for one in drawn.steps if one.phase == "switch" and one.writes]
    assert switches[-1].id == "create record.api.example.com"
    assert {one.id for one in switches[:-1]} <= before(drawn, switches[-1].id)


def test_an_old_balancer_serves_until_resolvers_have_forgotten_it() -> None:
    drawn, _ = between(Wish(secure=True), Wish(secure=True, internal=True))
    (wait,) = [one for one in drawn.steps if one.until == "resolvers"]
    (going,) = [one for one in drawn.steps if one.do == "delete" and one.address.kind == "load_balancer"]
    assert wait.id in before(drawn, going.id)
    assert "update record.api.example.com" in before(drawn, wait.id)
