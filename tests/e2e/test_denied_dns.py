"""A user who may use only ELB and EC2 can plan, apply and destroy a stack without a domain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.errors import AwsProblem
from elbplan.kinds import KINDS
from elbplan.render.documents import stack_document
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import MigrationShell
from .stage import Stage

DENIED = {"acm": "AccessDeniedException", "route53": "AccessDenied"}
"""The codes in the common errors of https://docs.aws.amazon.com/acm/latest/APIReference/ and of Route 53."""


def deny(stage: Stage, *services: str, action: str | None = None) -> None:
    for service in services:
        stage.box.fault(
            "error", service=service, action=action, code=DENIED[service], message="not authorized", status=403
        )


@pytest.fixture
def limited(stage: Stage) -> Iterator[Stage]:
    """A stage whose user may use neither ACM nor Route 53."""
    deny(stage, "acm", "route53")
    yield stage
    stage.box.clear_faults()


def test_a_stack_without_a_domain_needs_neither_acm_nor_route_53(limited: Stage) -> None:
    limited.apply(specs.HTTP)
    limited.destroy(specs.HTTP)


def test_the_plan_says_what_it_does_not_see(limited: Stage) -> None:
    plan = limited.plan(specs.HTTP)
    assert [text.partition(".")[0] for text in plan.unread] == [
        "certificates: AWS denies acm:ListCertificates",
        "records: AWS denies route53:ListHostedZones",
    ]
    assert stack_document(plan)["unread"] == list(plan.unread)


def test_a_user_who_sees_certificates_but_not_their_tags_can_plan_too(stage: Stage) -> None:
    """The policy of aws-load-balancer-controller allows acm:ListCertificates, but not acm:ListTagsForCertificate."""
    deny(stage, "acm", action="ListTagsForCertificate")
    assert stage.plan(specs.HTTP).unread == (), "no certificate can be one of the stack's"
    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(specs.HTTP), KINDS)
    (text,) = end.unread
    assert text.startswith("certificates: AWS denies acm:ListTagsForCertificate")
    stage.box.clear_faults()


def test_a_user_with_all_permissions_gets_no_such_note(stage: Stage) -> None:
    assert stage.plan(specs.HTTP).unread == ()


@pytest.mark.parametrize("service", DENIED)
def test_a_stack_with_a_domain_needs_both(stage: Stage, service: str) -> None:
    deny(stage, service)
    with pytest.raises(AwsProblem, match="not authorized") as refused:
        stage.plan(specs.COURSE)
    assert refused.value.code == DENIED[service]
    with pytest.raises(AwsProblem, match="not authorized"):
        workflow.plan_destroy(stage.aws, stage.stacks(specs.COURSE), KINDS)
    stage.box.clear_faults()


def test_one_of_two_stacks_that_wants_a_domain_is_enough(limited: Stage) -> None:
    other = specs.COURSE.replace("my-web", "other")
    with pytest.raises(AwsProblem, match="not authorized"):
        workflow.plan(limited.aws, limited.stacks(f"{specs.HTTP}---\n{other}"), KINDS)


def test_a_stack_that_had_a_domain_needs_route_53_while_its_records_exist(stage: Stage) -> None:
    """The tags of the load balancer list the records, so a destroy cannot leave them behind unseen."""
    stage.apply(specs.COURSE)
    deny(stage, "acm", "route53")
    with pytest.raises(AwsProblem, match="ListHostedZones"):
        stage.plan(specs.HTTP)
    with pytest.raises(AwsProblem, match="ListHostedZones"):
        workflow.plan_destroy(stage.aws, stage.stacks(specs.HTTP), KINDS)
    stage.box.clear_faults()
    stage.destroy(specs.COURSE)


@pytest.mark.parametrize("service", DENIED)
def test_only_a_denial_is_a_note(stage: Stage, service: str) -> None:
    stage.box.fault("error", service=service, code="ExpiredToken", message="expired", status=403)
    with pytest.raises(AwsProblem, match="expired"):
        stage.plan(specs.HTTP)
    stage.box.clear_faults()


def test_the_plan_of_files_says_what_it_does_not_see(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", specs.HTTP)
    assert shell.save("first").code == 0
    box.fault("error", service="acm", code=DENIED["acm"], message="not authorized", status=403)
    assert "Not read    certificates: AWS denies acm:ListCertificates" in shell.plan().out
    box.clear_faults()
