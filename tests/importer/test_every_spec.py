"""Knob specs and examples, made as if by hand: the imported spec adopts them by tags, and forgets nothing.

A knob spec is left out if others have all of its keys and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from elbplan.importer.source import ImportSource
from elbplan.kinds import KINDS
from elbplan.kinds.record import Record
from elbplan.kinds.shield_protection import ShieldProtection
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from ..e2e.stage import Stage
from ..knobs.surroundings import write_files
from .handmade import OWN
from .lives import Imported, Prepared, imported, lives

TAG_WRITES = {"CreateTags", "AddTags", "AddTagsToCertificate", "TagResource"}
RECORDS_OF_RUNS = {"PutParameter", "DeleteParameters"}
FAR = {
    "security-group": "of servers, which the spec names by id",
    "security-group-rule": "in the groups of servers",
    "elastic-ip": "of servers",
    "volume": "of servers",
    "parameter": "a record of elbplan",
}
"""What elbplan makes and an import does not look for, since it is not the load balancer's."""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as box:
        yield box


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pem")
    write_files(folder)
    return folder


@pytest.mark.parametrize(("name", "prepared"), list(lives()), ids=lambda value: value if isinstance(value, str) else "")
def test_import_adopts_by_tags_alone(box: Box, files: Path, name: str, prepared: Prepared) -> None:
    stage = Stage(box)
    found = imported(stage, prepared(stage, files))
    before = resources(box)

    plan = stage.plan(found.spec)
    assert plan.hazards == ()
    changes = {str(change.address): (change.action, change.because) for change in plan.changes}
    assert {address: why for address, why in changes.items() if why[0] != "adopt"} == {}, found.spec
    assert forgotten(found, before) == []

    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    written = {call.action for call in box.writes()}
    assert written <= TAG_WRITES | RECORDS_OF_RUNS, "only tags, and elbplan's own records"
    assert resources(box) == before, "an adoption changes nothing but tags"
    second = stage.plan(found.spec)
    assert second.empty, [(step.id, step.why) for step in second.steps]

    destroyed(stage, found, before)


def resources(box: Box) -> dict[str, Any]:
    """Everything in the account, without elbplan's tags and run records."""
    return {id: _plain(fields) for id, fields in box.snapshot().items() if ":parameter/elbplan/" not in id}


def _plain(fields: Any) -> Any:
    """The resource without elbplan's tags, whatever the name of the field with the tags."""
    if not isinstance(fields, Mapping):
        return fields
    kept = {key: value for key, value in fields.items() if not str(key).startswith(OWN)}
    return {key: _plain(value) if str(key).lower() == "tags" else value for key, value in kept.items()}


def forgotten(found: Imported, before: Mapping[str, Any]) -> list[str]:
    """What elbplan made near the load balancer, and the command does not mention by its id, or as a resource."""
    kinds = {address.kind for address in found.source.resources}
    zones = {str(resource.zone) for resource in found.source.resources.values() if isinstance(resource, Record)}
    listeners = str([fields for id, fields in before.items() if ":listener/" in id])
    mentioned = {"protection": lambda id: "shield_protection" in kinds, "hostedzone": lambda id: id in zones}
    mentioned |= {"truststore": lambda id: id not in listeners}  # a store that no listener uses is far away
    near = [
        arn for arn in found.made if _kind(arn) not in FAR and arn not in found.words and _id(arn) not in found.words
    ]
    return [arn for arn in near if not mentioned.get(_kind(arn), lambda id: False)(_id(arn))]


def _id(arn: str) -> str:
    """The id in an ARN, as a spec writes it: `sg-0abc`, the name of a bucket, the number of a certificate."""
    return arn.rpartition(":::")[2].rpartition("/")[2]


def _kind(arn: str) -> str:
    return arn.split(":", 5)[5].partition("/")[0]


def owned(found: Imported) -> set[str]:
    """The ids in the simulator of what the spec adopts: by itself, or as part of something."""
    ids = set(found.source.ids.values())
    ids |= {f"{found.source.arn}#web_acl"}
    for resource in found.source.resources.values():
        if isinstance(resource, Record):
            name = resource.name.replace("*", "\\052")
            ids.add(f"{resource.zone}/{name}./{resource.type}/{resource.set_identifier or ''}".rstrip("/"))
        elif isinstance(resource, ShieldProtection):
            ids |= {arn.partition(":protection/")[2] for arn in found.made if ":protection/" in arn}
    return ids | {f"protection/{id}" for id in ids}


def destroyed(stage: Stage, found: Imported, before: Mapping[str, Any]) -> None:
    """Destroys the stack. What the spec did not adopt is as it was."""
    without_deletion_protection(stage, found.source)
    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(found.spec), KINDS)
    outcome = stage.run(end)
    assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
    after = resources(stage.box)
    own = owned(found)
    gone = {id for id in before if id not in after and _listener_of(id) not in own}
    assert sorted(gone - own) == [], "destroy deletes only what the spec adopted"
    changed = [(id, before[id], after[id]) for id in after if id in before and _free(after[id]) != _free(before[id])]
    assert changed == []


def _listener_of(id: str) -> str:
    """The listener of a rule: it takes its default rule with it."""
    return id.replace(":listener-rule/", ":listener/").rpartition("/")[0] if ":listener-rule/" in id else ""


def _free(fields: Any) -> Any:
    """The fields of an Elastic IP without the load balancer that uses it."""
    return {key: value for key, value in fields.items() if key != "at"} if isinstance(fields, Mapping) else fields


def without_deletion_protection(stage: Stage, source: ImportSource) -> None:
    """A person takes the protection off, as AWS demands before a deletion."""
    attributes = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    elb = stage.box.client("elbv2", source.region)
    elb.modify_load_balancer_attributes(LoadBalancerArn=source.arn, Attributes=attributes)
