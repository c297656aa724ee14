"""What the examples in specs/ need of an account: hosted zones, and resources of others that they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from elbplan.core.stack import Stack
from elbplan.live.client import Aws

from .stage import Stage

FOLDER = Path(__file__).parents[2] / "specs"
EXAMPLES = sorted(file for file in FOLDER.rglob("*") if file.suffix in (".yaml", ".yml"))


def specs_of(file: Path) -> Iterator[str]:
    """The documents of a file, one for each stack."""
    yield from file.read_text(encoding="utf-8").split("\n---\n")


def prepare(stage: Stage, stack: Stack) -> None:
    """Creates what the stack needs in its region, and turns the stage to this region."""
    box, region = stage.box, stack.region
    assert region
    box.create_defaults(region, hosted_zones=dict.fromkeys(name.removeprefix("*.") for name in stack.domains))
    box.create_fixture("web_acl", region=region, name="edge")
    box.create_fixture("parameter", "/members/oidc", region=region, value="hunter2")
    box.create_fixture("auto_scaling_group", "web-fleet", region=region)
    stage.aws = Aws(region, endpoint=box.url, session=stage.aws._session)
