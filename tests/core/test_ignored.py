"""`ignore:` down to an element of a list, a key of a map, or a part of a field."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.ignored import ignoring
from elbplan.kinds.listener import Listener
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.targets import Targets

BLUE, GREEN = Address("target_group", "blue"), Address("target_group", "green")
BALANCER = Address("load_balancer", "main")


def listener(blue: int, green: int) -> Listener:
    groups = [{"group": BLUE, "weight": blue}, {"group": GREEN, "weight": green}]
    return Listener.model_validate(
        {"load_balancer": BALANCER, "port": 80, "protocol": "HTTP", "action": {"type": "forward", "groups": groups}}
    )


def weights(resource: Listener) -> dict[str, int]:
    return {str(weighted.group): weighted.weight for weighted in resource.action.groups}  # type: ignore[union-attr]


@pytest.mark.parametrize("element", ["target_group.blue", "blue", "*blue"])
def test_the_weight_of_one_group_is_the_other_tools(element: str) -> None:
    pattern = f"listener.80.action.groups[{element}].weight"
    result = ignoring(listener(9, 1), listener(5, 3), Address("listener", "80"), [pattern])
    assert weights(result) == {"target_group.blue": 5, "target_group.green": 1}


def targets(*ids: str) -> Targets:
    return Targets.model_validate({"group": BLUE, "members": [{"instance": AwsId(id)} for id in ids]})


def members(resource: Targets) -> set[str]:
    return {str(member.instance) for member in resource.members}


@pytest.mark.parametrize(
    ("live", "expected"),
    [(("i-1", "i-3"), {"i-1", "i-2", "i-3"}), (("i-1",), {"i-1", "i-2"}), (("i-2",), {"i-1", "i-2"})],
    ids=["registered by the other tool", "not registered", "another one is missing"],
)
def test_an_element_is_the_other_tools_whether_it_is_there_or_not(live: tuple[str, ...], expected: set[str]) -> None:
    address = Address("targets", "blue")
    result = ignoring(targets("i-1", "i-2"), targets(*live), address, ["targets.blue.members[i-3]"])
    assert members(result) == expected


def test_an_element_that_the_spec_names_too_goes_as_the_other_tool_wants() -> None:
    address = Address("targets", "blue")
    result = ignoring(targets("i-1", "i-2"), targets("i-2"), address, ["targets.*.members[i-1]"])
    assert members(result) == {"i-2"}


@pytest.mark.parametrize("spelling", ["[idle_timeout.timeout_seconds]", ".idle_timeout.timeout_seconds"])
def test_a_key_of_a_map_is_the_other_tools(spelling: str) -> None:
    def balancer(**attributes: str) -> LoadBalancer:
        return LoadBalancer.model_validate({"subnets": [AwsId("subnet-1")], "attributes": attributes})

    want = balancer(**{"idle_timeout.timeout_seconds": "60", "routing.http2.enabled": "true"})
    live = balancer(**{"idle_timeout.timeout_seconds": "90", "routing.http2.enabled": "false"})
    result = ignoring(want, live, BALANCER, [f"load_balancer.main.attributes{spelling}"])
    assert result.attributes["idle_timeout.timeout_seconds"] == "90"
    assert result.attributes["routing.http2.enabled"] == "true"


@pytest.mark.parametrize("pattern", ["listener.443.action", "listener.80.action.groups[red].weight", "*.groups[blue]"])
def test_a_pattern_of_something_else_changes_nothing(pattern: str) -> None:
    want = listener(9, 1)
    assert ignoring(want, listener(5, 3), Address("listener", "80"), [pattern]) == want


def test_a_whole_field_is_the_other_tools_as_before() -> None:
    result = ignoring(listener(9, 1), listener(5, 3), Address("listener", "80"), ["listener.*.action"])
    assert weights(result) == {"target_group.blue": 5, "target_group.green": 3}
