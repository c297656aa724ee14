"""Fingerprints that stand in files stay true when elbplan learns more of AWS's defaults."""

from __future__ import annotations

from elbplan.core.address import Address
from elbplan.core.fingerprint import ResourceNames, fingerprint
from elbplan.core.simulate import State
from elbplan.kinds import KINDS
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.target_group import TargetGroup

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
