"""What the questions share: calls, names, tags, and one network and load balancer that are made when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..aws import Aws, CallFailed, CallRefused, Params, tag_list, tag_specifications
from ..servers import Servers
from ..settings import TAG, Settings

Verdict = Literal["as assumed", "otherwise", "not settled"]
CIDR = "10.113.0.0/16"
SUBNETS = ("10.113.0.0/20", "10.113.16.0/20")


@dataclass(frozen=True)
class Finding:
    """The answer of AWS to a question, and how it compares with what elbplan assumes."""

    verdict: Verdict
    answer: str


def compared(as_assumed: bool, answer: str) -> Finding:
    return Finding("as assumed" if as_assumed else "otherwise", answer)


@dataclass(frozen=True)
class Network:
    """A VPC of the run, with IPv6 if the endpoint gives it."""

    vpc: str
    subnets: tuple[str, str]
    ipv6: bool


@dataclass
class Asker:
    """Asks the questions of one run. `servers` are those of the story."""

    settings: Settings
    aws: Aws
    servers: Servers = field(default_factory=Servers)
    _made: dict[str, Any] = field(default_factory=dict)

    @property
    def tags(self) -> dict[str, str]:
        return {TAG: self.settings.run}

    @property
    def tag_list(self) -> list[dict[str, str]]:
        return tag_list(self.tags)

    def name(self, suffix: str) -> str:
        return f"{self.settings.stack}-{suffix}"

    def ask(self, service: str, operation: str, **params: Any) -> Params:
        """Returns the answer. Raises CallFailed."""
        return self.aws.ask(service, operation, **params)

    def refusal(self, service: str, operation: str, **params: Any) -> CallRefused | None:
        """Returns the refusal of a call, or None if AWS accepts it."""
        try:
            self.aws.ask(service, operation, **params)
        except CallRefused as refused:
            return refused
        return None

    @property
    def network(self) -> Network:
        """The network of the questions. Raises CallFailed, TimeoutError."""
        network: Network = self._once("network", self._make_network)
        return network

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """Makes something at its first use. If that fails, every later use fails as well and makes nothing."""
        if name not in self._made:
            try:
                self._made[name] = make()
            except (CallFailed, TimeoutError) as problem:
                self._made[name] = problem
        made = self._made[name]
        if isinstance(made, Exception):
            raise made
        return made

    def _make_network(self) -> Network:
        vpc = self.ask(
            "ec2", "create_vpc", CidrBlock=CIDR, AmazonProvidedIpv6CidrBlock=True,
            TagSpecifications=tag_specifications(self.tags, "vpc"),
        )["Vpc"]["VpcId"]  # fmt: skip
        gateway = self.ask(
            "ec2", "create_internet_gateway", TagSpecifications=tag_specifications(self.tags, "internet-gateway")
        )["InternetGateway"]["InternetGatewayId"]
        self.ask("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
        block = self._ipv6_block(vpc)
        zones = self.servers.zones or self._zones()
        first, second = (self._subnet(vpc, number, zones[number], block) for number in range(2))
        return Network(vpc, (first, second), bool(block))

    def _zones(self) -> list[str]:
        filters = [{"Name": "zone-type", "Values": ["availability-zone"]}]
        zones = self.ask("ec2", "describe_availability_zones", Filters=filters)["AvailabilityZones"]
        return sorted(zone["ZoneName"] for zone in zones if zone["State"] == "available")[:2]

    def _ipv6_block(self, vpc: str) -> str:
        """The IPv6 block of a VPC, or nothing. AWS associates it a moment after the VPC."""
        found: list[str] = []

        def look() -> bool:
            (described,) = self.ask("ec2", "describe_vpcs", VpcIds=[vpc])["Vpcs"]
            for association in described.get("Ipv6CidrBlockAssociationSet", []):
                if association["Ipv6CidrBlockState"]["State"] == "associated":
                    found.append(association["Ipv6CidrBlock"])
            return bool(found) or not described.get("Ipv6CidrBlockAssociationSet")

        self.aws.wait_until("the IPv6 block of the VPC", look, timeout=60)
        return found[0] if found else ""

    def _subnet(self, vpc: str, number: int, zone: str, block: str) -> str:
        ipv6 = {"Ipv6CidrBlock": block.replace("00::/56", f"{number:02x}::/64")} if block.endswith("00::/56") else {}
        answer = self.ask(
            "ec2", "create_subnet", VpcId=vpc, CidrBlock=SUBNETS[number], AvailabilityZone=zone, **ipv6,
            TagSpecifications=tag_specifications(self.tags, "subnet"),
        )  # fmt: skip
        return str(answer["Subnet"]["SubnetId"])

    @property
    def balancer_settings(self) -> Params:
        """The settings of the load balancer, without tags."""
        network = self.network
        type = "dualstack" if network.ipv6 else "ipv4"
        return {"Name": self.name("q"), "Subnets": list(network.subnets), "IpAddressType": type}

    @property
    def balancer(self) -> Params:
        """The application load balancer of the questions, as AWS described the new one. Raises CallFailed."""
        balancer: Params = self._once("balancer", self._make_balancer)
        return balancer

    def _make_balancer(self) -> Any:
        answer = self.ask("elbv2", "create_load_balancer", **self.balancer_settings, Tags=self.tag_list)
        return answer["LoadBalancers"][0]

    @property
    def arn(self) -> str:
        return str(self.balancer["LoadBalancerArn"])

    def wait_until_active(self, arn: str) -> float:
        """Returns the seconds. Raises TimeoutError."""

        def active() -> bool:
            (found,) = self.ask("elbv2", "describe_load_balancers", LoadBalancerArns=[arn])["LoadBalancers"]
            return bool(found["State"]["Code"] == "active")

        return self.aws.wait_until("the load balancer of the questions is active", active, timeout=900)

    def group(self, suffix: str, **settings: Any) -> str:
        """Makes a target group and returns its ARN. Raises CallFailed."""
        return str(self.create_group(suffix, **settings)["TargetGroups"][0]["TargetGroupArn"])

    def create_group(self, suffix: str, **settings: Any) -> Params:
        return self.ask("elbv2", "create_target_group", Name=self.name(suffix), Tags=self.tag_list, **settings)

    def gateway_group(self, suffix: str, **settings: Any) -> str:
        """The same for a gateway. AWS takes no tags at its creation, so it gets them afterwards. Raises CallFailed."""
        place = {"Protocol": "GENEVE", "Port": 6081, "VpcId": self.network.vpc}
        answer = self.ask("elbv2", "create_target_group", Name=self.name(suffix), **place, **settings)
        arn = str(answer["TargetGroups"][0]["TargetGroupArn"])
        self.ask("elbv2", "add_tags", ResourceArns=[arn], Tags=self.tag_list)
        return arn

    def http_group(self, suffix: str) -> str:
        return self.group(suffix, Protocol="HTTP", Port=80, VpcId=self.network.vpc)


@dataclass(frozen=True)
class Question:
    """One question to AWS.

    assumes  what elbplan or its simulator assumes
    changes  what another answer would change, and in which file
    """

    id: str
    text: str
    assumes: str
    changes: str
    find: Callable[[Asker], Finding]


def answered(question: Question, asker: Asker) -> Finding:
    """The finding. If a call fails or has an answer of an unknown form, the question stays open, with the reason."""
    try:
        return question.find(asker)
    except (CallFailed, TimeoutError) as problem:
        return Finding("not settled", f"could not be asked: {problem}")
    except LookupError as problem:
        return Finding("not settled", " ".join(map(str, problem.args)))
    except Exception as problem:  # whatever AWS answers, the other questions and the clean-up go on
        text = " ".join(f"{type(problem).__name__}: {problem}".split())
        return Finding("not settled", f"the answer could not be read: {text[:200]}")
