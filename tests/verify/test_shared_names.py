"""Several records share a name: an answer of DNS with another one of them is none that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.kinds.aws.routing_policies import GeoLocation
from elbplan.verification.check import Check
from elbplan.verification.dns_checks import record_check

from .kit import ADDRESS, NAME, FakeNames, served

OTHER = "203.0.113.9"


def checked(addresses: list[str], **fields: Any) -> Check:
    stack = served()
    record = next(record for _, record in stack.records() if record.name == NAME)
    if fields:
        record = record.model_copy(update={"set_identifier": "blue", **fields})
    return record_check(stack, record, [ADDRESS], FakeNames({NAME: addresses}))


@pytest.mark.parametrize("fields", [{"weight": 10}, {"region": "eu-west-1"}, {"failover": "secondary"}])
def test_another_record_of_the_name_may_answer(fields: dict[str, Any]) -> None:
    check = checked([OTHER], **fields)
    assert (check.state, "2 of 2 name servers answer with another record" in check.text) == ("ok", True)


def test_a_name_with_one_record_leads_to_the_load_balancer() -> None:
    assert checked([OTHER]).state == "failed"
    assert checked([ADDRESS]).state == "ok"


def test_no_answer_is_wrong_unless_the_record_is_for_some_places() -> None:
    assert checked([], weight=10).state == "failed"
    assert checked([], geo_location=GeoLocation(country_code="KR")).state == "ok"
