"""What a destroy does with the instances that the spec names by id or tag, and what AWS bills after it. Pure.

elbplan did not create these instances, so no tag shows that they belong to the stack: each destroy finds them by the
spec again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..core.kind import LiveResource, Owner
from ..core.plan import Remaining, ServerLabel
from .aws.ownership import owner_in_tags, tag_mapping
from .aws.queries import domain
from .elastic_ip import ElasticIp
from .instance import Instance, OnDestroy

GENTLEST_FIRST: Sequence[OnDestroy] = ("keep", "stop", "terminate")
"""If two groups of a spec name one instance, the first of these counts."""

NOT_BILLED_BY_TIME = ("stopped", "stopping")
"""The states in which AWS bills only the volumes of an instance."""

SCALING_GROUP = "aws:autoscaling:groupName"
"""The tag that an Auto Scaling group gives to the instances that it launches.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
"""


class SpotRequest(NamedTuple):
    """A request of a Spot Instance. AWS stops only instances of persistent requests, and replaces them once they end.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-spot-instances-work.html
    """

    id: str
    persistent: bool


@dataclass(frozen=True)
class EndedServer:
    """An instance that a destroy stops or terminates.

    on_destroy     `stop` or `terminate`
    owner          the elbplan stack that created it
    scaling_group  the Auto Scaling group that launched it
    protected      AWS refuses this ending until somebody lifts the protection
    store_backed   it has no EBS root volume, so AWS cannot stop it
    spot_request   the request of a Spot Instance
    users          target groups of others in which it is registered
    """

    live: LiveResource[Instance]
    region: str
    on_destroy: OnDestroy
    name: str = ""
    owner: Owner | None = None
    scaling_group: str = ""
    protected: bool = False
    store_backed: bool = False
    spot_request: SpotRequest | None = None
    users: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.live.id})" if self.name else self.live.id


@dataclass(frozen=True)
class Endings:
    """What a destroy of one stack ends although elbplan did not create it, and what it does not end.

    servers    the instances that it stops or terminates
    addresses  the Elastic IPs that it releases
    remaining  what the spec names and AWS bills after the destroy
    labels     the names and states of all instances that the spec names
    """

    servers: Sequence[EndedServer] = ()
    addresses: Sequence[LiveResource[ElasticIp]] = ()
    remaining: Sequence[Remaining] = ()
    labels: Mapping[str, ServerLabel] = field(default_factory=dict)

    @property
    def lives(self) -> list[LiveResource[Any]]:
        """All resources that the destroy ends."""
        return [*(server.live for server in self.servers), *self.addresses]

    def with_remaining(self, more: Sequence[Remaining]) -> Endings:
        """The same, with more that AWS bills after the destroy."""
        return replace(self, remaining=[*self.remaining, *more])


NO_ENDINGS = Endings()


@dataclass(frozen=True)
class NamedServer:
    """An instance that a spec names, as DescribeInstances describes it, with its Elastic IPs."""

    raw: Mapping[str, Any]
    region: str
    on_destroy: OnDestroy
    addresses: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def id(self) -> str:
        return str(self.raw["InstanceId"])

    @property
    def state(self) -> str:
        return str(self.raw["State"]["Name"])

    @property
    def name(self) -> str:
        return tag_mapping(self.raw.get("Tags")).get("Name", "")

    @property
    def owner(self) -> Owner | None:
        """The elbplan stack that created it."""
        return owner_in_tags(tag_mapping(self.raw.get("Tags")))

    @property
    def scaling_group(self) -> str:
        return tag_mapping(self.raw.get("Tags")).get(SCALING_GROUP, "")

    @property
    def ends(self) -> bool:
        """True if the destroy has something to do. A stopped instance is not stopped again."""
        return self.on_destroy == "terminate" or (self.on_destroy == "stop" and self.state not in NOT_BILLED_BY_TIME)

    @property
    def free_addresses(self) -> list[Mapping[str, Any]]:
        """Its Elastic IPs that no elbplan stack allocated."""
        return [raw for raw in self.addresses if owner_in_tags(tag_mapping(raw.get("Tags"))) is None]

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


def remaining_of(server: NamedServer) -> Iterator[Remaining]:
    """What AWS bills of this instance after the destroy: itself and its addresses, or volumes that it leaves."""
    if server.on_destroy == "terminate":
        yield from _volumes_left(server)
        return
    state = "stopped" if server.ends else server.state
    bills = "AWS bills its volumes" if state in NOT_BILLED_BY_TIME else "AWS bills it"
    type = str(server.raw.get("InstanceType") or "")
    yield Remaining(
        "instance",
        server.id,
        f"instance {server}, {type}, {state}: {bills}",
        f"aws ec2 terminate-instances --region {server.region} --instance-ids {server.id}",
        {"name": server.name, "state": state, "type": type},
    )
    for raw in server.free_addresses:
        yield Remaining(
            "elastic_ip",
            raw["AllocationId"],
            f"Elastic IP {raw['PublicIp']} of {server}: AWS bills it",
            f"aws ec2 release-address --region {server.region} --allocation-id {raw['AllocationId']}",
            {"address": raw["PublicIp"], "instance": server.id},
        )


def _volumes_left(server: NamedServer) -> Iterator[Remaining]:
    """The volumes that AWS does not delete together with the instance.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html
    """
    for mapping in server.raw.get("BlockDeviceMappings") or ():
        volume = mapping.get("Ebs") or {}
        if volume.get("VolumeId") and volume.get("DeleteOnTermination") is False:
            yield Remaining(
                "volume",
                volume["VolumeId"],
                f"volume {volume['VolumeId']} of {server}: AWS does not delete it with the instance, and bills it",
                f"aws ec2 delete-volume --region {server.region} --volume-id {volume['VolumeId']}",
                {"instance": server.id},
            )


def remaining_zones(zones: Mapping[str, str]) -> Iterator[Remaining]:
    """The hosted zones of the spec's names; `zones` has their names by id."""
    for id, name in sorted(zones.items(), key=lambda zone: (zone[1], zone[0])):
        text = f"hosted zone {domain(name)} ({id}): AWS bills it; delete it only if nothing else uses it"
        command = f"aws route53 delete-hosted-zone --id {id}"
        yield Remaining("hosted_zone", id, text, command, {"name": domain(name)})


def gentlest(endings: Iterable[OnDestroy]) -> OnDestroy:
    """The gentlest of these endings; `keep` if there is none."""
    given = set(endings)
    return next((ending for ending in GENTLEST_FIRST if ending in given), "keep")
