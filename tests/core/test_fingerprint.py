"""Fingerprints that stand in files stay true when elbplan learns more of AWS's defaults."""

from __future__ import annotations

from pathlib import Path

from elbplan.core.address import Address
from elbplan.core.fingerprint import Hashes, ResourceNames, fingerprint
from elbplan.core.simulate import State
from elbplan.kinds import KINDS
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.target_group import TargetGroup
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load

MAIN, WEB = Address("load_balancer", "main"), Address("target_group", "web")
SHIFT = "zonal_shift.config.enabled"


def text(**attributes: str) -> str:
    balancer = LoadBalancer(subnets=("a", "c"), attributes={k.replace("__", "."): v for k, v in attributes.items()})
    state: State = {MAIN: balancer, WEB: TargetGroup(port=80, protocol="TCP")}
    return fingerprint(state, KINDS).text


def test_a_default_that_was_learned_later_changes_no_fingerprint() -> None:
    state: State = {MAIN: LoadBalancer(subnets=("a", "c")), WEB: TargetGroup(port=80, protocol="TCP")}
    for address, resource in state.items():
        learned = KINDS[address.kind].learned(resource)
        assert learned
        assert not learned.keys() & ResourceNames(state, KINDS).body(resource)["attributes"].keys()


def test_what_somebody_says_counts_whether_it_is_the_default_or_not() -> None:
    said = {SHIFT.replace(".", "__"): "false"}
    assert text(**said) != text()
    assert text(**{SHIFT.replace(".", "__"): "true"}) not in (text(), text(**said))


def test_shared_hashes_change_no_fingerprint() -> None:
    """The states of the shop: replacements, resources that refer to themselves, references to new sides."""
    migrations = load(Folder.of("shop", Path(__file__).parents[2] / "migrations"))
    hashes: Hashes = {}
    states = [state for migration in migrations for state in migration.states]
    assert [fingerprint(s, KINDS, hashes) for s in states] == [fingerprint(s, KINDS) for s in states]
    assert len(hashes) < sum(map(len, states)) / 3, "most states share most of their resources"
