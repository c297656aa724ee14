"""Screens with servers that elbplan did not create: their names, opened ports, and rules of others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.text import Text

from elbplan.core.address import Address
from elbplan.core.foreign import Foreign, ForeignReference
from elbplan.core.plan import Plan, ServerLabel
from elbplan.kinds import KINDS
from elbplan.kinds.external_servers import ExternalServer, ExternalServers, ServerGroup
from elbplan.kinds.opened_servers import with_opened_servers
from elbplan.planner.reconcile import reconcile
from elbplan.render.documents import stack_document
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.servers import with_names
from elbplan.render.style import Style
from elbplan.run.outcome import Outcome

from .golden import assert_golden
from .plans import ACCOUNT, REGION, WEB, lives, stack

IDS = [f"i-{number:04x}0123456789abc" for number in range(20)]
NAMES = ["server-a", "", "주문 서버 서울 첫째", "n" * 63, "웹" * 40, "server-c", *["web"] * 14]
LABELS = {
    id: ServerLabel(name, "stopped" if name == "server-c" else "running")
    for id, name in zip(IDS, NAMES, strict=True)
}  # fmt: skip
OPEN = WEB.replace("i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb", ", ".join(IDS)).replace(
    "port: 80", "port: 80\n  open: true"
)


def external() -> ExternalServers:
    servers = {
        id: ExternalServer(id, REGION, label.state, "", f"{REGION}a", ("sg-0a1b2c3d4e5f60718",), label.name)
        for id, label in LABELS.items()
    }
    groups = {"sg-0a1b2c3d4e5f60718": ServerGroup("launch-wizard-3")}
    return ExternalServers(servers, dict.fromkeys(groups, ()), groups)


def plan(before: str | None, after: str | None) -> Plan:
    """A plan with these servers."""
    resources = {spec: with_opened_servers(stack(spec).resources, [], external()) for spec in (before, after) if spec}
    there = lives(resources[before]) if before else []
    if after is None:
        rule = "inbound rule sgr-0123456789abcdef{} (port 543{}) of database (sg-0fedcba9876543210)"
        command = (
            f"aws ec2 revoke-security-group-ingress --region {REGION} --group-id sg-0fedcba9876543210 "
            "--security-group-rule-ids sgr-0123456789abcdef{}"
        )
        rules = [ForeignReference(rule.format(n, n), command.format(n), "") for n in range(2)]
        (lb,) = [live.id for live in there if live.address == Address("security_group", "lb")]
        foreign = Foreign(references={lb: rules})
    else:
        foreign = Foreign()
    made = reconcile(
        "my-web", resources[after] if after else {}, there, KINDS, region=REGION, account=ACCOUNT, foreign=foreign
    )
    return replace(made, servers=LABELS | {"sg-0a1b2c3d4e5f60718": ServerLabel("launch-wizard-3")})


PLANS = {
    "servers-create": (None, OPEN),
    "servers-change": (OPEN, OPEN.replace(f"{IDS[5]}, ", "").replace("port: 80", "port: 80\n  tag: app=new")),
    "servers-destroy": (OPEN, None),
}


def screen(name: str, width: int, *, ascii: bool = False) -> list[Text]:
    verb = "destroy" if name == "servers-destroy" else "plan"
    return list(plan_screen(plan(*PLANS[name]), KINDS, Style(width, ascii), PlanView(verb, 1.8)))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", PLANS)
def test_the_screen_is_the_approved_one(name: str, width: int) -> None:
    assert_golden(f"{name}-{width}", screen(name, width))


def test_hangul_is_the_approved_one_on_a_narrow_screen_and_in_ascii() -> None:
    assert_golden("servers-create-60", screen("servers-create", 60))
    assert_golden("servers-create-ascii-80", screen("servers-create", 80, ascii=True))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("name", PLANS)
def test_only_a_command_is_wider_than_the_screen(name: str, width: int) -> None:
    wide = [line.plain for line in screen(name, width) if line.cell_len > width]
    assert [line for line in wide if not line.strip().startswith("aws ec2 revoke-security-group-ingress")] == []


@pytest.mark.parametrize("name", PLANS)
def test_ascii_has_no_other_characters(name: str) -> None:
    assert all(line.plain.isascii() for line in screen(name, 80, ascii=True))


def test_json_has_the_ids_and_the_names() -> None:
    document = json.loads(json.dumps(stack_document(plan(None, OPEN))))
    assert document["servers"][IDS[5]] == {"name": "server-c", "state": "stopped"}
    assert document["servers"][IDS[1]] == {"name": "", "state": "running"}
    assert set(document["servers"]) == set(IDS)


ALIKE = {"i-62b940a87bf8fa895": ServerLabel("web", "running"), "i-62b9ffffffffffff5": ServerLabel("web", "running")}


@pytest.mark.parametrize(("text", "named"), [
    ("i-00000123456789abc", "server-a (i-0000…)"),
    ("i-00000123456789abc:8080", "server-a:8080 (i-0000…)"),
    ("+ i-00050123456789abc:81", "+ server-c:81 (i-0005…, stopped)"),
    ("i-00010123456789abc:8080", "i-00010123456789abc:8080"),
    ("i-0abc1234def567890", "i-0abc1234def567890"),
    ("80 in sg-0a1b2c3d4e5f60718", "80 in sg-0a1b2c3d4e5f60718"),
    ("instance.web-1, ami-00000123456789abc", "instance.web-1, ami-00000123456789abc"),
])  # fmt: skip
def test_a_name_comes_before_the_beginning_of_the_id(text: str, named: str) -> None:
    assert with_names(text, LABELS) == named


def test_servers_that_look_alike_keep_their_ids() -> None:
    assert with_names("i-62b940a87bf8fa895", ALIKE) == "web (i-62b940a87bf8fa895)"


def test_a_stopped_server_without_a_name_shows_its_state() -> None:
    labels = {"i-62b940a87bf8fa895": ServerLabel("", "stopped")}
    assert with_names("i-62b940a87bf8fa895", labels) == "i-62b940a87bf8fa895 (stopped)"


def test_the_end_of_a_destroy_counts_the_rules() -> None:
    ended = plan(OPEN, None)
    lines = outcome_screen(ended, Outcome(done=list(ended.steps)), Style(120), EndScreen("", destroyed=True))
    assert ", 1 ingress rule" in "\n".join(line.plain for line in lines)
