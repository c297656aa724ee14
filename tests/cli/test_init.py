"""elbplan init: reads the account, asks, and writes a spec that validates and plans."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.errors import AwsProblem

from .kit import PipeStream, TerminalStream

REGION = "ap-northeast-2"


@pytest.fixture
def folder(shell, tmp_path):
    """An empty folder with a Korean name, in an account without servers."""
    folder = tmp_path / "한글 My Shop"
    folder.mkdir()
    shell.environ["AWS_REGION"] = REGION
    with chdir(folder):
        yield folder


@pytest.fixture
def servers(shell, folder):
    """Two servers of one application, whose security group opens port 8080, and a database."""
    shell.connect(REGION)
    box = shell.box
    group = box.client("ec2", REGION).create_security_group(GroupName="web", Description="web")["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    box.client("ec2", REGION).authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    for name, zone, app in (("server-a", "a", "web"), ("server-c", "c", "web"), ("db", "a", "db")):
        box.create_fixture("instance", region=REGION, zone=zone, tags={"Name": name, "app": app}, security_group=group)
    return group


def written(folder: Path) -> str:
    (file,) = (folder / "specs").iterdir()
    return file.read_text(encoding="utf-8")


def test_the_defaults_give_a_spec_that_validates_and_plans_to_nothing_else(shell, servers, folder):
    ended = shell.run("init", "--defaults")
    assert ended.code == 0, ended.err
    assert "2 running instances with tag app=web and 1 other" in ended.err
    assert "hosted zone example.com" in ended.err
    assert "elbplan plan specs/my-shop.yaml" in ended.out
    text = written(folder)
    assert 'instances: {tag: "app=web"}' in text
    assert "port: 8080 " in text
    assert "zones: [a, c]" in text
    assert "domain: my-shop.example.com" in text
    assert shell.run("validate").code == 0
    plan = shell.run("plan", "--json").document["stacks"][0]
    assert {change["action"] for change in plan["changes"]} == {"create"}
    assert not plan.get("refusals")


def test_init_reads_only(shell, servers, folder):
    shell.box.clear_calls()
    assert shell.run("init", "--defaults").code == 0
    assert shell.box.writes() == []
    assert len(shell.box.calls) < 20


def test_a_person_presses_enter_everywhere(shell, servers, folder):
    asked = shell.run("init", answers=["", "", "", "", ""])
    assert asked.code == 0, asked.err
    by_person = written(folder)
    (folder / "specs" / "my-shop.yaml").unlink()
    assert shell.run("init", "--defaults").code == 0
    assert by_person == written(folder)


def test_a_wrong_answer_is_asked_again_with_the_reason(shell, servers, folder):
    answers = ["My Web", "web", "7", "server-a", "x", "80", "health", "/health", "api.example.org", "api.example.com"]
    ended = shell.run("init", answers=answers)
    assert ended.code == 0, ended.err
    for reason in (
        "write at most 24 small letters", "for example my-web", "there is no number 7", "x is not a port",
        "health is not a path", "api.example.org is in no hosted zone of this account (example.com)",
    ):  # fmt: skip
        assert reason in ended.err
    assert "domain: api.example.com" in written(folder)
    assert "port: 80 " in written(folder)


def test_the_end_of_the_input_writes_nothing(shell, servers, folder):
    ended = shell.run("init", answers=["web", "1"])
    assert ended.code == 5
    assert "nothing is written" in ended.err
    assert not (folder / "specs").exists()


class Interrupting(TerminalStream):
    def readline(self, *_: object) -> str:
        raise KeyboardInterrupt


def test_ctrl_c_writes_nothing(shell, servers, folder):
    ended = shell.run("init", stdin=Interrupting())
    assert ended.code == 130
    assert not (folder / "specs").exists()


def test_nobody_at_the_terminal(shell, folder):
    ended = shell.run("init")
    assert ended.code == 5
    assert "--defaults asks nothing" in ended.err
    assert shell.box.calls == []


def test_a_record_that_exists_moves_only_if_the_person_says_so(shell, servers, folder):
    zone = shell.box.client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    record = {"Name": "api.example.com", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.9"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    shell.box.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
    kept = shell.run("init", "kept", answers=["", "", "", "api.example.com", "no"])
    assert kept.code == 0, kept.err
    assert "api.example.com has the record A 192.0.2.9 now" in kept.err
    assert "api.example.com keeps its record A 192.0.2.9" in kept.out
    assert shell.run("plan", "kept", "--json").document["stacks"][0]["summary"] is not None
    moved = shell.run("init", "moved", answers=["", "", "", "api.example.com", "yes"])
    assert moved.code == 0, moved.err
    text = (folder / "specs" / "moved.yaml").read_text(encoding="utf-8")
    assert "\n  take_over: true" in text
    plan = shell.run("plan", "moved")
    assert "was A 192.0.2.9" in plan.out


def test_a_free_domain_is_the_default_and_a_taken_one_is_not(shell, servers, folder):
    zone = shell.box.client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    record = {"Name": "my-shop.example.com", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.9"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    shell.box.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
    ended = shell.run("init", "--defaults")
    assert ended.code == 0
    assert "\ndomain:" not in written(folder)
    assert "keeps its record" not in ended.out


def test_a_file_is_never_overwritten(shell, folder):
    (folder / "specs").mkdir()
    (folder / "specs" / "web.yaml").write_text("mine")
    for words in (("init", "web"), ("init", "-o", "specs/web.yaml")):
        ended = shell.run(*words, "--defaults")
        assert ended.code == 5
        assert "specs/web.yaml exists already" in ended.err
    assert (folder / "specs" / "web.yaml").read_text() == "mine"
    assert [file.name for file in (folder / "specs").iterdir()] == ["web.yaml"]


def test_a_second_spec_gets_another_name(shell, folder):
    assert shell.run("init", "--defaults").code == 0
    assert shell.run("init", "--defaults").code == 0
    assert sorted(file.name for file in (folder / "specs").iterdir()) == ["my-shop-2.yaml", "my-shop.yaml"]
    assert shell.run("validate").code == 0
    asked = shell.run("init", answers=["my-shop", "other", ""])
    assert "there is a stack my-shop already" in asked.err


def test_a_load_balancer_with_the_same_servers_is_named(shell, servers, folder):
    assert shell.run("init", "first", "--defaults").code == 0
    assert shell.run("apply", "first", "--yes", "--no-verify").code == 0
    elb = shell.box.client("elbv2", REGION)
    arn = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    taken = shell.run("init", answers=["first", "second", "", "", "", ""])
    assert "there is a stack first already" in taken.err
    elb.remove_tags(ResourceArns=[arn], TagKeys=["elbplan:stack", "elbplan:address"])
    ended = shell.run("init", "third", "--defaults", "--json")
    assert ended.code == 0, ended.err
    (note,) = [note for note in ended.document["notes"] if "load balancer" in note]
    assert "`elbplan import first`" in note


def test_a_denied_read_does_not_stop_the_others(shell, servers, folder):
    shell.box.fault("error", service="route53", action="ListHostedZones", code="AccessDenied", status=403)
    ended = shell.run("init", "--defaults")
    assert ended.code == 0, ended.err
    assert "hosted zones: AWS denies it" in ended.err
    assert shell.run("validate").code == 0


def test_json_is_one_document(shell, servers, folder):
    document = shell.run("init", "--defaults", "--json").document
    assert document["file"] == "specs/my-shop.yaml"
    assert (document["tag"], len(document["instances"])) == ("app=web", 2)
    assert document["next"] == "elbplan plan specs/my-shop.yaml"


def test_an_invalid_name_is_a_usage_error_with_a_valid_one(shell, folder):
    ended = shell.run("init", "My Web")
    assert ended.code == 64
    assert "elbplan init my-web" in ended.err


def test_output_in_another_folder(shell, folder):
    ended = shell.run("init", "web", "--defaults", "-o", "deep/er/stack.yaml")
    assert ended.code == 0, ended.err
    text = (folder / "deep" / "er" / "stack.yaml").read_text(encoding="utf-8")
    assert "$schema=../../elbplan.schema.json" in text
    assert oct((folder / "deep" / "er" / "stack.yaml").stat().st_mode)[-3:] == "644"


def test_an_empty_folder_without_an_account(tmp_path):
    """The whole way of a new user: init --defaults, validate, plan --sandbox, in a process of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environ |= {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "ELBPLAN_SANDBOX_DIR": str(tmp_path / "sb")}
    folder = tmp_path / "한글"
    folder.mkdir()

    def elbplan(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "elbplan", *words]
        return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)

    try:
        made = elbplan("init", "--defaults")
        assert made.returncode == 0, made.stderr
        assert made.stderr.splitlines() == [
            "there are no AWS credentials: elbplan goes on without an account, and marks the lines to check"
        ]
        assert "elbplan plan specs/my-web.yaml --sandbox" in made.stdout
        assert elbplan("validate").stdout == "specs/my-web.yaml: my-web is valid (8 resources)\n"
        plan = elbplan("plan", "--sandbox")
        assert plan.returncode == 0, plan.stderr
        assert "Plan: 8 to create, 0 to change" in plan.stdout
    finally:
        elbplan("sandbox", "stop")


class Nowhere:
    """A cloud that cannot be reached."""

    def __init__(self, region):
        self.region = region

    def send(self, call):
        raise AwsProblem("cannot reach AWS")


def test_the_questions_without_an_account(tmp_path):
    out, err = PipeStream(), PipeStream()
    terminal = Terminal(TerminalStream("seoul\neu-west-1\nweb\n"), out, err, {})
    with chdir(tmp_path):
        assert run(["init"], terminal, Nowhere) == 0, err.getvalue()
    assert "seoul is not a region" in err.getvalue()
    assert "cannot reach AWS: elbplan goes on without an account" in err.getvalue()
    assert "region: eu-west-1 " in (tmp_path / "specs" / "web.yaml").read_text(encoding="utf-8")
