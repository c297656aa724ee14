"""A shell with a folder of migrations, and steps that tests insert into migrations."""

from __future__ import annotations

from pathlib import Path

from tests.cli.kit import WEB, CommandResult, Shell

REGION = "ap-northeast-2"
PORT = WEB.replace("port: 80,", "port: 8080,")
SWITCH = """  - do: update
    what: listener.443
    set: {action: {type: forward, groups: [{group: web}, {group: web@old, weight: 0}]}}
"""
TENTH = """  - do: shift
    what: listener.443
    set: {web: 10, web@old: 90}
    why: a tenth of the requests first
"""


class MigrationShell(Shell):
    """Runs commands in a folder with a spec and migrations."""

    @property
    def base(self) -> Path:
        return self.folder / "migrations"

    def file(self, name: str) -> Path:
        return self.base / "my-web" / name

    def save(self, name: str) -> CommandResult:
        return self.run("plan", self.spec, "--save", name, "--migrations", str(self.base))

    def apply(self, *more: str) -> CommandResult:
        return self.run("apply", self.spec, "--yes", "--migrations", str(self.base), *more)

    def plan(self, *more: str) -> CommandResult:
        return self.run("plan", self.spec, "--migrations", str(self.base), *more)

    def status(self) -> str:
        """Returns the status screen."""
        return self.run("status", self.spec, "--migrations", str(self.base)).out

    def refresh(self) -> CommandResult:
        return self.run("rebase", "--refresh", "my-web", "--migrations", str(self.base))

    def port_8080(self, before_the_switch: str = "", wait: str = "") -> Path:
        """Applies a stack on port 80 and saves a migration to port 8080, with extra steps before traffic moves.

        `wait` is added to the wait for the new targets.
        """
        self.save("first")
        assert self.apply().code == 0
        self.write("web.yaml", PORT)
        assert self.save("app_on_8080").code == 0
        file = self.file("0002_app_on_8080.yaml")
        before, switch, after = file.read_text().partition(SWITCH)
        assert switch
        text = before + before_the_switch + switch + after
        until = "    until: healthy\n    timeout: 15m\n"
        assert until in text
        file.write_text(text.replace(until, until + wait, 1))
        refreshed = self.refresh()
        assert refreshed.code == 0, refreshed.err
        return file

    def weights(self) -> list[int]:
        """Returns the sorted weights of the target groups of listener 443."""
        elb = self.box.client("elbv2", REGION)
        arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
        (https,) = [
            listener for listener in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if listener["Port"] == 443
        ]
        return sorted(group["Weight"] for group in https["DefaultActions"][0]["ForwardConfig"]["TargetGroups"])

    def group(self, name: str = "my-web-web") -> dict[str, object]:
        """Returns a target group from AWS."""
        elb = self.box.client("elbv2", REGION)
        group: dict[str, object] = elb.describe_target_groups(Names=[name])["TargetGroups"][0]
        return group

    def by_hand(self, path: str) -> None:
        """Changes the health check of the group outside elbplan."""
        elb = self.box.client("elbv2", REGION)
        elb.modify_target_group(TargetGroupArn=self.group()["TargetGroupArn"], HealthCheckPath=path)

    def runs(self) -> list[dict[str, object]]:
        """Returns the run records, newest first."""
        runs: list[dict[str, object]] = self.run("runs", "my-web", "--region", "ap-northeast-2", "--json").document[
            "stacks"
        ][0]["runs"]
        return runs
