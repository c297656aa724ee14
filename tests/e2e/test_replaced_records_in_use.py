"""Replaced records in the commands: screens, run records, refusals, migrations, and processes that are killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.kinds.aws.parameter_store import UNUSABLE
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box
from tests.cli.kit import session

from .fork_server import ForkServer
from .migration_shell import MigrationShell
from .stage import REGION

NAME = "api.example.com"
BASE = f"name: my-web\nregion: {REGION}\nzones: [a, c]\nlisteners: [{{listen: 80/http, respond: 200}}]\n"
TAKE_OVER = f"{BASE}domain: {{name: {NAME}, take_over: true}}\n"
RESTORE = TAKE_OVER.replace("take_over: true", "take_over: true, restore: true")
CNAME = {"Name": f"{NAME}.", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": "old.example.org"}]}
TEXT = "CNAME old.example.org (TTL 300)"


class Site(MigrationShell):
    """A shell and a hosted zone in which somebody else has a CNAME at the name of the spec."""

    def __init__(self, box: Box, folder: Path) -> None:
        super().__init__(box, folder)
        self.aws = self.connect(REGION)
        self.route53 = box.client("route53", REGION)
        self.zone = self.route53.list_hosted_zones()["HostedZones"][0]["Id"].rsplit("/", 1)[-1]
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": CNAME}]}
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=batch)

    def at_name(self) -> list[Any]:
        sets = self.route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return [raw for raw in sets if raw["Name"] == f"{NAME}."]

    def parameters(self) -> list[str]:
        found = self.box.client("ssm", REGION).get_parameters_by_path(Path="/elbplan", Recursive=True)["Parameters"]
        return [parameter["Name"] for parameter in found]


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[Site]:
    box.reset()
    yield Site(box, tmp_path)
    box.clear_faults()


def test_the_screens_and_documents_say_what_goes_and_what_comes_back(site: Site) -> None:
    spec = site.write("web.yaml", RESTORE)
    assert f"was {TEXT}" in site.run("plan", spec).out
    assert site.run("apply", spec, "--yes").code == 0
    assert f"record.{NAME} replaced {TEXT}" in " ".join(site.run("runs", spec).out.split())
    (run,) = site.run("runs", spec, "--json").document["stacks"][0]["runs"]
    assert run["replaced"] == {f"record.{NAME}": TEXT}
    ended = site.run("destroy", spec, "--confirm", "my-web")
    assert ended.code == 0
    assert f"{TEXT} comes back, as before elbplan" in ended.err
    assert (site.at_name(), site.parameters()) == ([CNAME], [])


def test_without_a_lock_restore_is_refused_and_take_over_says_what_is_lost(site: Site) -> None:
    site.box.fault("error", service="ssm", action="PutParameter", code="AccessDeniedException", message="no")
    refused = site.run("apply", site.write("web.yaml", RESTORE), "--yes")
    assert refused.code == 5
    assert f"record.{NAME} replaces {TEXT}, and elbplan cannot keep that record" in refused.err
    assert "allow ssm:GetParametersByPath" in " ".join(refused.err.split())
    assert site.at_name() == [CNAME]
    assert site.box.tagged("my-web") == {}
    went_on = site.run("apply", site.write("web.yaml", TAKE_OVER), "--yes")
    assert went_on.code == 0
    assert "without Parameter Store, elbplan cannot keep that record" in went_on.err


def test_a_destroy_that_cannot_read_what_was_replaced_is_refused_if_the_spec_wants_it_back(site: Site) -> None:
    spec = site.write("web.yaml", RESTORE)
    assert site.run("apply", spec, "--yes").code == 0
    site.box.fault("error", service="ssm", match="/replaced", code="AccessDeniedException", message="no")
    assert "in sync" in site.run("status", spec).out
    refused = site.run("destroy", spec, "--confirm", "my-web")
    assert refused.code == 5
    assert f"record.{NAME}: elbplan cannot read what this record replaced" in refused.err
    assert "ssm:GetParametersByPath" in refused.err
    assert [raw["Type"] for raw in site.at_name()] == ["A"]
    site.box.clear_faults()
    assert site.run("destroy", spec, "--confirm", "my-web").code == 0
    assert (site.at_name(), site.parameters()) == ([CNAME], [])


def test_a_migration_says_restore_and_nothing_of_the_record_of_one_account(site: Site) -> None:
    site.write("web.yaml", TAKE_OVER)
    assert site.save("first").code == 0
    assert site.apply().code == 0
    site.write("web.yaml", RESTORE)
    assert site.save("restore").code == 0
    assert "set: {restore: true}" in site.file("0002_restore.yaml").read_text()
    assert site.apply().code == 0
    site.write("web.yaml", BASE)
    assert site.save("gone").code == 0
    assert "old.example.org" not in site.file("0003_gone.yaml").read_text()
    gone = site.apply("--allow", "route-removed")
    assert f"{TEXT} comes back, as before elbplan" in gone.err
    assert site.at_name() == [CNAME]


def test_a_rollback_of_a_migration_puts_the_record_back(site: Site) -> None:
    site.write("web.yaml", BASE)
    assert site.save("first").code == 0
    assert site.apply().code == 0
    site.write("web.yaml", TAKE_OVER)
    saved = site.save("name")
    assert saved.code == 0, saved.err
    assert site.apply().code == 0
    assert [raw["Type"] for raw in site.at_name()] == ["A"]
    back = site.apply("--to", "0001", "--allow", "route-removed,irreversible-before-hold")
    assert back.code == 0, back.err
    assert site.at_name() == [CNAME]


def test_a_step_that_fails_rolls_its_file_back_with_the_record(site: Site) -> None:
    site.write("web.yaml", BASE)
    assert site.save("first").code == 0
    assert site.apply().code == 0
    site.write("web.yaml", TAKE_OVER)
    assert site.save("name").code == 0
    (file,) = (site.base / "my-web").glob("0002*")
    file.write_text(file.read_text().replace("timeout: 10m\n", "timeout: 1s\n    on_failure: rollback\n"))
    assert site.refresh().code == 0
    site.box.switch("slow", 600.0)
    failed = site.apply()
    site.box.switch("slow", 0.0)
    assert (failed.code, "rolling back" in failed.err) == (1, True), failed.err
    assert site.at_name() == [CNAME]


def environment(site: Site) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    own = {"AWS_ENDPOINT_URL": site.box.url, "AWS_REGION": REGION, "XDG_STATE_HOME": str(site.folder / "state")}
    return {**kept, **own, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def kill_at(site: Site, number: int, pid: int) -> None:
    site.box.fault("kill", pid=pid, action="DeleteParameters", nth=number)


def test_a_destroy_whose_process_is_killed_at_any_delete_of_a_parameter_converges(
    site: Site, nursery: ForkServer
) -> None:
    spec = site.write("web.yaml", RESTORE)
    destroy, number, status = ["destroy", spec, "--confirm", "my-web"], 0, -9
    while status == -9:
        number += 1
        assert site.run("apply", spec, "--yes").code == 0
        status, output = nursery.run(destroy, stdin="", env=environment(site), started=partial(kill_at, site, number))
        site.box.clear_faults()
        assert status in (0, -9), output
        assert site.run(*destroy).code == 0
        assert (site.at_name(), site.parameters()) == ([CNAME], []), f"killed at delete {number}"
    assert number > 2


def test_parameter_store_without_connection_is_like_one_without_permission() -> None:
    aws = Aws(REGION, endpoint="http://127.0.0.1:9", session=session())
    call = Call("ssm", "PutParameter", {"Name": "/a", "Value": "a", "Type": "String"}, done_if=UNUSABLE)
    assert aws.send(call) == {}
