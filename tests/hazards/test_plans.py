"""The planner is held silent: a plan has a hazard only where something really is at risk, also after it was killed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.kind import LiveResource
from elbplan.core.resource import rewrite
from elbplan.core.simulate import State, states_of
from elbplan.errors import Refused
from elbplan.hazards import HAZARDS, Hazard, refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.kinds.aws.target_ids import targets_id
from elbplan.kinds.aws.tls_policies import strength
from tests.e2e import specs
from tests.e2e.test_traffic import CHANGES

from ..core.kit import READY, alive, desired, plan

REAL = {
    "scheme": ("public-exposure", "dns-name-changes"),
    "certificate names back": ("route-removed",),
    "rule removed": ("route-removed",),
    "no more client certificates and headers": ("weaker-encryption", "login-removed"),
    "balancer name": ("dns-name-changes",),
    "from a sticky group to weights": ("sessions-lost",) * 2,
    "groups behind weights are no longer sticky": ("sessions-lost",) * 3,
    "everything at once": ("public-exposure", "dns-name-changes"),
    "second service away": ("route-removed",),
}
"""The changes that lose something: the others have no hazard at all."""


def names(found: Sequence[Hazard]) -> tuple[str, ...]:
    return tuple(hazard.name for hazard in found)


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_has_only_the_hazards_that_are_real(change: str) -> None:
    before, after, _ = CHANGES[change]
    there = alive(desired(before))
    changing = plan(desired(after), there)
    assert names(changing.hazards) == REAL.get(change, ())
    assert all(hazard.remedy and 0 <= hazard.step < len(changing.steps) for hazard in changing.hazards)
    assert names(plan(desired(before), []).hazards) == ()
    assert names(plan({}, there).hazards) == ()


def test_a_new_load_balancer_without_rules_for_private_link_takes_nothing_from_anybody() -> None:
    network = "name: x\nregion: eu-west-1\ntype: network\ntargets: {instances: [i-0aaa], port: 80, protocol: tcp}\n"
    assert names(plan(desired(network + "private_link_rules: false\n"), []).hazards) == ()
    changing = plan(desired(network + "private_link_rules: false\n"), alive(desired(network)))
    assert names(changing.hazards) == ("protection-removed",)


SICK = {
    "load_balancer": "provisioning",
    "instance": "pending",
    "targets": "unwell",
    "certificate": "PENDING_VALIDATION",
}


def id_of(address: Address) -> str:
    """What AWS would call it, two of one address told apart."""
    if address.kind == "targets":
        return targets_id(id_of(Address("target_group", address.name, address.deposed)))
    return f"arn:aws:{address.kind}:{address.name}{address.deposed}"


def lives(state: State, facts: dict[str, str]) -> Iterator[LiveResource[Any]]:
    """AWS as a run leaves it that dies in this state."""

    def named(ref: Any) -> tuple[Any, ...]:
        return (AwsId(id_of(ref)),) if isinstance(ref, Address) else (ref,)

    for address, resource in state.items():
        model = rewrite(resource, named)
        model = KINDS[address.kind].with_live_defaults(model, model)
        if getattr(model, "name", "") is None:
            model = model.model_copy(update={"name": f"shop-{address.name}"})
        yield LiveResource(address._replace(deposed=""), id_of(address), model, {"state": facts.get(address.kind, "")})


DYING = ("target group port", "server image", "scheme", "second service")


@pytest.mark.parametrize("facts", [READY["state"], SICK], ids=["ready", "sick"])
@pytest.mark.parametrize("change", DYING)
def test_after_a_run_that_died_anywhere_there_is_nothing_new_to_allow(change: str, facts: dict[str, str]) -> None:
    before, after, _ = CHANGES[change]
    for there in (alive(desired(before)), []):
        first = plan(desired(after), there)
        passed = list(states_of({live.address: live.model for live in first.lives.values()}, first.steps))
        for state in passed[1::3]:
            again = plan(desired(after), list(lives(state, facts)))
            assert set(names(again.hazards)) <= set(names(first.hazards)), [h.text for h in again.hazards]


@pytest.mark.parametrize(
    ("after", "hazard"),
    [
        (specs.COURSE.replace("/health", "/up"), "health-check-changes"),
        (specs.COURSE + "allow: 0.0.0.0/0\n", ""),
        (specs.COURSE.replace("{port: 80,", "{port: 80, drain: 5s,"), "requests-cut-off"),
        (specs.HTTP, "route-removed"),
    ],
)
def test_a_plan_tells_what_a_spec_risks(after: str, hazard: str) -> None:
    found = plan(desired(after), alive(desired(specs.COURSE))).hazards
    assert hazard in names(found) if hazard else names(found) == ()


def test_all_that_is_not_allowed_is_told_at_once() -> None:
    found = plan(desired(specs.COURSE), alive(desired(specs.INTERNAL))).hazards
    with pytest.raises(Refused) as told:
        refuse_unless_allowed(found, [])
    assert told.value.hint.endswith("add --allow dns-name-changes,public-exposure")
    assert [line.partition(":")[0] for line in told.value.what.splitlines()] == ["public-exposure", "dns-name-changes"]
    with pytest.raises(Refused, match="dns-name-changes: "):
        refuse_unless_allowed(found, ["public-exposure"])
    refuse_unless_allowed(found, ["public-exposure", "dns-name-changes"])


@pytest.mark.parametrize(
    ("policy", "lowest"),
    [
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", (3, True)),
        ("ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", (2, True)),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", (0, True)),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", (2, False)),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", (2, False)),
        ("ELBSecurityPolicy-FS-2018-06", (0, False)),
        ("ELBSecurityPolicy-2016-08", (0, False)),
        (None, None),
    ],
)
def test_a_policy_says_which_versions_it_lets_in(policy: str | None, lowest: tuple[int, bool] | None) -> None:
    assert strength(policy) == lowest


def test_every_hazard_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "migrations.md").read_text(encoding="utf-8")
    assert [name for name in HAZARDS if f"| `{name}` |" not in page] == []
