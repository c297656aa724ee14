"""A shell in a folder with migrations beside the spec, and what tests write into files by hand."""

from __future__ import annotations

from pathlib import Path

from tests.cli.kit import WEB, Ran, Shell

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


class Filed(Shell):
    """A shell in a folder with migrations beside the spec."""

    @property
    def base(self) -> Path:
        return self.folder / "migrations"

    def file(self, name: str) -> Path:
        return self.base / "my-web" / name

    def save(self, name: str) -> Ran:
        return self.run("plan", self.spec, "--save", name, "--migrations", str(self.base))

    def apply(self, *more: str) -> Ran:
        return self.run("apply", self.spec, "--yes", "--migrations", str(self.base), *more)

    def plan(self, *more: str) -> Ran:
        return self.run("plan", self.spec, "--migrations", str(self.base), *more)

    def status(self) -> str:
        """The screen of status."""
        return self.run("status", self.spec, "--migrations", str(self.base)).out

    def refresh(self) -> Ran:
        return self.run("rebase", "--refresh", "my-web", "--migrations", str(self.base))

    def port_8080(self, before_the_switch: str = "", wait: str = "") -> Path:
        """A stack on port 80, and a file that takes it to 8080; with steps of a person before traffic moves.

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
        """Of the groups that listener 443 hands requests to, in order."""
        elb = self.box.client("elbv2", REGION)
        arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
        (https,) = [one for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if one["Port"] == 443]
        return sorted(group["Weight"] for group in https["DefaultActions"][0]["ForwardConfig"]["TargetGroups"])

    def group(self, name: str = "my-web-web") -> dict[str, object]:
        """A target group as AWS has it."""
        elb = self.box.client("elbv2", REGION)
        found: dict[str, object] = elb.describe_target_groups(Names=[name])["TargetGroups"][0]
        return found

    def by_hand(self, path: str) -> None:
        """Somebody changes the health check of the group."""
        elb = self.box.client("elbv2", REGION)
        elb.modify_target_group(TargetGroupArn=self.group()["TargetGroupArn"], HealthCheckPath=path)

    def runs(self) -> list[dict[str, object]]:
        """The records of the runs, the newest first."""
        found: list[dict[str, object]] = self.run("runs", "my-web", "--region", "ap-northeast-2", "--json").document[
            "stacks"
        ][0]["runs"]
        return found
