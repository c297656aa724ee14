"""The policy that `elbplan permissions` prints is enough for servers with every setting."""

from __future__ import annotations

from pathlib import Path

from elbplan.sandbox.box import Box

from .permissions_life import Life
from .test_server_settings import CHANGED, RICH

SPOT = RICH.replace("  tags: {role: web}\n", "").replace("  on_shutdown: terminate\n", '  spot: {max_price: "0.05"}\n')

OF_SERVERS = (
    "Instances",
    "InstanceAttribute",
    "Options",
    "Specification",
    "Specifications",
    "Volume",
    "Volumes",
    "Images",
    "VolumesModifications",
    "InterfaceAttribute",
    "Tags",
)
"""The ends of the operations that servers need; the other kinds have tests of their own."""


def test_a_life_of_changes_needs_no_more(tmp_path: Path) -> None:
    with Box() as box:
        life = Life(box, tmp_path, RICH)
        life.apply()
        life.apply(CHANGED)
        life.apply(SPOT)
        data = {"InstanceType": "t3.small"}
        life.client("ec2").create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
        life.apply(RICH.replace("count: 1", "count: 1\n  image: al2023\n  launch_template: web"))
        done = life.run("destroy", "destroy", "--confirm", "my-web")
        assert done.code == 0, done.err[-2000:]
        assert [denied for denied in life.denied if denied.endswith(OF_SERVERS)] == []
        used = {need.action for needs in life.needs.values() for need in needs}
    assert {"ec2:ModifyVolume", "ec2:ModifyInstanceMetadataOptions", "ec2:DescribeInstanceAttribute"} <= used
