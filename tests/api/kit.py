"""A program on a sandbox, and the command line on the same sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import elbplan
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

REGION = "ap-northeast-2"
SPEC = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [i-0bbbbbbbbbbbbbbbb], port: {port}, health: {health}}}
"""
WALL = 1_800_000_000.0


@dataclass
class Program:
    """One program: its folder, its simulator, and its session."""

    shell: Shell
    events: list[elbplan.StackEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shell.box.create_defaults(REGION)
        self.shell.box.create_fixture("instance", "i-0bbbbbbbbbbbbbbbb", REGION, zone="a")
        self.shell.wall = lambda: WALL
        self.session = self.new_session()

    @property
    def box(self) -> Box:
        return self.shell.box

    def new_session(self, **collaborators: Any) -> elbplan.Session:
        return elbplan.Session(
            migrations=str(self.shell.folder / "migrations"),
            **{"connect": self.shell.connect, "environ": self.shell.environ, "wall": lambda: WALL, **collaborators},
        )

    def spec(self, name: str = "blog", port: int = 80, health: str = "/", more: str = "") -> Path:
        file = self.shell.folder / f"{name}.yaml"
        file.write_text(SPEC.format(name=name, port=port, health=health) + more, encoding="utf-8")
        return file

    def stacks(self, *names: str, **changes: Any) -> list[elbplan.Stack]:
        return elbplan.load([self.spec(name, **changes) for name in names or ("blog",)])

    def save(self, name: str, title: str) -> None:
        saved = self.shell.run(
            "plan", str(self.shell.folder / f"{name}.yaml"), "--save", title, "--migrations", self.session.migrations
        )
        assert saved.code == 0, saved.err

    def balancers(self) -> set[str]:
        elb = self.box.client("elbv2", REGION)
        return {balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"]}


def without(document: Any, *names: str) -> Any:
    """Returns a document without the values of these keys, at any depth."""
    if isinstance(document, dict):
        return {key: without(value, *names) for key, value in document.items() if key not in names}
    return [without(value, *names) for value in document] if isinstance(document, list) else document
