"""Fingerprints that stand in files stay true when elbplan learns more of AWS's defaults."""

from __future__ import annotations

from pathlib import Path

from elbplan.core.address import Address
from elbplan.core.fingerprint import Hashes, ResourceNames, fingerprint
from elbplan.core.resource import Resource
from elbplan.core.simulate import State
from elbplan.kinds import KINDS
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.target_group import TargetGroup
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load

from .kit import desired

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


def test_a_group_that_shall_have_no_targets_is_in_aws_like_a_group_that_others_fill() -> None:
    empty = desired("name: x\nregion: eu-west-1\ntargets: {instances: [], port: 80}\n")
    group = {address: resource for address, resource in empty.items() if address.kind != "targets"}
    assert len(group) < len(empty)
    assert fingerprint(empty, KINDS).text == fingerprint(group, KINDS).text


def test_shared_hashes_change_no_fingerprint() -> None:
    """The states of the shop: replacements, resources that refer to themselves, references to new sides."""
    migrations = load(Folder.of("shop", Path(__file__).parents[2] / "migrations"))
    hashes: Hashes = {}
    states = [state for migration in migrations for state in migration.states]
    assert [fingerprint(s, KINDS, hashes) for s in states] == [fingerprint(s, KINDS) for s in states]
    assert len(hashes) < sum(map(len, states)) / 3, "most states share most of their resources"


PARTS = {
    "security_group.lb~29d376": "5c553f46",
    "load_balancer.main~472ac8": "0e43e6cf",
    "load_balancer.tcp~fd528e": "62879b0d",
    "elastic_ip.one~44136f": "44136fa3",
    "instance.web-1~b1b2e9": "b1b2e979",
    "target_group.web~a18404": "608f3954",
    "targets.web~6e83b6": "4f74e84c",
    "certificate.main~232264": "232264df",
    "listener.443~2a632a": "d7d3ded5",
    "rule.api~10823f": "6c9b48bc",
    "record.a.example.com~a74444": "ae04b5e0",
}
"""Hashes of model s1 that stand in files of users. A change here makes their files wrong: mend the model instead."""


def resource(address: str, **fields: object) -> tuple[Address, Resource]:
    parsed = Address.parse(address)
    return parsed, KINDS[parsed.kind].model.model_validate(fields)


def test_a_saved_fingerprint_of_each_first_kind_is_still_the_same() -> None:
    """A field that AWS learned to change in place still tells two sides apart (`IDENTITY`)."""
    ports = [{"from_port": 80, "to_port": 80, "cidr": "0.0.0.0/0"}]
    forward = {"type": "forward", "groups": [{"group": "web"}]}
    https = {"port": 443, "protocol": "HTTPS", "certificate": "main"}
    path = {"conditions": [{"field": "path-pattern", "values": ["/api/*"]}]}
    state: State = dict([
        resource("security_group.lb", description="elbplan", vpc="default", ingress=ports),
        resource("load_balancer.main", subnets=["a", "c"], security_groups=["lb"]),
        resource("load_balancer.tcp", type="network", subnets=[], pins=[{"subnet": "a", "allocation": "one"}]),
        resource("elastic_ip.one"),
        resource("instance.web-1", image="al2023", subnet="a"),
        resource("target_group.web", port=80, vpc="default", balancer="main"),
        resource("targets.web", group="web", members=[{"instance": "web-1"}]),
        resource("certificate.main", domains=["a.example.com"]),
        resource("listener.443", load_balancer="main", **https, action=forward),
        resource("rule.api", listener="443", priority=10, **path, action={"type": "fixed-response", "status": 404}),
        resource("record.a.example.com", name="a.example.com", type="A", zone="example.com", load_balancer="main"),
    ])  # fmt: skip
    found = fingerprint(state, KINDS)
    assert dict(found.parts) == PARTS
    assert found.text == "s1-b96b9bef"
