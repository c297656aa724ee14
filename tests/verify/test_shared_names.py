"""verify and records with routing policies: another record may answer, nothing may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle

import pytest

from elbplan.core.address import Address
from elbplan.core.resource import rebuilt
from elbplan.kinds.delegation import NameAnswer

from .kit import ADDRESS, BALANCER_DNS, NAME, FakeNames, answering, failures, found, served, verified

OTHER = "203.0.113.77"
WHERE = {
    "weight": 10,
    "region": "eu-west-1",
    "failover": "secondary",
    "geo_location": {"country_code": "KR"},
    "geo_proximity": {"aws_region": "eu-west-1"},
    "cidr_routing": {"collection_id": "c1", "location_name": "office"},
}


@dataclass
class Turns(FakeNames):
    """Name servers that answer with one after the other of these addresses."""

    turns: Sequence[str] = ()
    addresses: Mapping[str, Sequence[str]] = field(default_factory=lambda: {BALANCER_DNS: [ADDRESS], NAME: [OTHER]})

    def __post_init__(self) -> None:
        self._next = cycle(self.turns)

    def by_servers(self, name: str, servers: Sequence[str], type: str = "A") -> list[NameAnswer]:
        answers = [next(self._next) for _ in servers]
        return [NameAnswer((one,) if one else (), server) for one, server in zip(answers, servers, strict=True)]


def checked(turns: Sequence[str], **policy: object) -> tuple[str, str, bool]:
    """State, text and warning of the check of a record with this policy."""
    stack, address = served(), Address("record", NAME)
    record = rebuilt(stack.resources[address], set_identifier="web", **policy)
    with answering(names=Turns(turns=turns)) as network:
        verification = verified(network, replace(stack, resources={**stack.resources, address: record}))
    (check,) = found(verification, "dns")
    assert set(failures(verification)) <= {"dns"}
    return check.state, check.text, check.warning


@pytest.mark.parametrize(
    ("policy", "turns", "result"),
    [
        ({"weight": 10}, [ADDRESS, OTHER, OTHER, OTHER, OTHER], ("ok", "weighted 10: 2 of 10 answers lead", False)),
        ({"weight": 10}, [OTHER], ("ok", "weighted 10: 0 of 10 answers lead to this load balancer; other rec", True)),
        ({"weight": 0}, [OTHER], ("ok", "weighted 0: 0 of 10 answers lead to this load balancer; its", False)),
        ({"weight": 10}, [""], ("failed", "weighted 10: ns-1.awsdns-00.com answers nothing", False)),
        ({"failover": "primary"}, [OTHER], ("ok", "failover primary: 0 of 2 answers lead to this load bal", True)),
        ({"failover": "secondary"}, [OTHER], ("ok", "failover secondary: 0 of 2 answers lead to this load", False)),
        ({"geo_location": {"country_code": "KR"}}, [""], ("failed", "geolocation KR: ns-1.awsdns-00.com", False)),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_which_part_of_the_answers_leads_here(
    policy: dict[str, object], turns: list[str], result: tuple[str, str, bool]
) -> None:
    state, text, warning = checked(turns, **policy)
    assert (state, text[: len(result[1])], warning) == result


@pytest.mark.parametrize("field", [field for field in WHERE if field != "weight"])
def test_another_record_that_answers_from_here_is_no_failure(field: str) -> None:
    state, text, warning = checked([OTHER], **{field: WHERE[field]})
    assert (state, warning) == ("ok", False)
    assert "0 of 2 answers lead to this load balancer; " in text
    assert "1 of 2 answers leads to this load balancer" in checked([ADDRESS, OTHER], **{field: WHERE[field]})[1]
