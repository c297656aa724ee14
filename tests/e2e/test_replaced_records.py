"""Records that `take_over` replaced: kept in Parameter Store, put back by destroy, by a removal and by a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.migrations.apply.plan_to import plan_to
from elbplan.run import workflow
from elbplan.run.outcome import Outcome

from . import specs
from .crashing_aws import CrashingAws
from .stage import REGION, Stage
from .test_budget import RequestCounter

NAME = "api.example.com"
RECORD = Address("record", NAME)
WITHOUT_NAME = specs.HEAD + "listeners: [{listen: 80/http, respond: 200}]\n"
CLOUDFRONT = "d111111abcdef8.cloudfront.net."
SIMPLE = {
    "Name": f"{NAME}.", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "203.0.113.7"}, {"Value": "203.0.113.8"}]
}  # fmt: skip
SIX = {"Name": f"{NAME}.", "Type": "AAAA", "TTL": 60, "ResourceRecords": [{"Value": "2001:db8::7"}]}
ALIAS = {
    "Name": f"{NAME}.", "Type": "A",
    "AliasTarget": {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": CLOUDFRONT, "EvaluateTargetHealth": False},
}  # fmt: skip
CNAME = {"Name": f"{NAME}.", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": "old.example.org"}]}
BLUE = {**SIMPLE, "SetIdentifier": "blue", "Weight": 10}
GREEN = {**SIMPLE, "SetIdentifier": "green", "Weight": 90, "ResourceRecords": [{"Value": "203.0.113.9"}]}
BEFORE = {"addresses": [SIMPLE], "cname": [CNAME], "alias": [ALIAS], "weighted": [BLUE, GREEN]}


def spec(words: str = "take_over: true, restore: true", more: str = "") -> str:
    return f"{WITHOUT_NAME}domain: {{name: {NAME}, {words}}}\n{more}"


RESTORE = spec()


def put(stage: Stage, *records: Any, action: str = "CREATE", zone: str = "") -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for record in records]}
    stage.client("route53").change_resource_record_sets(HostedZoneId=zone or stage.zone, ChangeBatch=batch)


def at(stage: Stage, name: str = NAME, zone: str = "") -> list[Any]:
    """Returns the record sets of a name, as Route 53 has them."""
    route53 = stage.client("route53")
    every = route53.list_resource_record_sets(HostedZoneId=zone or stage.zone)["ResourceRecordSets"]
    return [record for record in every if record["Name"] == f"{name}."]


def kept(stage: Stage) -> list[str]:
    found = stage.client("ssm").get_parameters_by_path(Path="/elbplan/my-web/replaced", Recursive=True)["Parameters"]
    return [parameter["Name"] for parameter in found]


def done(stage: Stage, plan: Plan, aws: Any = None) -> Outcome:
    outcome = workflow.apply(aws or stage.aws, plan, KINDS, stage.events.append, stage.clock)
    assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
    return outcome


def ending(stage: Stage, text: str, aws: Any = None) -> Plan:
    (plan,) = workflow.plan_destroy(aws or stage.aws, stage.stacks(text), KINDS)
    return plan


def batches(stage: Stage) -> Iterator[list[tuple[str, str]]]:
    for call in stage.box.calls:
        if call.action == "ChangeResourceRecordSets" and NAME in str(call.params) and "acm-valid" not in str(call):
            changes = call.params["ChangeBatch"]["Changes"]
            yield [(change["Action"], change["ResourceRecordSet"]["Type"]) for change in changes]


@pytest.mark.parametrize("kind", BEFORE)
def test_destroy_puts_back_what_stood_there_in_one_batch(stage: Stage, kind: str) -> None:
    put(stage, *BEFORE[kind])
    before = at(stage)
    stage.apply(RESTORE)
    assert at(stage) != before
    (name,) = kept(stage)
    assert name == f"/elbplan/my-web/replaced/{stage.zone}/{NAME}/{BEFORE[kind][0]['Type']}"
    stage.box.clear_calls()
    plan = ending(stage, RESTORE)
    assert list(plan.restored) == [RECORD]
    done(stage, plan)
    assert at(stage) == before
    assert kept(stage) == []
    (batch,) = batches(stage)
    assert batch == [("DELETE", "A"), *(("CREATE", record["Type"]) for record in BEFORE[kind])]


# Several records of one name, several names, other zones -------------------------------------------------------------

DUAL = spec(more="ip: dualstack\n")


def test_a_cname_that_both_address_types_replaced_comes_back_in_one_batch(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(DUAL)
    assert {record["Type"] for record in at(stage)} == {"A", "AAAA"}
    stage.box.clear_calls()
    plan = ending(stage, DUAL)
    assert set(plan.restored.values()) == {"CNAME old.example.org (TTL 300)"}
    done(stage, plan)
    assert at(stage) == [CNAME]
    assert all(sorted(batch) == [("CREATE", "CNAME"), ("DELETE", "A"), ("DELETE", "AAAA")] for batch in batches(stage))
    assert kept(stage) == []


def test_each_address_type_gets_its_own_record_back(stage: Stage) -> None:
    put(stage, SIMPLE, SIX)
    stage.apply(DUAL)
    assert [name.rpartition("/")[2] for name in sorted(kept(stage))] == ["A", "AAAA"]
    done(stage, ending(stage, DUAL))
    assert at(stage) == [SIMPLE, SIX]


def test_a_cname_comes_back_only_when_no_record_of_its_name_is_left(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(DUAL)
    plan = stage.apply(RESTORE)
    assert [step.id for step in plan.steps if step.do == "delete"] == [f"delete record.{NAME}-aaaa"]
    assert (plan.restored, plan.not_restored) == ({}, {})
    assert [record["Type"] for record in at(stage)] == ["A"]
    done(stage, ending(stage, RESTORE))
    assert at(stage) == [CNAME]


def test_two_names_of_one_zone_each_get_their_record_back(stage: Stage) -> None:
    star = {**SIMPLE, "Name": "\\052.shop.example.com.", "TTL": 77}
    put(stage, CNAME, star)
    words = "take_over: true, restore: true"
    text = f'{WITHOUT_NAME}domain: [{{name: {NAME}, {words}}}, {{name: "*.shop.example.com", {words}}}]\n'
    stage.apply(text)
    done(stage, ending(stage, text))
    assert (at(stage), at(stage, "\\052.shop.example.com")) == ([CNAME], [star])


def test_a_record_in_a_private_zone_comes_back(stage: Stage) -> None:
    vpc = {"VPCRegion": REGION, "VPCId": stage.ids["vpc"]}
    zone = stage.client("route53").create_hosted_zone(Name="example.com", CallerReference="private", VPC=vpc)
    id = zone["HostedZone"]["Id"].rsplit("/", 1)[-1]
    put(stage, CNAME, zone=id)
    text = spec(f"zone: {id}, take_over: true, restore: true", "access: internal\n")
    done(stage, stage.plan(text))
    assert [record["Type"] for record in at(stage, zone=id)] == ["A"]
    done(stage, ending(stage, text))
    assert (at(stage, zone=id), at(stage)) == ([CNAME], [])


# Without restore -----------------------------------------------------------------------------------------------------


def test_without_restore_destroy_says_what_stood_there_and_that_it_does_not_come_back(stage: Stage) -> None:
    put(stage, SIMPLE)
    text = spec("take_over: true")
    stage.apply(text)
    plan = ending(stage, text)
    why = "without `restore: true` it does not come back"
    assert plan.not_restored == {RECORD: f"A 203.0.113.7, 203.0.113.8 (TTL 300); {why}"}
    assert plan.restored == {}
    done(stage, plan)
    assert (at(stage), kept(stage)) == ([], [])


def test_the_spec_of_the_destroy_decides_not_that_of_the_apply(stage: Stage) -> None:
    put(stage, SIMPLE)
    stage.apply(spec("take_over: true"))
    done(stage, ending(stage, RESTORE))
    assert at(stage) == [SIMPLE]


def test_a_name_that_somebody_moved_stays_as_it_is(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(RESTORE)
    plan = ending(stage, RESTORE)
    put(stage, {**SIMPLE, "TTL": 5}, action="UPSERT")
    done(stage, plan)
    assert at(stage) == [{**SIMPLE, "TTL": 5}]
    assert kept(stage) == []


def test_a_record_beside_the_cname_stops_the_destroy_and_nothing_is_lost(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(RESTORE)
    text = {"Name": f"{NAME}.", "Type": "TXT", "TTL": 5, "ResourceRecords": [{"Value": '"x"'}]}
    put(stage, text)
    outcome = workflow.apply(stage.aws, ending(stage, RESTORE), KINDS, stage.events.append, stage.clock)
    (failed,) = outcome.failed
    assert failed.text == f"{NAME} cannot be a CNAME again: somebody made a record of type TXT there"
    assert "delete that record" in failed.hint
    assert kept(stage)
    put(stage, text, action="DELETE")
    done(stage, ending(stage, RESTORE))
    assert at(stage) == [CNAME]


# A later apply without the name, and a rollback ----------------------------------------------------------------------


@pytest.mark.parametrize(("words", "after"), [("take_over: true, restore: true", [CNAME]), ("take_over: true", [])])
def test_a_later_apply_without_the_name_is_like_destroy(stage: Stage, words: str, after: list[Any]) -> None:
    put(stage, CNAME)
    stage.apply(spec(words))
    plan = stage.apply(WITHOUT_NAME, watch=False)
    assert RECORD in (plan.restored if after else plan.not_restored)
    assert (at(stage), kept(stage)) == (after, [])


def test_restore_can_be_added_after_the_record_was_replaced(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(spec("take_over: true"))
    plan = stage.apply(RESTORE)
    assert [(step.id, step.why) for step in plan.steps if step.writes] == [
        (f"update record.{NAME}", "restore False → True")
    ]
    stage.apply(WITHOUT_NAME, watch=False)
    assert at(stage) == [CNAME]


def test_restore_is_no_change_if_the_record_replaced_nothing(stage: Stage) -> None:
    stage.apply(RESTORE)
    assert kept(stage) == []
    stage.apply(spec("take_over: true"))
    done(stage, ending(stage, RESTORE))
    assert at(stage) == []


def test_a_rollback_always_puts_back_what_the_record_replaced(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(spec("take_over: true"))
    (stack,) = stage.stacks(spec("take_over: true"))
    plan = plan_to(stage.aws, stack, None)
    assert plan.restored == {RECORD: "CNAME old.example.org (TTL 300)"}
    done(stage, plan)
    assert at(stage) == [CNAME]


# Parameter Store -----------------------------------------------------------------------------------------------------


def test_only_a_plan_with_take_over_asks_parameter_store(stage: Stage) -> None:
    plain = f"{WITHOUT_NAME}domain: {NAME}\n"
    stage.apply(plain)
    counts = []
    for text in (plain, spec("take_over: true")):
        meter = RequestCounter()
        (plan,) = workflow.plan(meter.aws(stage), stage.stacks(text), KINDS)
        assert plan.empty
        counts.append(meter.sent)
    assert counts[0]["GetParametersByPath"] == 0
    assert counts[1] - counts[0] == {"GetParametersByPath": 1}
    stage.destroy(plain)


def test_a_value_that_is_too_large_is_not_kept_and_the_plan_says_so(stage: Stage) -> None:
    values = [{"Value": f"203.0.{number // 250}.{number % 250}"} for number in range(300)]
    put(stage, {**SIMPLE, "ResourceRecords": values})
    plan = stage.plan(RESTORE)
    assert plan.replaced[RECORD].endswith("; elbplan cannot keep it: it is larger than the 4096 bytes of a parameter")
    done(stage, plan)
    end = ending(stage, RESTORE)
    assert (kept(stage), end.restored) == ([], {})
    done(stage, end)
    assert at(stage) == []


def denied(stage: Stage, action: str = "*") -> None:
    stage.box.fault("error", service="ssm", action=action, code="AccessDeniedException", message="no")


def test_without_permission_the_plan_says_that_the_record_cannot_be_kept_and_goes_on(stage: Stage) -> None:
    put(stage, SIMPLE)
    denied(stage)
    text = spec("take_over: true")
    plan = stage.plan(text)
    assert "elbplan cannot keep it: Parameter Store does not answer" in plan.replaced[RECORD]
    done(stage, plan)
    end = ending(stage, text)
    assert "what the records of my-web replaced" in end.unread[0]
    done(stage, end)
    stage.box.clear_faults()
    assert at(stage) == []


def test_without_permission_restore_is_refused_before_the_record_is_replaced(stage: Stage) -> None:
    put(stage, SIMPLE)
    denied(stage, "PutParameter")
    outcome = workflow.apply(stage.aws, stage.plan(RESTORE), KINDS, stage.events.append, stage.clock)
    (failed,) = outcome.failed
    assert "ssm:PutParameter" in failed.hint
    assert at(stage) == [SIMPLE]
    stage.box.clear_faults()
    done(stage, ending(stage, RESTORE))
    assert at(stage) == [SIMPLE]


# Killed --------------------------------------------------------------------------------------------------------------


def killed(stage: Stage, plan: Plan, writes: int) -> bool:
    """Runs the plan until this many writes are sent. Returns False if the plan needs no more."""
    aws = CrashingAws(stage.aws, writes)
    return not workflow.apply(aws, plan, KINDS, stage.events.append, stage.clock, parallel=1).complete


CASES = {"weighted": (RESTORE, [BLUE, GREEN]), "cname of both": (DUAL, [CNAME]), "both": (DUAL, [SIMPLE, SIX])}


@pytest.mark.parametrize("case", CASES)
def test_an_apply_that_is_killed_at_any_write_and_then_destroyed_leaves_the_old_record(stage: Stage, case: str) -> None:
    text, before = CASES[case]
    put(stage, *before)
    writes = 0
    while True:
        went_on = killed(stage, stage.plan(text), writes)
        done(stage, ending(stage, text))
        assert at(stage) == before, f"after {writes} writes"
        writes += 1
        if not went_on:
            break
    assert writes > 5


@pytest.mark.parametrize("case", CASES)
def test_a_destroy_that_is_killed_at_any_write_leaves_the_old_record(stage: Stage, case: str) -> None:
    text, before = CASES[case]
    put(stage, *before)
    writes, went_on = 0, True
    while went_on:
        done(stage, stage.plan(text))
        went_on = killed(stage, ending(stage, text), writes)
        done(stage, ending(stage, text))
        assert at(stage) == before, f"after {writes} writes"
        writes += 1
    assert writes > 5


def test_an_apply_that_is_killed_again_and_again_keeps_the_old_record(stage: Stage) -> None:
    put(stage, CNAME)
    kills = 0
    while killed(stage, stage.plan(DUAL), 1):
        kills += 1
        assert kills < 60
    assert {record["Type"] for record in at(stage)} == {"A", "AAAA"}
    while killed(stage, ending(stage, DUAL), 1):
        kills += 1
        assert kills < 90
    assert at(stage) == [CNAME]


def test_what_is_kept_is_what_the_last_run_replaced(stage: Stage) -> None:
    """A run was killed after it had kept the record, before it replaced it. Others then change it."""
    for now in ([{**SIMPLE, "TTL": 9}], [CNAME]):
        put(stage, SIMPLE)
        while not kept(stage):
            assert killed(stage, stage.plan(RESTORE), 1)
        assert at(stage) == [SIMPLE]
        put(stage, SIMPLE, action="DELETE")
        put(stage, *now)
        done(stage, stage.plan(RESTORE))
        done(stage, ending(stage, RESTORE))
        assert (at(stage), kept(stage)) == (now, [])
        put(stage, *now, action="DELETE")


def test_the_old_record_comes_back_although_somebody_deleted_ours_meanwhile(stage: Stage) -> None:
    put(stage, CNAME)
    stage.apply(RESTORE)
    put(stage, *at(stage), action="DELETE")
    assert stage.plan(RESTORE).replaced == {}
    stage.apply(RESTORE)
    done(stage, ending(stage, RESTORE))
    assert at(stage) == [CNAME]


@pytest.mark.parametrize("case", CASES)
def test_lost_answers_lose_no_record(stage: Stage, case: str) -> None:
    """Loses the first answer to every write of an apply and of a destroy."""
    text, before = CASES[case]
    put(stage, *before)
    stage.box.fault("lost", each_write=True)
    for planned in (lambda: stage.plan(text), lambda: ending(stage, text)):
        runs = 0
        while not (plan := planned()).empty:
            stage.run(plan)
            runs += 1
            assert runs < 20
    lost = [call.action for call in stage.box.calls if call.outcome.endswith("lost")]
    stage.box.clear_faults()
    assert {"PutParameter", "ChangeResourceRecordSets", "DeleteParameters"} <= set(lost)
    assert (at(stage), kept(stage)) == (before, [])
