"""`elbplan explain` asks the DNS that `elbplan verify` asks: who has the zone, and what its name servers answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from elbplan.kinds.delegation import NameAnswer
from elbplan.live.dns import OneServer
from elbplan.live.names import Names
from elbplan.verification.network import NoNetwork, ProxyConnections

from .kit import Shell
from .test_explain_planned import stack
from .test_explain_reasons import Stack
from .test_verify import network_of

__all__ = ["stack"]


@pytest.fixture
def named(stack: Stack) -> Stack:
    """The stack on the network of the simulator."""
    stack.shell.reached = network_of(stack.box)
    return stack


def test_the_name_servers_answer_with_the_load_balancer(named: Stack) -> None:
    text = named.explain("api.example.com")
    assert "is delegated to its 4 name servers" in text
    assert "4 of 4 name servers answer with the load balancer" in text
    assert "No cause found" in text


def test_a_zone_that_nobody_asks(named: Stack) -> None:
    named.box.delegate("example.com", ["ns-1.registrar.example"])
    text = named.explain("record.api.example.com")
    assert "example.com is delegated to ns-1.registrar.example" in text
    assert "1 cause found" in text


class Stale(Names):
    """Name servers that still have another address."""

    def by_servers(self, name: str, servers: Sequence[str], type: str = "A") -> list[NameAnswer]:
        return [NameAnswer(("192.0.2.9",), server) for server in servers]


def test_name_servers_with_another_answer(named: Stack) -> None:
    reached = named.box.network()
    names = Stale(OneServer(*reached["dns"]), known="")
    named.shell.reached = ProxyConnections(names, reached["proxy"], reached["authority"])
    text = named.explain("record.api.example.com")
    assert "answers 192.0.2.9, the load balancer has " in text
    assert f"elbplan plan {named.spec}" in text
    assert "1 cause found" in text


def test_without_a_network_the_reason_is_shown(shell: Shell, stack: Stack) -> None:
    shell.reached = NoNetwork("no network here")
    text = stack.explain("record.api.example.com")
    assert "whether it is delegated: no network here" in text
    assert "No cause found" in text
