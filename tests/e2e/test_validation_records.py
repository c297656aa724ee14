"""ACM's validation record of a domain serves every region of the account. elbplan deletes it only on request, and only
if elbplan created it and no other certificate needs it."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.render.outcome import remaining_resources
from elbplan.run import workflow
from elbplan.run.outcome import Outcome
from elbplan.sandbox.state.acm import record

from . import specs
from .stage import ZONE, Stage

DOMAIN = f"api.{ZONE}"
ASKED = specs.ASKED
ELSEWHERE = "eu-west-1"


def validation(stage: Stage, domain: str = DOMAIN) -> list[str]:
    """The validation records of a domain that stand in the zone."""
    name = record(stage.box.account_id, domain)["Name"]
    return [one["Name"] for one in stage.box.records(stage.zone) if one["Name"] == name]


def end(stage: Stage, spec: str) -> tuple[Plan, Outcome]:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    return plan, outcome


def asked_regions(stage: Stage) -> set[str]:
    """Returns the regions whose certificates were listed."""
    return {call.region for call in stage.box.calls if call.action == "ListCertificates"}


def request(stage: Stage, region: str, domain: str = DOMAIN) -> str:
    """Requests another certificate, as another tool or region does."""
    acm = stage.box.client("acm", region)
    arn: str = acm.request_certificate(DomainName=domain, ValidationMethod="DNS", KeyAlgorithm="EC_prime256v1")[
        "CertificateArn"
    ]
    return arn


def test_it_stays_by_default_and_the_plan_says_so_and_why(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stage.box.clear_calls()
    plan, outcome = end(stage, specs.COURSE)
    assert validation(stage)
    (text,) = remaining_resources(plan, outcome)
    assert DOMAIN in text
    assert "other regions" in text
    assert "remove_validation: true" in text
    assert asked_regions(stage) == {"ap-northeast-2"}, "other regions are asked only if something is to be removed"
    assert not [call for call in stage.box.calls if call.action == "DescribeRegions"]


def test_it_goes_if_the_spec_asks_for_that_and_nobody_needs_it(stage: Stage) -> None:
    stage.apply(ASKED)
    plan, outcome = end(stage, ASKED)
    assert validation(stage) == []
    assert remaining_resources(plan, outcome) == []


def test_the_word_counts_from_the_moment_it_stands_in_the_spec(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    end(stage, ASKED)
    assert validation(stage) == []


def test_a_certificate_of_another_region_keeps_it_and_is_named(stage: Stage) -> None:
    stage.apply(ASKED)
    other = request(stage, ELSEWHERE, f"*.{DOMAIN}")
    plan, outcome = end(stage, ASKED)
    assert validation(stage)
    (text,) = remaining_resources(plan, outcome)
    assert other in text


def test_a_region_that_does_not_answer_keeps_it(stage: Stage) -> None:
    stage.apply(ASKED)
    stage.box.fault("error", service="acm", region=ELSEWHERE, code="AccessDeniedException")
    plan, outcome = end(stage, ASKED)
    stage.box.clear_faults()
    assert validation(stage)
    (text,) = remaining_resources(plan, outcome)
    assert f"{ELSEWHERE} did not return" in text


def test_where_nobody_says_which_regions_there_are_it_stays(stage: Stage) -> None:
    stage.apply(ASKED)
    stage.box.fault("error", action="DescribeRegions", code="UnauthorizedOperation")
    plan, outcome = end(stage, ASKED)
    stage.box.clear_faults()
    assert validation(stage)
    (text,) = remaining_resources(plan, outcome)
    assert "ec2:DescribeRegions" in text


def test_regions_that_the_account_has_not_enabled_are_not_asked(stage: Stage) -> None:
    stage.apply(ASKED)
    stage.box.clear_calls()
    end(stage, ASKED)
    assert "us-east-1" in asked_regions(stage)
    assert "ap-east-1" not in asked_regions(stage)


def stand_before(stage: Stage) -> dict[str, Any]:
    """Somebody put the record up before elbplan came."""
    validation_record = record(stage.box.account_id, DOMAIN)
    record_set = {**validation_record, "TTL": 60, "ResourceRecords": [{"Value": validation_record["Value"]}]}
    del record_set["Value"]
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]}
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch=batch)
    return record_set


def test_one_that_stood_before_is_not_written_over_and_never_removed(stage: Stage) -> None:
    record_set = stand_before(stage)
    stage.apply(ASKED)
    plan, outcome = end(stage, ASKED)
    (still,) = [record for record in stage.box.records(stage.zone) if record["Name"] == record_set["Name"]]
    assert still["TTL"] == record_set["TTL"]
    assert remaining_resources(plan, outcome) == []


def test_a_new_certificate_takes_over_what_the_one_before_it_put_up(stage: Stage) -> None:
    two = specs.TWO_NAMES + "remove_validation: true\n"
    stage.apply(two)
    stage.apply(ASKED)
    assert validation(stage)
    assert validation(stage, f"www.{ZONE}") == [], "no name needs it any more"
    end(stage, ASKED)
    assert validation(stage) == []


def test_a_name_that_leaves_the_certificate_leaves_its_record_and_apply_says_so(stage: Stage) -> None:
    stage.apply(specs.TWO_NAMES)
    plan = stage.plan(specs.COURSE)
    (text,) = plan.stays
    assert f"www.{ZONE}" in text


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_stacks_that_share_it_the_last_one_removes_it(stage: Stage, first: int) -> None:
    ours, theirs = ASKED, ASKED.replace("my-web", "other") + "manage: {dns: false}\n"
    stage.apply(ours)
    stage.apply(theirs)
    order = [ours, theirs] if first == 0 else [theirs, ours]
    end(stage, order[0])
    assert validation(stage)
    end(stage, order[1])
    assert validation(stage) == []


def test_two_certificates_of_one_stack_that_end_together_leave_nothing(stage: Stage) -> None:
    spec = ASKED + f"certificate: {{spare: {{domains: [{DOMAIN}], key: EC_prime256v1, remove_validation: true}}}}\n"
    spec += "overrides: {listener.443: {more_certificates: [spare]}}\n"
    stage.apply(spec)
    end(stage, spec)
    assert validation(stage) == []


def test_a_refused_deletion_is_tried_again_if_the_record_still_exists(stage: Stage) -> None:
    stage.apply(ASKED)
    refusal = {"code": "InvalidChangeBatch", "message": "[the values do not match]", "status": 400}
    pattern = "DELETE.*acm-validations"
    stage.box.fault("error", action="ChangeResourceRecordSets", match=pattern, nth=1, limit=1, **refusal)
    stage.destroy(ASKED)
    assert not validation(stage)


def test_a_domain_of_a_private_zone_is_validated_in_the_public_zone(stage: Stage) -> None:
    """Without the record in public DNS, ACM would not issue the certificate, and apply would wait for 75 minutes."""
    private = (
        stage.client("route53")
        .create_hosted_zone(
            Name=ZONE, CallerReference="private", VPC={"VPCRegion": "ap-northeast-2", "VPCId": stage.ids["vpc"]}
        )["HostedZone"]["Id"]
        .rsplit("/", 1)[-1]
    )
    spec = specs.COURSE.replace(specs.DOMAIN, f"domain: {{name: {DOMAIN}, zone: {private}}}\n")
    stage.apply(spec)
    assert validation(stage)
    assert [one["Type"] for one in stage.box.records(private) if one["Name"] == f"{DOMAIN}."] == ["A"]
    stage.destroy(spec)
