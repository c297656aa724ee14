"""Rules 5, 23, 28, 30: NAT gateways, reserved capacity, and the dates of instances."""

from __future__ import annotations

from typing import Any

from .kit import REGION, Kit, refused


def test_rule_05_the_interface_of_a_nat_gateway_is_in_use_and_its_address_is_free_afterwards(kit: Kit) -> None:
    address = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = kit.ec2.create_nat_gateway(SubnetId=kit.subnets[0], AllocationId=address)["NatGateway"]
    id = gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    (interface,) = kit.ec2.describe_network_interfaces(NetworkInterfaceIds=[id])["NetworkInterfaces"]
    assert (interface["Status"], interface["RequesterManaged"]) == ("in-use", True)
    kit.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    (left,) = kit.ec2.describe_addresses()["Addresses"]
    assert left["AllocationId"] == address
    assert not left.get("AssociationId")


def test_rule_23_reserved_capacity_of_a_load_balancer(kit: Kit) -> None:
    arn = kit.balancer()["LoadBalancerArn"]
    assert "MinimumLoadBalancerCapacity" not in kit.elb.describe_capacity_reservation(LoadBalancerArn=arn)
    kit.elb.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity={"CapacityUnits": 100})
    answer = kit.elb.describe_capacity_reservation(LoadBalancerArn=arn)
    assert answer["MinimumLoadBalancerCapacity"] == {"CapacityUnits": 100}
    assert [zone["State"]["Code"] for zone in answer["CapacityReservationState"]] == ["provisioned"] * 2
    kit.elb.modify_capacity_reservation(LoadBalancerArn=arn, ResetCapacityReservation=True)
    assert "MinimumLoadBalancerCapacity" not in kit.elb.describe_capacity_reservation(LoadBalancerArn=arn)
    with refused("LoadBalancerNotFound"):
        kit.elb.modify_capacity_reservation(LoadBalancerArn=f"{arn}0", ResetCapacityReservation=True)


def test_rule_30_capacity_reservations_by_state(kit: Kit) -> None:
    new = {"InstanceType": "t3.small", "InstancePlatform": "Linux/UNIX", "InstanceCount": 2}
    first = kit.ec2.create_capacity_reservation(**new, AvailabilityZone=f"{REGION}a")["CapacityReservation"]
    second = kit.box.create_fixture("capacity_reservation", region=REGION, number=3, used=1)
    kit.ec2.cancel_capacity_reservation(CapacityReservationId=first["CapacityReservationId"])
    (active,) = kit.ec2.describe_capacity_reservations(Filters=[{"Name": "state", "Values": ["active"]}])[
        "CapacityReservations"
    ]
    assert (active["CapacityReservationId"], active["AvailableInstanceCount"]) == (second, 2)
    assert len(kit.ec2.describe_capacity_reservations()["CapacityReservations"]) == 2
    with refused("InvalidCapacityReservationId.NotFound"):
        kit.ec2.cancel_capacity_reservation(CapacityReservationId="cr-0")


def test_rule_28_a_restart_is_a_new_launch_but_the_first_interface_knows_the_first_one(kit: Kit) -> None:
    id = kit.instance()
    before = described(kit, id)
    kit.ec2.stop_instances(InstanceIds=[id])
    kit.box.advance(7200)
    kit.ec2.start_instances(InstanceIds=[id])
    after = described(kit, id)
    assert (after["LaunchTime"] - before["LaunchTime"]).total_seconds() >= 7200
    first, second = (each["NetworkInterfaces"][0]["Attachment"]["AttachTime"] for each in (before, after))
    assert first == second == before["LaunchTime"]


def described(kit: Kit, id: str) -> dict[str, Any]:
    (reservation,) = kit.ec2.describe_instances(InstanceIds=[id])["Reservations"]
    instance: dict[str, Any] = reservation["Instances"][0]
    return instance
