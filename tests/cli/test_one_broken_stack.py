"""One broken stack, one missing instance or one wrong spec does not hide the other stacks of a folder."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.bad_network import BadNetwork

from .kit import CommandResult, Shell

REGION = "ap-northeast-2"
GOOD = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [i-0bbbbbbbbbbbbbbbb], port: 80, health: {health}}}
"""
NO_REGION = GOOD.replace("region: ap-northeast-2\n", "")
NO_ZONE = GOOD + "domain: api.nowhere.test\n"
NAMED = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [{id}], port: 80, health: {health}}}
"""
NAMES = ("svc-00", "svc-01", "svc-02", "svc-03")


class Folder:
    """A folder of specs with four good stacks that exist, and others that a test breaks."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.path = shell.folder / "specs"
        self.path.mkdir()
        for name in NAMES:
            self.write(f"{name}.yaml", GOOD.format(name=name, health="/health"))
        shell.environ["AWS_REGION"] = "seoul"  # what a spec without a region gets
        shell.box.create_defaults(REGION)
        shell.box.create_fixture("instance", "i-0bbbbbbbbbbbbbbbb", REGION, zone="a")
        assert self.run("apply", "--yes").code == 0

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text, encoding="utf-8")

    def change_others(self) -> None:
        """Changes the good specs, so that each has one change to apply."""
        for name in NAMES:
            self.write(f"{name}.yaml", GOOD.format(name=name, health="/ready"))

    def run(self, *words: str, answers: Sequence[str] | None = None) -> CommandResult:
        clock = self.shell.network.time if self.shell.network else None
        allow = ["--allow", "health-check-changes"] if words[0] == "apply" else []
        return self.shell.run(words[0], str(self.path), *words[1:], *allow, clock=clock, answers=answers)

    def health_paths(self) -> set[str]:
        elb = self.shell.box.client("elbv2", REGION)
        return {group["HealthCheckPath"] for group in elb.describe_target_groups()["TargetGroups"]}

    def create_terminated(self, name: str = "svc-02b") -> str:
        """A stack that exists, whose only instance is then terminated."""
        ec2 = self.shell.box.client("ec2", REGION)
        self.shell.box.create_fixture("instance", "i-0aaaaaaaaaaaaaaaa", REGION, zone="a")
        self.write(f"{name}.yaml", NAMED.format(name=name, id="i-0aaaaaaaaaaaaaaaa", health="/health"))
        assert self.run("apply", "--yes").code == 0
        ec2.terminate_instances(InstanceIds=["i-0aaaaaaaaaaaaaaaa"])
        self.shell.box.advance(120)
        return "i-0aaaaaaaaaaaaaaaa"


@pytest.fixture
def folder(shell: Shell) -> Folder:
    return Folder(shell)


def blocks(text: str) -> dict[str, str]:
    """The screens of the stacks by name, in their order."""
    parts = text.replace("\nelbplan ", "\n\0elbplan ").split("\0")
    return {part.split(" · ")[1].split("\n")[0]: part for part in parts if part.startswith("elbplan ")}


def rows(text: str) -> dict[str, str]:
    """The stacks of an overview by name, each with the notes below its line."""
    found: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        if line[:1] in "✗!·✓":
            found[line.split()[1]] = ""
        found[list(found)[-1]] += f"{line}\n"
    return found


NOWHERE = NO_ZONE.format(name="svc-nowhere", health="/")
BROKEN = {
    "svc-01a.yaml": ("svc-01a", NO_REGION.format(name="svc-01a", health="/"), 1),
    "svc-01b.yaml": ("svc-nowhere", NOWHERE, 1),
    "svc-02a.yaml": ("svc-02a", "name: svc-02a\nregion: ap-northeast-2\ntargest: {port: 80}\n", 65),
    "svc-02b.yaml": ("svc-02b.yaml", "name: svc-02b\ntargets: [\n", 65),
}
MESSAGES = (
    "'seoul' is not an AWS region",
    "there is no public hosted zone for api.nowhere.test",
    "targest",
    "svc-02b.yaml:",
)


def test_four_broken_stacks_do_not_hide_the_others(folder: Folder) -> None:
    folder.change_others()
    for file, (_, text, _) in BROKEN.items():
        folder.write(file, text)
    ran = folder.run("plan")
    assert ran.code == 1, "the worst code of all stacks"
    shown = {name.rsplit("/")[-1]: block for name, block in blocks(ran.out).items()}
    broken = [label for label, _, _ in BROKEN.values()]
    assert list(shown) == ["svc-00", "svc-01", *broken[:2], "svc-02", *broken[2:], "svc-03"], "the order of the files"
    for label, message in zip(broken, MESSAGES, strict=True):
        assert message in " ".join(shown[label].split())
    assert all("/health → /ready" in shown[name] for name in NAMES)
    assert "4 stacks failed." in ran.out


def test_broken_stacks_stand_first_in_the_status_and_hide_no_other(folder: Folder) -> None:
    folder.change_others()
    for file, (_, text, _) in BROKEN.items():
        folder.write(file, text)
    ran = folder.run("status")
    assert ran.code == 1, "the worst code of all stacks"
    shown = {name.rsplit("/")[-1]: notes for name, notes in rows(ran.out).items()}
    broken = [label for label, _, _ in BROKEN.values()]
    assert list(shown) == [*broken, *NAMES], "the worst first, and then the order of the files"
    for label, message in zip(broken, MESSAGES, strict=True):
        assert "cannot be read" in shown[label]
        assert message in " ".join(shown[label].split())
    assert all("1 change pending" in shown[name] for name in NAMES)


@pytest.mark.parametrize("command", ["plan", "status"])
def test_documents_have_an_error_for_each_broken_stack(folder: Folder, command: str) -> None:
    for file, (_, text, _) in BROKEN.items():
        folder.write(file, text)
    ran = folder.run(command, "--json")
    errors = [stack.get("error", {}) for stack in ran.document["stacks"]]
    assert [error.get("code") for error in errors] == [None, None, 1, 1, None, 65, 65, None]
    for error, message in zip([error for error in errors if error], MESSAGES, strict=True):
        assert message in error["what"]
    assert errors[5]["problems"][0]["line"] == 3
    assert ran.err.count("error:") == 2
    assert ran.code == 1


def test_an_error_is_worse_than_a_pending_change(folder: Folder) -> None:
    folder.change_others()
    assert folder.run("plan", "--exit-code").code == 2
    folder.write("svc-02a.yaml", BROKEN["svc-02a.yaml"][1])
    assert folder.run("plan", "--exit-code").code == 65


@pytest.mark.parametrize("file", ["svc-02a.yaml", "svc-02b.yaml"])
def test_apply_and_destroy_write_nothing_if_a_spec_is_wrong(folder: Folder, file: str) -> None:
    folder.change_others()
    folder.write(file, BROKEN[file][1])
    folder.shell.box.clear_calls()
    assert folder.run("apply", "--yes").code == 65
    assert folder.run("destroy", *(f"--confirm={name}" for name in NAMES)).code == 65
    assert folder.shell.box.calls == []


def test_apply_does_the_other_stacks_if_aws_lacks_something(folder: Folder) -> None:
    folder.change_others()
    folder.write("svc-01a.yaml", BROKEN["svc-01a.yaml"][1])
    folder.write("svc-01b.yaml", NOWHERE)
    ran = folder.run("apply", "--yes")
    assert ran.code == 1
    assert folder.health_paths() == {"/ready"}
    assert all(message in " ".join(ran.err.split()) for message in MESSAGES[:2])
    assert "svc-nowhere: not applied, for the reason above" in ran.err
    again = folder.run("apply", "--yes", "--json")
    ends = {line["stack"]: line for line in again.lines if line["type"] == "summary"}
    assert {name: end["exit"] for name, end in ends.items()} == {
        "svc-00": 0, "svc-01": 0, "svc-01a": 1, "svc-nowhere": 1, "svc-02": 0, "svc-03": 0
    }  # fmt: skip
    assert MESSAGES[1] in ends["svc-nowhere"]["problem"]
    *_, last = again.lines
    assert (last["type"], last["counts"], last["exit"]) == ("stacks", {"unchanged": 4, "failed": 2}, 1)


def test_the_question_names_only_the_stacks_that_are_applied(folder: Folder) -> None:
    folder.change_others()
    folder.write("svc-01b.yaml", NOWHERE)
    asked = folder.run("apply", answers=["no"])
    assert asked.code == 5
    assert "Apply this to svc-00, svc-01, svc-02, svc-03?" in asked.err
    assert "there is no public hosted zone" in " ".join(asked.err.split())
    assert folder.health_paths() == {"/health"}


def test_a_terminated_instance_is_drift_and_hides_nothing(folder: Folder) -> None:
    id = folder.create_terminated()
    folder.write("svc-02b.yaml", NAMED.format(name="svc-02b", id=id, health="/ready"))
    status = folder.run("status")
    assert status.code == 0
    shown = rows(status.out)
    assert f"targets.web: {id} does not exist any more (terminated)" in shown["svc-02b"]
    assert shown["4"].startswith("✓ 4 more in sync and healthy")
    alone = folder.shell.run("status", str(folder.path / "svc-02b.yaml"))
    facts = {line[2:17].strip(): line[17:] for line in alone.out.splitlines()[1:]}
    assert facts["load balancer"].endswith(", active")
    assert facts["targets"].startswith("web: ")
    assert facts["last run"].startswith("1 apply by ")
    assert "/health → /ready" in alone.out, "the other change stands there too"
    plan = folder.run("plan")
    assert plan.code == 5
    block = blocks(plan.out)["svc-02b"]
    assert "/health → /ready" in block
    assert f"targets.web: {id} does not exist any more (terminated)" in block
    assert "hint: write another instance, or remove it from the spec" in block
    assert "1 stack is refused." in plan.out
    document = folder.run("plan", "--json").document["stacks"][3]
    assert document["refusals"][0]["what"] == f"targets.web: {id} does not exist any more (terminated)"
    assert document["changes"]


def test_apply_does_the_other_stacks_if_an_instance_is_terminated(folder: Folder) -> None:
    id = folder.create_terminated()
    folder.change_others()
    folder.write("svc-02b.yaml", NAMED.format(name="svc-02b", id=id, health="/ready"))
    ran = folder.run("apply", "--yes")
    assert ran.code == 5
    assert folder.health_paths() == {"/ready", "/health"}, "only that stack keeps its check"
    assert "svc-02b: not applied, for the reason above" in ran.err
    destroyed = folder.run("destroy", *(f"--confirm={name}" for name in (*NAMES, "svc-02b")))
    assert destroyed.code == 0, destroyed.err


@pytest.mark.parametrize("command", ["plan", "status"])
def test_a_read_that_fails_for_one_stack_only(folder: Folder, command: str) -> None:
    """The others are shown, the failed one says why."""
    elb = folder.shell.box.client("elbv2", REGION)
    balancer = next(b for b in elb.describe_load_balancers()["LoadBalancers"] if "svc-01" in b["LoadBalancerName"])
    folder.shell.box.fault("error", action="DescribeListeners", match=balancer["LoadBalancerArn"], code="AccessDenied",
                           status=403, message="not this one")  # fmt: skip
    ran = folder.run(command, "-v")
    assert ran.code == 1
    shown = blocks(ran.out) if command == "plan" else rows(ran.out)
    assert "AWS refused DescribeListeners: not this one" in " ".join(shown["svc-01"].split())
    in_sync = {"plan": "Nothing to do", "status": "✓ svc"}[command]
    assert [name for name in NAMES if in_sync in shown[name]] == ["svc-00", "svc-02", "svc-03"]


def test_destroy_does_the_other_stacks_if_a_read_fails_for_one(folder: Folder) -> None:
    elb = folder.shell.box.client("elbv2", REGION)
    balancer = next(b for b in elb.describe_load_balancers()["LoadBalancers"] if "svc-01" in b["LoadBalancerName"])
    folder.shell.network = BadNetwork(folder.shell.box)
    folder.shell.box.fault("5xx", action="DescribeListeners", match=balancer["LoadBalancerArn"])
    ran = folder.run("destroy", *(f"--confirm={name}" for name in NAMES))
    assert ran.code == 1
    assert "svc-01: not destroyed, for the reason above" in ran.err
    left = elb.describe_load_balancers()["LoadBalancers"]
    assert [b["LoadBalancerName"] for b in left] == [balancer["LoadBalancerName"]]


def test_a_region_that_cannot_be_reached_hides_no_other_region(folder: Folder) -> None:
    folder.shell.network = BadNetwork(folder.shell.box)
    folder.shell.network.unreachable = {"ap-norteast-2"}
    folder.write("svc-02b.yaml", GOOD.format(name="svc-02b", health="/").replace(REGION, "ap-norteast-2"))
    ran = folder.run("plan")
    assert ran.code == 1
    shown = blocks(ran.out)
    assert "did you mean ap-northeast-2?" in shown["svc-02b"]
    assert all("Nothing to do" in shown[name] for name in NAMES)
    status = folder.run("status")
    assert status.code == 1
    notes = rows(status.out)
    assert "did you mean ap-northeast-2?" in notes["svc-02b"]
    assert notes["4"].startswith("✓ 4 more in sync and healthy")


def test_a_problem_that_all_stacks_have_is_said_once(folder: Folder) -> None:
    folder.shell.network = BadNetwork(folder.shell.box)
    folder.shell.box.fault("5xx", action="DescribeLoadBalancers")
    for command in ("plan", "status"):
        ran = folder.run(command)
        assert ran.code == 1
        assert (ran.out, ran.err.count("DescribeLoadBalancers failed")) == ("", 1)


def test_a_problem_that_several_stacks_have_stands_at_the_first(folder: Folder) -> None:
    for number in (1, 2):
        folder.write(f"svc-02{number}.yaml", NO_REGION.format(name=f"svc-02{number}", health="/"))
    shown = blocks(folder.run("plan").out)
    assert "'seoul' is not an AWS region" in shown["svc-021"]
    assert shown["svc-022"].splitlines()[1] == "error: the same as for svc-021 above"


def test_a_record_of_others_is_refused_with_the_rest_of_the_plan(shell: Shell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    route53, elb = shell.box.client("route53", REGION), shell.box.client("elbv2", REGION)
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    alias = next(record for record in records if record["Name"] == "api.example.com.")
    address = {"Name": "api.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.7"}]}
    changes = [{"Action": "DELETE", "ResourceRecordSet": alias}, {"Action": "CREATE", "ResourceRecordSet": address}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    group = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group(TargetGroupArn=group, HealthCheckPath="/other")
    for command, code in (("plan", 5), ("status", 0), ("apply", 5)):
        ran = shell.run(command, shell.spec, *(["--yes"] if command == "apply" else []))
        text = " ".join((ran.out + ran.err).split())
        assert ran.code == code, text
        drift = "health check path is /other, the spec says /health" if command == "status" else "/other → /health"
        assert drift in text, "the drift stands there too"
        assert "api.example.com already has a record that elbplan did not make" in text
        assert "take_over: true" in text
    assert elb.describe_target_groups()["TargetGroups"][0]["HealthCheckPath"] == "/other", "nothing was written"


def test_a_wrong_migration_hides_no_other_stack_and_stops_every_write(folder: Folder) -> None:
    folder.change_others()
    migrations = folder.shell.folder / "migrations"
    (migrations / "svc-01").mkdir(parents=True)
    (migrations / "svc-01" / "0001_first.yaml").write_text("stack: [\n")
    option = f"--migrations={migrations}"
    plan = folder.run("plan", option)
    assert plan.code == 65
    shown = blocks(plan.out)
    assert "0001_first.yaml:" in shown["svc-01"]
    assert all("/health → /ready" in shown[name] for name in NAMES if name != "svc-01")
    folder.shell.box.clear_calls()
    assert folder.run("apply", "--yes", option).code == 65
    assert folder.shell.box.writes() == []
