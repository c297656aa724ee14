"""Which security groups `open: true` opens: as few as possible, the default group last, never a group of a stack."""

from __future__ import annotations

import pytest

from elbplan.kinds.external_servers import ExternalServer, ExternalServers, ServerGroup
from elbplan.kinds.opened_servers import chosen_groups

GROUPS = {
    "sg-a": ServerGroup("default", is_default=True),
    "sg-b": ServerGroup("web"),
    "sg-c": ServerGroup("ssh"),
    "sg-d": ServerGroup("shop-web", stack="shop"),
}


@pytest.mark.parametrize(
    ("servers", "chosen"),
    [
        (["b"], "b"),
        (["ab"], "b"),
        (["bc"], "b"),
        (["a"], "a"),
        (["bc", "c"], "cc"),
        (["ab", "ac"], "aa"),
        (["ab", "abc"], "bb"),
        (["b", "c"], "bc"),
        (["d", "bd"], "-b"),
        (["e"], "-"),
    ],
)
def test_the_chosen_groups(servers: list[str], chosen: str) -> None:
    external = [
        ExternalServer(f"i-{number}", "eu-west-1", groups=tuple(f"sg-{letter}" for letter in groups))
        for number, groups in enumerate(servers)
    ]
    found = chosen_groups(external, ExternalServers(groups=GROUPS))
    assert "".join(found.get(server.id, "sg--").removeprefix("sg-") for server in external) == chosen
