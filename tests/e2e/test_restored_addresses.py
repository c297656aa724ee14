"""A record that `take_over` replaced comes back only if its address still belongs to a server of the account."""

from __future__ import annotations

import pytest

from .stage import Stage
from .test_external_servers import server, spec_of
from .test_on_destroy import elastic_ip, ending
from .test_replaced_records import NAME, RECORD, at, put

DOMAIN = f"domain: {{name: {NAME}, take_over: true, restore: true}}\n"


def applied(stage: Stage, address: str, id: str, on_destroy: str) -> str:
    """The spec of a stack that has replaced the record with this address."""
    put(stage, {"Name": f"{NAME}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]})
    spec = f"{spec_of(id)}{DOMAIN}on_destroy: {on_destroy}\n"
    stage.apply(spec)
    return spec


def test_a_record_does_not_come_back_to_an_elastic_ip_that_the_destroy_releases(stage: Stage) -> None:
    id = server(stage)
    _, address = elastic_ip(stage, id)
    spec = applied(stage, address, id, "terminate")
    plan = ending(stage, spec)
    assert plan.restored == {}
    assert plan.not_restored == {RECORD: f"A {address} (TTL 60); {address} is given up, so it does not come back"}
    assert stage.run(ending(stage, spec)).complete
    assert at(stage) == []


def public_server(stage: Stage) -> tuple[str, str]:
    """A running instance with a public address of its subnet: its id, and the address."""
    ec2 = stage.client("ec2")
    (reservation,) = ec2.describe_instances(InstanceIds=[server(stage)])["Reservations"]
    (like,) = reservation["Instances"]
    network = {
        "DeviceIndex": 0, "SubnetId": like["SubnetId"], "AssociatePublicIpAddress": True,
        "Groups": [group["GroupId"] for group in like["SecurityGroups"]],
    }  # fmt: skip
    launch = {"ImageId": like["ImageId"], "InstanceType": like["InstanceType"], "MinCount": 1, "MaxCount": 1}
    id = ec2.run_instances(**launch, NetworkInterfaces=[network])["Instances"][0]["InstanceId"]
    (reservation,) = ec2.describe_instances(InstanceIds=[id])["Reservations"]
    return str(id), str(reservation["Instances"][0]["PublicIpAddress"])


@pytest.mark.parametrize("on_destroy", ["stop", "terminate"])
def test_a_record_does_not_come_back_to_the_address_of_an_ended_server(stage: Stage, on_destroy: str) -> None:
    id, address = public_server(stage)
    spec = applied(stage, address, id, on_destroy)
    assert stage.run(ending(stage, spec)).complete
    assert at(stage) == []


@pytest.mark.parametrize("on_destroy", ["keep", "stop"])
def test_it_comes_back_to_an_elastic_ip_that_stays(stage: Stage, on_destroy: str) -> None:
    id = server(stage)
    _, address = elastic_ip(stage, id)
    spec = applied(stage, address, id, on_destroy)
    assert stage.run(ending(stage, spec)).complete
    assert [record["ResourceRecords"] for record in at(stage)] == [[{"Value": address}]]
