"""The sandbox in this process, over HTTP, and in the background."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.admin import daemon, state_file
from elbplan.sandbox.admin.remote import RemoteBox
from elbplan.sandbox.box import Box
from elbplan.sandbox.domains import registrable
from elbplan.sandbox.errors import SandboxError
from elbplan.sandbox.not_done import NOT_DONE
from elbplan.sandbox.rules import RULES, TITLES

from .kit import Kit, plain, refused


@pytest.mark.parametrize("number", range(1, 31))
def test_every_rule_has_a_source_and_a_test(number: int) -> None:
    functions = RULES[number]
    sources = [function.__doc__ or "" for function in functions]
    assert any(re.search(r"https://|API_\w+|user guide|Developer Guide|logs|in the wild", text) for text in sources), (
        sources
    )
    assert all(sources), functions
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert f"def test_rule_{number:02}_" in tests
    assert TITLES[number]


def test_missing_behaviour_has_a_reason() -> None:
    assert all(len(reason) > 20 for reason in NOT_DONE.values())


def test_nothing_imports_moto_before_it_is_needed() -> None:
    code = (
        "import sys, elbplan.sandbox, elbplan.sandbox.admin.daemon; print([m for m in sys.modules if m[:4] == 'moto'])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_calls_are_logged_in_order_and_counted(kit: Kit) -> None:
    kit.box.clear_calls()
    kit.group("one", Tags=[{"Key": "a", "Value": "b"}])
    with refused("TargetGroupNotFound"):
        kit.elb.describe_target_groups(Names=["nobody"])
    calls = [(call.service, call.action, call.outcome, call.write) for call in kit.box.calls]
    assert calls == [
        ("elbv2", "CreateTargetGroup", "ok", 1),
        ("elbv2", "DescribeTargetGroups", "TargetGroupNotFound", 0),
    ]
    assert kit.box.counts() == {"CreateTargetGroup": 1, "DescribeTargetGroups": 1}
    assert [call.params["Name"] for call in kit.box.writes()] == ["one"]


def test_other_resources_can_be_compared_before_and_after(kit: Kit) -> None:
    other = kit.group("other")
    kit.change(("CREATE", plain("s.example.com", "A", "192.0.2.1")))
    before = kit.box.snapshot()
    mine = kit.group("mine", Tags=[{"Key": "elbplan:stack", "Value": "s"}])
    after = kit.box.snapshot()
    assert set(after) - set(before) == {mine} == set(kit.box.tagged("s"))
    assert {name: after[name] for name in before} == before
    kit.elb.modify_target_group(TargetGroupArn=other, HealthCheckPath="/x")
    assert kit.box.snapshot([other]) != {other: before[other]}
    assert kit.box.snapshot(lambda name, _: name == mine) == {mine: after[mine]}


def test_two_boxes_share_nothing(kit: Kit) -> None:
    kit.group("here")
    with Box() as other:
        other_kit = Kit(other)
        assert other.account_id != kit.box.account_id  # type: ignore[attr-defined]
        assert other_kit.elb.describe_target_groups()["TargetGroups"] == []
        other_kit.open_group("there")
    assert "there" not in {group["GroupName"] for group in kit.ec2.describe_security_groups()["SecurityGroups"]}


def test_default_resources_are_created_once(kit: Kit) -> None:
    first = kit.box.create_defaults("eu-central-1", hosted_zones=["api.example.com", "shop.example.co.uk"])
    assert kit.box.create_defaults("eu-central-1", hosted_zones=["api.example.com", "shop.example.co.uk"]) == first
    assert first["hosted_zones"]["api.example.com"] == kit.zone
    assert [zone["Name"] for zone in kit.dns.list_hosted_zones()["HostedZones"]] == ["example.com.", "example.co.uk."]
    subnet = kit.ec2.describe_subnets(SubnetIds=[first["subnets"]["a"]])["Subnets"][0]
    assert subnet["DefaultForAz"]
    assert subnet["MapPublicIpOnLaunch"]
    routes = kit.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [kit.vpc]}])["RouteTables"][0][
        "Routes"
    ]
    assert {"0.0.0.0/0"} <= {
        route.get("DestinationCidrBlock") for route in routes if route.get("GatewayId", "").startswith("igw-")
    }


@pytest.mark.parametrize(
    ("domain", "parent"),
    [
        ("api.example.com", "example.com"),
        ("example.com", "example.com"),
        ("a.b.co.kr", "b.co.kr"),
        ("co.uk", ""),
        ("com", ""),
    ],
)
def test_registrable(domain: str, parent: str) -> None:
    assert registrable(domain) == parent


def test_many_threads_at_once(kit: Kit) -> None:
    def make(number: int) -> None:
        kit.group(f"g{number}")

    threads = [threading.Thread(target=make, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kit.elb.describe_target_groups()["TargetGroups"]) == 12


def test_a_remote_box_has_the_same_methods(kit: Kit) -> None:
    remote = RemoteBox(kit.box.url)
    remote.clear_calls()
    kit.group("one")
    assert remote.counts() == {"CreateTargetGroup": 1}
    assert remote.snapshot().keys() == kit.box.snapshot().keys()
    assert remote.traffic("api.example.com")["why"] == "api.example.com does not resolve"
    with pytest.raises(SandboxError, match="no quota"):
        remote.quota("nonsense", 1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ELBPLAN_SANDBOX_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    yield tmp_path
    daemon.stop()


def test_the_background_sandbox_from_start_to_stop(home: Path) -> None:
    assert daemon.status() == {"running": False}
    started: list[daemon.RunningSandbox] = []
    threads = [threading.Thread(target=lambda: started.append(daemon.start(0.0))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started[0].pid == started[1].pid
    file = state_file.path()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"AWS_PROFILE" not in Path(f"/proc/{started[0].pid}/environ").read_bytes()
    assert [daemon.start(slow).slow for slow in (0.0, 5.0, 0.0)] == [0.0, 0.0, 5.0]
    assert daemon.status()["slow"] == 0.0
    box = started[0].box()
    assert daemon.create_defaults(started[0], "us-east-1", ["api.example.com"]) == daemon.create_defaults(
        started[0], "us-east-1", ["api.example.com"]
    )
    assert len(box.client("route53").list_hosted_zones()["HostedZones"]) == 1
    with pytest.raises(SandboxError):
        RemoteBox(started[0].url).reset()
    assert daemon.reset()
    assert box.client("route53").list_hosted_zones()["HostedZones"] == []
    assert daemon.stop()
    assert not daemon.stop()
    assert home.joinpath("sandbox.json").exists() is False


def test_a_state_file_with_another_process_ends_nothing(home: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    state_file.write(state_file.path(), state_file.DaemonEntry(bystander.pid, "http://127.0.0.1:1", "token"))
    assert daemon.find() is None
    assert not daemon.stop()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
    assert daemon.find() is None
    assert not home.joinpath("sandbox.json").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"pid": 1}), json.dumps({"pid": 1, "other": 2})])
def test_an_invalid_state_file_is_ignored(home: Path, content: str) -> None:
    home.joinpath("sandbox.json").write_text(content)
    assert daemon.find() is None


def test_without_moto_the_error_names_the_installation(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = home / "hidden" / "moto"
    hidden.mkdir(parents=True)
    hidden.joinpath("__init__.py").write_text("raise ImportError('no moto here')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden.parent), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(SandboxError, match=re.escape("pip install 'elbplan[sandbox]'")):
        daemon.start()


@pytest.mark.parametrize("url", [7, "http://elsewhere.example.com:80", "http://127.0.0.1", "file:///etc/passwd"])
def test_a_state_file_with_another_url_is_ignored(home: Path, url: Any) -> None:
    home.joinpath("sandbox.json").write_text(json.dumps({"pid": os.getpid(), "url": url, "token": "t"}))
    assert daemon.find() is None
    assert daemon.status() == {"running": False}


@pytest.mark.parametrize("body", [b"[1, 2]", b'{"result": [1]}', b'"text"', b"no JSON"])
def test_another_program_at_the_port_of_an_old_state_file_is_no_sandbox(home: Path, body: bytes) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Prints nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        state_file.write(state_file.path(), state_file.DaemonEntry(os.getpid(), url, "token"))
        assert daemon.find() is None
        assert not daemon.stop()
        server.shutdown()


def test_a_sandbox_without_its_state_file_ends_by_itself(home: Path) -> None:
    running = daemon.start(0.0)
    home.joinpath("sandbox.json").write_text("garbage")
    assert daemon.has_ended(running.pid, 30.0)


def test_a_folder_that_cannot_be_written_is_reported_with_the_remedy(tmp_path: Path, monkeypatch: Any) -> None:
    tmp_path.joinpath("file").write_text("")
    monkeypatch.setenv("ELBPLAN_SANDBOX_DIR", str(tmp_path / "file" / "below"))
    with pytest.raises(SandboxError, match="Set ELBPLAN_SANDBOX_DIR to a folder that you may write to"):
        daemon.start()


def test_an_older_moto_is_reported_as_old(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = home / "hidden" / "moto"
    hidden.mkdir(parents=True)
    hidden.joinpath("__init__.py").write_text("raise ImportError('no module moto.core.routing')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden.parent), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(SandboxError, match=r"needs moto 5\.2\.5 or newer, but moto \d.* is installed, and .*routing"):
        daemon.start()


def test_rule_16_the_default_vpc_has_a_gateway_from_the_beginning(quick_box: Box) -> None:
    """Before `create_defaults`: a program that only knows the endpoint can make a load balancer."""
    quick_box.reset()
    ec2 = quick_box.client("ec2", "eu-west-3")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    attached = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])
    assert len(attached["InternetGateways"]) == 1


def test_renewed_it_is_as_at_its_beginning() -> None:
    with Box(slow=7) as box:
        ec2 = box.client("ec2", "eu-west-1")
        began = box.account.moment
        box.create_fixture("instance", region="eu-west-1")
        box.advance(86400)
        box.switch("slow", 1.0)
        box.switch("index_lag", 5.0)
        box.renew()
        assert ec2.describe_instances()["Reservations"] == []
        assert (box.account.timing.slow, box.account.timing.index_lag) == (7, 60)
        assert box.account.moment - began < 3600
