"""elbplan verify and the check after an apply, on the simulator and its network."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from elbplan.live.names import names_of_simulator
from elbplan.sandbox.box import Box
from elbplan.verification.network import DnsNames, NoNetwork, ProxyConnections

from .kit import WEB, CommandResult, Shell

API = WEB.replace("my-web", "my-api").replace("api.example.com", "two.example.com")


def network_of(box: Box) -> ProxyConnections:
    """The simulator's network, as `--sandbox` uses it."""
    reached = box.network()
    return ProxyConnections(names_of_simulator(*reached["dns"]), reached["proxy"], reached["authority"])


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Shell:
    box.reset()
    shell = Shell(box, tmp_path)
    shell.reached = network_of(box)
    return shell


class Starting:
    """A network on which the load balancers refuse every connection until they are up."""

    beyond: tuple[str, int] | None = None
    proxy_variable = ""

    def __init__(self, network: ProxyConnections) -> None:
        self.names: DnsNames = network.names
        self.context, self._connect = network.context, network.connect
        self.is_up = False

    def up(self) -> None:
        self.is_up = True

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        if not self.is_up:
            raise ConnectionRefusedError
        return self._connect(address, port, seconds)


@dataclass
class Waiting:
    """A clock whose time passes only in `sleep`. Something happens at the second one."""

    happens: Callable[[], Any] = lambda: None
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == 2:
            self.happens()


def failed(result: CommandResult) -> dict[str, str]:
    """The names and texts of the checks that failed, from JSON."""
    (stack,) = result.document["stacks"]
    return {check["name"]: check["text"] for check in stack["checks"] if check["state"] == "failed"}


def test_an_apply_ends_with_a_real_request(shell: Shell) -> None:
    done = shell.run("apply", "--yes", shell.spec)
    assert done.code == 0
    last = done.out.splitlines()[-1]
    assert last.startswith("✓ https://api.example.com answers 200 in ")
    assert last.endswith(" ms")


def test_verify_lists_every_check(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    done = shell.run("verify", shell.spec)
    assert (done.code, done.err) == (0, "")
    marks = [line[2:17].rstrip() for line in done.out.splitlines()[1:-1]]
    assert marks == [f"✓ {name}" for name in (
        "load balancer", "listener", "listener", "certificate", "security", "target group", "delegation", "DNS",
        "connection", "connection", "TLS", "redirect", "answer",
    )]  # fmt: skip


def test_a_stack_is_found_by_its_name_too(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    done = shell.run("verify", "my-web", "--region", "ap-northeast-2", "--json")
    assert done.code == 0
    assert failed(done) == {}
    assert [stack["answers"] for stack in done.document["stacks"]] == [True]


def test_a_stack_that_does_not_answer_ends_with_3_and_the_next_step(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    shell.box.sick(_group(shell.box), "Target.FailedHealthChecks")
    shell.box.delegate("example.com", ["ns.registrar.example"])
    done = shell.run("verify", shell.spec)
    assert done.code == 3
    assert done.out.splitlines()[-1] == "✗ my-web does not answer as it should: 3 of 13 checks failed"
    assert "example.com is delegated to ns.registrar.example, not to its hosted zone" in " ".join(done.out.split())
    assert "fix enter these name servers at the registrar of example.com" in " ".join(done.out.split())
    assert set(failed(shell.run("verify", shell.spec, "--json"))) == {"targets", "delegation", "answer"}


def _group(box: Box) -> str:
    return next(id for id, fields in box.snapshot().items() if ":targetgroup/my-web" in id)


def test_a_security_group_that_somebody_closed(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    ec2 = shell.box.client("ec2", "ap-northeast-2")
    filters = [{"Name": "tag:elbplan:address", "Values": ["security_group.lb"]}]
    (group,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    done = shell.run("verify", shell.spec, "--json")
    assert done.code == 3
    assert failed(done)["connection"] == "no answer within 5 s: the security group or the network ACL is closed"
    (stack,) = done.document["stacks"]
    closed = [check for check in stack["checks"] if check["name"] == "security-path"]
    assert [check["state"] for check in closed] == ["failed", "failed"]
    assert closed[0]["command"].startswith("aws ec2 authorize-security-group-ingress")


def test_a_listener_that_somebody_deleted(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    elb = shell.box.client("elbv2", "ap-northeast-2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (secure,) = [listener["ListenerArn"] for listener in listeners if listener["Port"] == 443]
    elb.delete_listener(ListenerArn=secure)
    done = shell.run("verify", shell.spec, "--json")
    assert done.code == 3
    found = failed(done)
    assert found["listener"] == "the load balancer does not listen on port 443"
    assert found["connection"] == "refused: nothing listens on this port"
    assert "no listener forwards to its target group" in found["targets"]


def test_a_stack_that_is_not_applied(shell: Shell) -> None:
    done = shell.run("verify", shell.spec)
    assert done.code == 3
    assert "✗ load balancer  my-web: nothing of this stack is in AWS" in done.out
    assert f"elbplan apply {shell.spec}" in done.out


def test_a_name_that_nobody_knows(shell: Shell) -> None:
    done = shell.run("verify", "my-wen", "--region", "ap-northeast-2")
    assert done.code == 64
    assert "there is no file, folder or stack my-wen, and ap-northeast-2 has nothing of it" in done.err


def test_a_spec_from_standard_input_is_named_as_such(shell: Shell) -> None:
    done = shell.run("verify", "-", typed=WEB)
    assert (done.code, "          elbplan apply -\n" in done.out) == (3, True)


def test_one_broken_stack_hides_no_other(shell: Shell) -> None:
    shell.write("two.yaml", API)
    shell.run("apply", "--yes", "--no-verify", str(shell.folder / "two.yaml"))
    shell.write("web.yaml", WEB.replace("targets:", "target:"))
    done = shell.run("verify", str(shell.folder))
    assert done.code == 65
    assert "✓ https://two.example.com answers 200" in done.out
    assert "target" in done.out


def test_several_stacks_have_their_own_results(shell: Shell) -> None:
    shell.write("two.yaml", API)
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    done = shell.run("verify", str(shell.folder), "--json")
    assert done.code == 3
    assert {stack["stack"]: stack["answers"] for stack in done.document["stacks"]} == {
        "my-api": False, "my-web": True
    }  # fmt: skip


def test_watch_waits_until_the_stack_answers(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    shell.box.delegate("example.com", [])
    clock = Waiting(lambda: shell.box.delegate("example.com"))
    done = shell.run("verify", "--watch", shell.spec, clock=clock)
    assert (done.code, clock.slept) == (0, [5.0, 5.0])
    assert done.err.splitlines() == [
        "my-web: delegation example.com: failed: example.com is not delegated: no parent zone has name servers for it",
        "my-web: delegation example.com: ok: delegated to its 4 name servers",
    ]


def test_watch_gives_up(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    shell.box.delegate("example.com", [])
    clock = Waiting()
    assert shell.run("verify", "--watch", "--timeout", "20s", shell.spec, clock=clock).code == 3
    assert clock.now() == 20
    assert shell.run("verify", "--watch", "--timeout", "soon", shell.spec).code == 64


def test_an_apply_waits_while_the_stack_begins_to_answer(shell: Shell) -> None:
    network = Starting(network_of(shell.box))
    shell.reached = network
    clock = Waiting(network.up)
    done = shell.run("apply", "--yes", shell.spec, clock=clock)
    assert (done.code, clock.slept) == (0, [5.0, 5.0])
    assert "✓ https://api.example.com answers 200" in done.out


def test_an_apply_that_nobody_can_reach_ends_with_3(shell: Shell) -> None:
    shell.reached = Starting(network_of(shell.box))
    clock = Waiting()
    done = shell.run("apply", "--yes", shell.spec, clock=clock)
    assert (done.code, clock.now()) == (3, 90)
    assert "✗ my-web does not answer as it should: 2 of 10 checks failed" in done.out
    assert f"next      elbplan verify {shell.spec} --watch" in done.out


def test_ctrl_c_during_the_check_keeps_the_result_of_the_run(shell: Shell) -> None:
    class Pressed(Waiting):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    shell.reached = Starting(network_of(shell.box))
    done = shell.run("apply", "--yes", "--json", shell.spec, clock=Pressed())
    assert done.code == 130
    (summary,) = [line for line in done.lines if line["type"] == "summary"]
    assert (summary["failed"], summary["skipped"], "verify" in summary) == (0, 0, False)
    assert "my-web is applied; the check whether it answers was interrupted" in done.out + done.err


def test_an_apply_does_not_wait_for_what_does_not_pass_by_itself(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    shell.box.delegate("example.com", [])
    shell.write("web.yaml", WEB.replace("/health", "/up"))
    clock = Waiting()
    done = shell.run("apply", "--yes", "--allow", "health-check-changes", shell.spec, clock=clock)
    assert (done.code, clock.slept) == (3, [])


def test_the_last_document_of_an_apply_has_the_checks(shell: Shell) -> None:
    done = shell.run("apply", "--yes", "--json", shell.spec)
    assert done.code == 0
    last = done.lines[-1]
    assert (last["type"], last["exit"], last["verify"]["state"]) == ("summary", 0, "ok")
    shell.box.delegate("example.com", [])
    shell.write("web.yaml", WEB.replace("/health", "/up"))
    words = ("apply", "--yes", "--json", "--allow", "health-check-changes")
    done = shell.run(*words, shell.spec, clock=Waiting())
    assert (done.code, done.lines[-1]["exit"], done.lines[-1]["verify"]["answers"]) == (3, 3, False)
    error = done.lines[-1]["error"]
    assert (error["code"], error["kind"]) == (3, "no answer")
    assert error["what"] == "example.com is not delegated: no parent zone has name servers for it"


def test_no_verify_asks_nothing(shell: Shell) -> None:
    done = shell.run("apply", "--yes", "--no-verify", "--json", shell.spec)
    assert (done.code, "verify" in done.lines[-1]) == (0, False)


def test_nothing_to_do_is_not_checked(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    done = shell.run("apply", "--yes", shell.spec)
    assert (done.code, "answers" in done.out) == (0, False)


def test_a_stand_in_for_aws_has_no_network(shell: Shell) -> None:
    shell.reached = None
    clock = Waiting()
    done = shell.run("apply", "--yes", shell.spec, clock=clock)
    assert (done.code, clock.slept) == (0, [])
    reason = "the AWS of this program is a stand-in, and its load balancers have no network"
    assert f"my-web was not asked for an answer: {reason}" in " ".join(done.out.split())
    assert shell.run("verify", shell.spec).code == 0


def test_the_check_after_an_apply_asks_aws_little(shell: Shell) -> None:
    shell.reached = NoNetwork("none")
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    shell.write("web.yaml", WEB.replace("/health", "/up"))
    words = ("apply", "--yes", "--allow", "health-check-changes", shell.spec)
    shell.box.clear_calls()
    shell.run(*words, "--no-verify")
    without = shell.box.counts()
    shell.write("web.yaml", WEB)
    shell.box.clear_calls()
    shell.run(*words)
    more = shell.box.counts() - without
    assert more.total() <= 6, more


def test_with_migrations_the_check_comes_after_the_last_file(shell: Shell) -> None:
    shell.run("apply", "--yes", "--no-verify", shell.spec)
    folder = str(shell.folder / "migrations")
    shell.write("web.yaml", WEB.replace("/health", "/up"))
    assert shell.run("plan", shell.spec, "--save", "up", "--migrations", folder).code == 0
    words = ("apply", "--yes", "--json", "--allow", "health-check-changes", "--migrations", folder, shell.spec)
    done = shell.run(*words)
    assert done.code == 0, done.err
    assert [line["type"] for line in done.lines if line["type"] in ("summary", "verify")][-2:] == ["summary", "verify"]
    assert done.lines[-1]["verify"]["answers"] is True
    assert json.dumps(done.lines[-1]["exit"]) == "0"
