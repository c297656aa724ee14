"""Every kind, and every field that a knob spec changes, in a sweep: killed after each write, and continued."""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from elbplan.core.plan import Plan
from elbplan.core.resource import differing_fields
from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box
from elbplan.spec import load

from ..e2e.crashing_aws import CrashingAws
from ..e2e.stage import Stage
from .sent import FOLDER, SPECS, versions
from .surroundings import prepare, write_files

CHANGED = (
    "edge-logs-own", "edge-shield", "edge-web-acl", "lb-addresses", "lb-application", "lb-dualstack",
    "listeners-actions", "listeners-application", "listeners-network", "network-rules", "records-policies",
    "records-zones", "rules-back", "rules-logins", "servers-defaults", "servers-settings", "zones-private",
    "groups-application",
)  # fmt: skip
"""The specs whose changes are swept: together they change every field that any of them changes, but for ELSEWHERE."""

WHOLE = ("auto-scaling", "edge-shield", "edge-web-acl", "zones-private")
"""The specs whose creation and end are swept too: small stacks with kinds that no other sweep creates."""

ELSEWHERE: Mapping[str, str] = {
    "certificate.domains": "conformance/test_29_certificates.py",
    "certificate.fingerprints": "conformance/test_29_certificates.py",
    "certificate.proofs": "conformance/test_29_certificates.py",
    "certificate.tags": "conformance/test_29_certificates.py",
    "target_group.tags": "e2e/test_crash_sweep.py",
}
"""Fields of knob specs that a sweep of this file changes."""

CREATED_ELSEWHERE: Mapping[str, str] = {
    "security_group": "e2e/test_crash_sweep.py",
    "instance": "e2e/test_crash_sweep.py",
    "elastic_ip": "e2e/test_crash_sweep.py",
    "ingress_rules": "e2e/test_open_servers.py",
    "log_bucket": "conformance/test_12_logs.py",
    "load_balancer": "e2e/test_crash_sweep.py",
    "target_group": "e2e/test_crash_sweep.py",
    "targets": "e2e/test_crash_sweep.py",
    "certificate": "e2e/test_crash_sweep.py",
    "trust_store": "conformance/test_16_mtls.py",
    "listener": "e2e/test_crash_sweep.py",
    "rule": "e2e/test_crash_sweep.py",
    "route53_health_check": "conformance/test_30_records.py",
    "record": "conformance/test_30_records.py",
}
"""Kinds that a sweep of this file creates and deletes."""

SWEEPS = ("crash_sweep(", "kill_again_and_again(", "killed(", "CrashingAws(")


def test_every_kind_is_in_a_sweep() -> None:
    swept = {address.kind for name in WHOLE for stack in stacks(name, WORDS) for address in stack.resources}
    assert set(KINDS) - swept - set(CREATED_ELSEWHERE) == set(), "a kind that no sweep creates and deletes"
    assert set(CREATED_ELSEWHERE) <= set(KINDS)


def test_every_changed_field_is_in_a_sweep(tmp_path: Path) -> None:
    write_files(tmp_path)
    words = {**WORDS, "FILES": str(tmp_path)}
    changed = {name: set(changed_fields(list(stacks(name, words)))) for name in SPECS}
    swept = {field for name in (*CHANGED, *WHOLE) for field in changed[name]}
    assert set().union(*changed.values()) - swept - set(ELSEWHERE) == set(), "a changed field that no sweep changes"


def test_the_sweeps_elsewhere_exist() -> None:
    files = {*ELSEWHERE.values(), *CREATED_ELSEWHERE.values()}
    texts = {file: (FOLDER.parent / file).read_text(encoding="utf-8") for file in files}
    assert [file for file, text in texts.items() if not any(word in text for word in SWEEPS)] == []


def test_killed_after_each_write(tmp_path: Path) -> None:
    """Each run continues the killed run, and is killed after one write."""
    write_files(tmp_path)
    with Box(slow=0) as box:
        for name in dict.fromkeys((*CHANGED, *WHOLE)):
            _swept(Stage(box), name, tmp_path, whole=name in WHOLE)


WORDS = {
    "IPV6": "2600:1f00:1",
    "TEMPLATE": "lt-0a1b2c3d4e5f60718",
    "INTERFACE": "eni-0a1b2c3d4e5f60718",
    "OWN_GROUP": "sg-0a1b2c3d",
}
"""What a sandbox would choose."""


def stacks(name: str, words: Mapping[str, str]) -> Iterator[Stack]:
    """The versions of a knob spec, without AWS."""
    for text in versions(name, words):
        yield from load(["-"], stdin=io.StringIO(text))


def changed_fields(row: list[Stack]) -> Iterator[str]:
    """The fields in which two versions of a spec differ, as `kind.field`."""
    for before, after in itertools.pairwise(row):
        for address in before.resources.keys() & after.resources.keys():
            for field in differing_fields(before.resources[address], after.resources[address]):
                yield f"{address.kind}.{field}"


def _swept(stage: Stage, name: str, files: Path, *, whole: bool) -> None:
    first, *later = versions(name, prepare(stage) | {"FILES": str(files)})
    if whole:
        _killed_again_and_again(stage, name, lambda: stage.plan(first))
        stage.assert_settled(first)
    else:
        assert stage.run(stage.plan(first)).complete, name
    for text in later:
        _killed_again_and_again(stage, name, functools.partial(stage.plan, text))
        stage.assert_settled(text)
    if whole:
        last = [first, *later][-1]
        _killed_again_and_again(stage, name, lambda: workflow.plan_destroy(stage.aws, stage.stacks(last), KINDS)[0])
        assert stage.box.tagged(stage.stacks(last)[0].name) == {}
    stage.assert_foreign_unchanged()


def _killed_again_and_again(stage: Stage, name: str, plan: Callable[[], Plan]) -> None:
    """A run is killed after one write; after two, if the plan is the one of the run before.

    AWS does not tell which bundle a trust store has, so a tag remembers it after the write: a run between repeats both.
    """
    runs: list[list[tuple[Any, ...]]] = []
    while not (rest := plan()).empty:
        runs.append([(step.id, step.before, step.after) for step in rest.steps])
        writes = 2 if runs[-2:-1] == runs[-1:] else 1
        workflow.apply(CrashingAws(stage.aws, writes), rest, KINDS, lambda event: None, stage.clock, parallel=1)
        assert len(runs) < 60, f"{name}: every run gets a write further"
    assert runs, f"{name}: the change writes, so it can be killed"
