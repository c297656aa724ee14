"""An account of the simulator, with functions that create what is left over and what is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elbplan.core.call import Answer, Call
from elbplan.leftovers.find import GLOBAL, OF_REGION, Finder, find
from elbplan.leftovers.leftover import Finding, Leftover
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box
from tests.cli.kit import session
from tests.sandbox.kit import REGION, Kit

FORWARD = "forward"


class Account:
    """Creates things in one region, and finds what is left over."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.kit = Kit(box)
        self.elb = box.client("elb", REGION)
        self.aws = Aws(REGION, endpoint=box.url, session=session())
        self.calls: list[str] = []
        self.servers = self.kit.open_group("open-servers")

    def find(self, *finders: Finder) -> Finding:
        return find(self.send, REGION, finders or [*OF_REGION, *GLOBAL])

    def send(self, call: Call) -> Answer:
        self.calls.append(f"{call.service}:{call.operation}")
        return self.aws.send(call)

    def instance(self, *, state: str = "running", **tags: str) -> str:
        id = self.kit.instance(self.servers)
        if tags:
            self.kit.ec2.create_tags(Resources=[id], Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
        if state == "stopped":
            self.kit.ec2.stop_instances(InstanceIds=[id])
        return id

    def volume(self, instance: str = "", **more: Any) -> str:
        params: dict[str, Any] = {"AvailabilityZone": f"{REGION}a", "Size": 20, "VolumeType": "gp3", **more}
        id = str(self.kit.ec2.create_volume(**params)["VolumeId"])
        if instance:
            self.kit.ec2.attach_volume(VolumeId=id, InstanceId=instance, Device="/dev/sdf")
        return id

    def address(self, **where: str) -> str:
        id = str(self.kit.ec2.allocate_address(Domain="vpc")["AllocationId"])
        if where:
            self.kit.ec2.associate_address(AllocationId=id, **where)
        return id

    def interface(self) -> str:
        return str(
            self.kit.ec2.create_network_interface(SubnetId=self.kit.subnets[0])["NetworkInterface"][
                "NetworkInterfaceId"
            ]
        )

    def nat_gateway(self) -> str:
        address = self.address()
        answer = self.kit.ec2.create_nat_gateway(SubnetId=self.kit.subnets[0], AllocationId=address)
        return str(answer["NatGateway"]["NatGatewayId"])

    def route_table(self, nat_gateway: str, subnet: str = "") -> str:
        id = str(self.kit.ec2.create_route_table(VpcId=self.kit.vpc)["RouteTable"]["RouteTableId"])
        self.kit.ec2.create_route(RouteTableId=id, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat_gateway)
        if subnet:
            self.kit.ec2.associate_route_table(RouteTableId=id, SubnetId=subnet)
        return id

    def balancer(self, name: str, *targets: str, group: str = "", **more: Any) -> str:
        """A load balancer whose listener forwards to a group with these instances."""
        arn = str(self.kit.balancer(name, **more)["LoadBalancerArn"])
        group = group or self.kit.group(name)
        self.kit.listener(arn, group)
        if targets:
            self.kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": id} for id in targets])
        return arn

    def bare_balancer(self, name: str, actions: Sequence[dict[str, Any]] = (), **more: Any) -> str:
        """A load balancer with a listener that has these actions; without actions it has no listener."""
        arn = str(self.kit.balancer(name, **more)["LoadBalancerArn"])
        if actions:
            self.kit.elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=list(actions))
        return arn

    def classic(self, name: str, *instances: str) -> str:
        listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
        self.elb.create_load_balancer(LoadBalancerName=name, Listeners=[listener], AvailabilityZones=[f"{REGION}a"])
        if instances:
            ids = [{"InstanceId": id} for id in instances]
            self.elb.register_instances_with_load_balancer(LoadBalancerName=name, Instances=ids)
        return name

    def zone(self, name: str, record: str = "") -> str:
        zone = self.kit.dns.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        if record:
            values = [{"Value": "203.0.113.1"}]
            new = {"Name": record, "Type": "A", "TTL": 60, "ResourceRecords": values}
            batch: Any = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": new}]}
            self.kit.dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
        return str(zone).rpartition("/")[2]


def ids(finding: Finding) -> set[str]:
    """What was found, by AWS id."""
    return {leftover.id for leftover in finding.leftovers}


def found(finding: Finding, id: str) -> Leftover:
    """One of the leftovers."""
    return next(leftover for leftover in finding.leftovers if leftover.id == id)
