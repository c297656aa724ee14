"""A record with a routing policy that somebody made by hand: import, adopt by tags alone, then an empty plan."""

from __future__ import annotations

from .console import BALANCERS, Console
from .stage import ZONE, Stage
from .test_import import imported, refusal_free

NAME = f"weighted.{ZONE}"


def test_a_weighted_record_is_imported_and_adopted(stage: Stage) -> None:
    BALANCERS["Shop-LB"](Console(stage))
    dns = stage.client("route53")
    existing = next(raw for raw in stage.box.records(stage.zone) if raw["Type"] == "A" and "AliasTarget" in raw)
    for identifier, weight in (("blue", 90), ("green", 10)):
        record = {**existing, "Name": NAME, "SetIdentifier": identifier, "Weight": weight}
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        dns.change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})
    before = [raw for raw in stage.box.records(stage.zone) if raw["Name"].rstrip(".") == NAME]
    _, spec = imported(stage, "Shop-LB")
    plan = refusal_free(stage, spec)
    assert {change.action for change in plan.changes} == {"adopt"}
    assert stage.run(plan).complete
    assert stage.plan(spec).empty
    assert [raw for raw in stage.box.records(stage.zone) if raw["Name"].rstrip(".") == NAME] == before
    assert f"- {{name: {NAME}, policy: {{weighted: 90}}, id: blue}}" in spec
    assert f"- {{name: {NAME}, policy: {{weighted: 10}}, id: green}}" in spec
