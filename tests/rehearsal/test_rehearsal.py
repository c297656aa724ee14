"""What a rehearsal judges by: where runs went on, which routes both ends serve, up to where all is free."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from elbplan.core.address import Address, AwsId
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.kinds.aws.acm_validation import DnsValidation
from elbplan.kinds.aws.actions import Forward, WeightedGroup
from elbplan.kinds.certificate import Certificate
from elbplan.kinds.listener import Listener
from elbplan.live.observe import Observed
from elbplan.migrations.apply.pending import Pending
from elbplan.migrations.migration import Migration, MigrationStep
from elbplan.rehearsal.crashes import ResumeCheck
from elbplan.rehearsal.environment import Snapshot
from elbplan.rehearsal.observer import is_ahead
from elbplan.rehearsal.rollbacks import rollback_points
from elbplan.rehearsal.routes import served_routes
from elbplan.spec import load

HTTPS = Address("listener", "443")
MAIN = Address("load_balancer", "main")
WEB, OLD = Address("target_group", "web"), Address("target_group", "web", "old")


def listener(web: int, old: int) -> Listener:
    groups = tuple(WeightedGroup(group=group, weight=weight) for group, weight in ((WEB, web), (OLD, old)))
    return Listener(load_balancer=MAIN, port=80, protocol="HTTP", action=Forward(groups=groups))


def shifting(*shares: tuple[int, int]) -> Migration:
    """A file that shifts the listener's weights from each to the next."""
    states = tuple({HTTPS: listener(*share)} for share in shares)
    entries = tuple(MigrationStep("shift", HTTPS, {"web": web}) for web, _ in shares[1:])
    return Migration("x", 1, "shift", entries=entries, states=states)


def noted(check: ResumeCheck, entry: int, web: int, old: int) -> None:
    lives: dict[Address, Any] = {HTTPS: LiveResource(HTTPS, "arn", listener(web, old))}
    check.check_start(Pending(Plan("x", "r", "a", lives=lives), check.migration, entry))


def test_runs_that_go_on_further_and_further_are_fine():
    check = ResumeCheck(shifting((0, 100), (10, 90), (100, 0)))
    for entry, share in ((0, (0, 100)), (1, (10, 90)), (1, (10, 90)), (2, (100, 0))):
        noted(check, entry, *share)
    assert check.wrong == []


def test_a_run_that_goes_on_earlier_than_the_one_before_is_found():
    check = ResumeCheck(shifting((0, 100), (10, 90), (100, 0)))
    noted(check, 1, 10, 90)
    noted(check, 0, 10, 90)
    assert [one.what for one in check.wrong] == ["a run goes on at step 1"]


def test_a_shift_that_is_taken_back_is_found_unless_the_file_means_it():
    for shares, wrong in (((0, 100), (50, 50), (100, 0)), 1), (((0, 100), (50, 50), (0, 100), (100, 0)), 0):
        check = ResumeCheck(shifting(*shares))
        for share in ((0, 100), (50, 50), (0, 100)):
            noted(check, 0, *share)
        assert len(check.wrong) == wrong
    check = ResumeCheck(shifting((0, 100), (50, 50)))
    for share in ((0, 100), (50, 50), (0, 100)):
        noted(check, 0, *share)
    assert check.wrong[0].what == "listener.443 is back at web 0, web@old 100"


def test_all_is_free_up_to_the_first_step_that_lets_go_of_something():
    migration = shifting((1, 99), (50, 50), (100, 0))
    assert rollback_points(migration) == [0, 1], "weights can be moved back"
    lone = listener(100, 0).model_copy(update={"action": Forward(groups=(WeightedGroup(group=WEB),))})
    entries = (*migration.entries, MigrationStep("hold"), MigrationStep("update", HTTPS, {"action": {}}))
    states = (*migration.states, migration.states[-1], {HTTPS: lone})
    assert rollback_points(replace(migration, entries=entries, states=states)) == [0, 1]
    states = (*migration.states, migration.states[-1], {})
    gone = replace(migration, entries=(*entries[:-1], MigrationStep("delete", HTTPS)), states=states)
    assert rollback_points(gone) == [0, 1]


CERTIFICATE = Address("certificate", "main")
NOTHING = Observed({}, (), {})


def certificate(*names: str, proved: tuple[str, ...] = ()) -> Certificate:
    return Certificate(domains=names, proofs=tuple(DnsValidation(domain=name, zone=AwsId("Z1")) for name in proved))


def test_only_a_certificate_of_names_that_another_has_proved_may_be_ahead():
    old = CERTIFICATE._replace(deposed="old")
    names = ("a.example.com", "b.example.com")
    state = {CERTIFICATE: certificate(*names), old: certificate("a.example.com", proved=("a.example.com",))}
    migration = Migration("x", 1, "names", entries=(MigrationStep("create", CERTIFICATE),), states=({}, state))

    def seen(live: Certificate) -> bool:
        snapshot = Snapshot((), {CERTIFICATE: LiveResource(CERTIFICATE, "arn", live)}, NOTHING)
        return is_ahead("certificate.main", snapshot, migration, 0)

    assert seen(certificate(*names, proved=("a.example.com",)))
    assert not seen(certificate(*names, proved=names)), "nobody has proved the second"
    assert not seen(certificate("a.example.com", proved=("a.example.com",))), "its names are other ones"
    assert not is_ahead("listener.443", Snapshot((), {}, NOTHING), migration, 0)


SPEC = """
name: my-web
region: eu-west-1
domain: [api.example.com, "*.example.com"]
servers: {web: {count: 1}, api: {count: 1}}
groups: {web: {servers: web, port: 80}, api: {servers: api, port: 8080}}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: web
    rules:
      - {name: api, path: /api/*, forward: api}
      - {name: host, host: api.example.com, path: "*.png", forward: api}
"""


def test_the_routes_of_a_state_are_its_names_ports_hosts_and_paths():
    (stack,) = load(["-"], stdin=io.StringIO(SPEC))
    own = "my-web.elb.amazonaws.com"
    names = {"api.example.com", "x.example.com", own}
    routes = served_routes(stack.resources, {MAIN: own})
    assert routes == {
        *((name, port, name, "/") for name in names for port in (80, 443)),
        *((name, 443, name, "/api/x") for name in names),
        ("api.example.com", 443, "api.example.com", "/x.png"),
    }
    nameless = {address: one for address, one in stack.resources.items() if address.kind != "record"}
    assert {name for name, *_ in served_routes(nameless, {MAIN: own})} == {own}
    assert served_routes(nameless, {}) == set()
