"""What AWS bills of the settings of servers."""

from __future__ import annotations

from decimal import Decimal

from .test_stack_cost import cost, quantities

SERVER = "name: my-web\nregion: us-east-1\nzones: [a, c]\ntargets: {port: 80}\nservers: {%s}\n"


def items(settings: str) -> dict[str, Decimal | None]:
    return quantities(cost(SERVER % settings), "instance.web-1")


def test_each_volume_is_billed_with_its_size() -> None:
    found = items("volumes: {root: 20, /dev/sdf: {size: 100, type: io2, iops: 3000}}")
    assert found["root volume (gp3)"] == 20
    assert found["volume /dev/sdf (io2)"] == 100
    assert found["IOPS of volume /dev/sdf"] == 3000


def test_a_gp3_volume_pays_for_what_it_has_above_its_base() -> None:
    found = items("volumes: {root: {size: 20, type: gp3, iops: 5000, throughput: 250}}")
    assert found["IOPS of root volume"] == 2000
    assert found["MiB/s of root volume"] == 125
    assert "IOPS of root volume" not in items("volumes: {root: {size: 20, type: gp3, iops: 3000}}")


def test_a_root_volume_that_the_spec_leaves_out_is_that_of_the_image() -> None:
    found = items("volumes: {/dev/sdf: 100}")
    assert found["root volume (gp3)"] == 8
    assert found["volume /dev/sdf (gp2)"] == 100


def test_a_server_without_a_public_address_does_not_pay_for_one() -> None:
    assert items("count: 1")["public IPv4"] == 1
    assert "public IPv4" not in items("public_address: false")


def test_nobody_knows_the_price_of_a_spot_server() -> None:
    found = cost(SERVER % "spot: true")
    assert quantities(found, "instance.web-1")["t3.micro spot instance (Linux)"] is None
    assert any("spot instance" in text for text in found.unknown)
    assert found.after.month < cost(SERVER % "count: 1").after.month


def test_metrics_for_each_minute_are_an_item() -> None:
    assert items("monitoring: true")["metrics for each minute"] == 1
