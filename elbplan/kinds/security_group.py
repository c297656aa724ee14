"""A security group: who may reach what, as one set of rules changed in place."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import Address, Id, Ref, SecurityGroupRef, VpcRef
from ..core.call import Call, Calling, Reading
from ..core.kind import Found, Kind, Live, Phase, Scope, Site
from ..core.resource import IMMUTABLE, Part, Resource
from .ownership import makers, owner, retag, specification, unpair, users
from .reading import tagged


class Opening(Part):
    """One rule: a protocol, ports, and one source: a CIDR, a security group or a prefix list.

    `protocol: all` has no ports. A description is shown in the console and can change in place.
    """

    protocol: Annotated[str, Field(description="tcp, udp, icmp, all or a protocol number")] = "tcp"
    from_port: Annotated[int | None, Field(ge=-1, le=65535, description="the first port; for icmp the type")] = None
    to_port: Annotated[int | None, Field(ge=-1, le=65535, description="the last port; for icmp the code")] = None
    cidr: Annotated[str | None, Field(description="a network, IPv4 or IPv6")] = None
    group: SecurityGroupRef | None = None
    prefix_list: Annotated[str | None, Field(description="pl-...")] = None
    description: Annotated[str, Field(max_length=255, description="a word for whoever reads it")] = ""

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if str(data.get("protocol", "tcp")) in ("-1", "all"):
            data |= {"protocol": "all", "from_port": None, "to_port": None}
        elif "port" in data:
            data["from_port"] = data["to_port"] = data.pop("port")
        if isinstance(data.get("cidr"), str):
            data["cidr"] = str(ipaddress.ip_network(data["cidr"], strict=True))
        return data

    @model_validator(mode="after")
    def _whole(self) -> Opening:
        if sum(x is not None for x in (self.cidr, self.group, self.prefix_list)) != 1:
            raise ValueError("needs exactly one of cidr, group, prefix_list")
        if self.protocol != "all" and (self.from_port is None or self.to_port is None):
            raise ValueError("needs port, or from_port and to_port")
        if self.protocol in ("tcp", "udp") and (self.from_port or 0) > (self.to_port or 0):
            raise ValueError("from_port is above to_port")
        return self

    @property
    def door(self) -> tuple[str, ...]:
        """What makes two rules the same rule for AWS: everything but the description."""
        return tuple(map(str, (self.protocol, self.from_port, self.to_port, self.cidr, self.group, self.prefix_list)))


def as_set(data: Any, field: str) -> Any:
    """Rules have no order; sorted, so that comparing is `==`."""
    if isinstance(data, Mapping) and isinstance(data.get(field), list | tuple):
        openings = {o.door: o for o in map(Opening.model_validate, data[field])}
        data = {**data, field: tuple(openings[door] for door in sorted(openings))}
    return data


class SecurityGroup(Resource):
    """A security group and all of its inbound rules. `egress: null` leaves AWS's "everything out" alone."""

    kind: ClassVar[str] = "security_group"
    name: Annotated[str | None, IMMUTABLE, Field(max_length=255, description="pins the name in AWS")] = None
    description: Annotated[
        str, IMMUTABLE, Field(max_length=255, description="AWS asks for one")
    ] = "made by elbplan"
    vpc: Annotated[VpcRef, IMMUTABLE]
    ingress: tuple[Opening, ...] = ()
    egress: tuple[Opening, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        return as_set(as_set(data, "ingress"), "egress")


def read(scope: Scope) -> Reading[Found[SecurityGroup]]:
    """Ours by tag; who holds a wanted name, only where ours is not there yet."""
    (answer,) = yield [Call("ec2", "DescribeSecurityGroups", tagged(scope.stacks))]
    ours: dict[str, list[Live[SecurityGroup]]] = {}
    for raw in answer["SecurityGroups"]:
        tags = unpair(raw.get("Tags"))
        if mine := owner(tags, SecurityGroup.kind, scope.stacks):
            ours.setdefault(mine[0], []).append(_live(mine[1], raw, tags))
    there = {(stack, live.address) for stack, lives in ours.items() for live in lives}
    wanted = {
        resource.name or base(stack, address, resource)
        for stack, address, resource in scope.wanted(SecurityGroup.kind)
        if (stack, address) not in there
    }
    taken = {f"{_live_vpc(raw)}/{raw['GroupName']}": raw["GroupId"] for raw in answer["SecurityGroups"]}
    if wanted:
        named = {"Filters": [{"Name": "group-name", "Values": sorted(wanted)}]}
        (answer,) = yield [Call("ec2", "DescribeSecurityGroups", named)]
        taken |= {f"{_live_vpc(raw)}/{raw['GroupName']}": raw["GroupId"] for raw in answer["SecurityGroups"]}
    return Found(ours, taken, makers({raw["GroupId"]: unpair(raw.get("Tags")) for raw in answer["SecurityGroups"]}))


def _live_vpc(raw: Mapping[str, Any]) -> str:
    return str(raw.get("VpcId") or "")


def _live(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> Live[SecurityGroup]:
    model = SecurityGroup(
        tags=users(tags),
        name=raw["GroupName"],
        description=raw["Description"],
        vpc=Id(_live_vpc(raw)),
        ingress=tuple(_openings(raw.get("IpPermissions", []))),
        egress=tuple(_openings(raw.get("IpPermissionsEgress", []))),
    )
    return Live(address, raw["GroupId"], model, {"name": raw["GroupName"], "account": raw.get("OwnerId", "")})


def _openings(permissions: Iterable[Mapping[str, Any]]) -> Iterator[Opening]:
    for permission in permissions:
        ports = {
            "protocol": permission["IpProtocol"],
            "from_port": permission.get("FromPort"),
            "to_port": permission.get("ToPort"),
        }
        for key, field, ours in (
            ("IpRanges", "CidrIp", "cidr"),
            ("Ipv6Ranges", "CidrIpv6", "cidr"),
            ("PrefixListIds", "PrefixListId", "prefix_list"),
        ):
            for source in permission.get(key) or ():
                yield Opening.model_validate(
                    {**ports, ours: source[field], "description": source.get("Description") or ""}
                )
        for source in permission.get("UserIdGroupPairs") or ():
            group = Id(source["GroupId"])
            yield Opening.model_validate({**ports, "group": group, "description": source.get("Description") or ""})


def _permission(opening: Opening, site: Site) -> dict[str, Any]:
    described = {"Description": opening.description} if opening.description else {}
    permission: dict[str, Any] = {"IpProtocol": "-1" if opening.protocol == "all" else opening.protocol}
    if opening.protocol != "all":
        permission |= {"FromPort": opening.from_port, "ToPort": opening.to_port}
    if opening.cidr and ":" in opening.cidr:
        permission["Ipv6Ranges"] = [{"CidrIpv6": opening.cidr, **described}]
    elif opening.cidr:
        permission["IpRanges"] = [{"CidrIp": opening.cidr, **described}]
    elif opening.group:
        permission["UserIdGroupPairs"] = [{"GroupId": site.id(opening.group), **described}]
    else:
        permission["PrefixListIds"] = [{"PrefixListId": opening.prefix_list, **described}]
    return permission


def create(new: SecurityGroup, site: Site) -> Calling:
    """The group, then its rules. Nothing but the name guards CreateSecurityGroup: it is sent once."""
    params = {
        "GroupName": site.name,
        "Description": new.description,
        "VpcId": site.id(new.vpc),
        "TagSpecifications": specification("security-group", {"Name": site.name, **site.tags(new)}),
    }
    answer = yield Call("ec2", "CreateSecurityGroup", params, once=True)
    id = answer["GroupId"]
    empty = new.model_copy(update={"ingress": (), "egress": None if new.egress is None else EVERYTHING_OUT})
    yield from _change(id, empty, new, site)
    return {"id": id, "name": site.name}


THERE = ("InvalidPermission.Duplicate",)
UNSEEN = ("InvalidGroup.NotFound",)
"""A group made a moment ago may not be seen everywhere yet, as what the rule is for or as where it lets in from."""

EVERYTHING_OUT = (Opening(protocol="all", cidr="0.0.0.0/0"),)
"""What AWS lets out of a new group."""


def update(before: SecurityGroup, after: SecurityGroup, site: Site) -> Calling:
    """Authorize first, revoke after: no moment in which a wanted rule is missing."""
    assert site.live is not None
    yield from _change(site.live.id, before, after, site)
    yield from retag("ec2", site.live.id, before.tags, after.tags)
    return {}


def _change(id: str, before: SecurityGroup, after: SecurityGroup, site: Site) -> Calling:
    yield from _rules(id, before.ingress, after.ingress, "Ingress", site)
    if after.egress is not None:
        yield from _rules(id, before.egress or (), after.egress, "Egress", site)
    return {}


def _rules(id: str, before: Iterable[Opening], after: Iterable[Opening], side: str, site: Site) -> Calling:
    """One rule a call: AWS refuses a whole call for one rule that is there already."""
    old, new = {o.door: o for o in before}, {o.door: o for o in after}
    for door in sorted(set(new) - set(old)):
        params = {"GroupId": id, "IpPermissions": [_permission(new[door], site)]}
        yield Call("ec2", f"AuthorizeSecurityGroup{side}", params, done_if=THERE, not_yet=UNSEEN, within=60)
    for door in sorted(set(new) & set(old)):
        if new[door].description != old[door].description:
            params = {"GroupId": id, "IpPermissions": [_permission(new[door], site)]}
            yield Call("ec2", f"UpdateSecurityGroupRuleDescriptions{side}", params)
    for door in sorted(set(old) - set(new)):
        params = {"GroupId": id, "IpPermissions": [_permission(old[door], site)]}
        yield Call("ec2", f"RevokeSecurityGroup{side}", params, done_if=("InvalidPermission.NotFound",))
    return {}


def delete(_: SecurityGroup, site: Site) -> Calling:
    """A load balancer's network interfaces outlive it by minutes and hold the group: that is not yet, not a failure."""
    assert site.live is not None
    yield Call(
        "ec2",
        "DeleteSecurityGroup",
        {"GroupId": site.live.id},
        done_if=("InvalidGroup.NotFound",),
        not_yet=("DependencyViolation", "InvalidGroup.InUse"),
        within=900,
    )
    return {}


def way(before: SecurityGroup, after: SecurityGroup, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, SecurityGroup]]:
    """Open what is new, later close what is old."""

    def both(old: tuple[Opening, ...] | None, new: tuple[Opening, ...] | None) -> tuple[Opening, ...] | None:
        return None if new is None else (*(old or ()), *new)

    wide = SecurityGroup.model_validate(
        {**dict(after), "ingress": both(before.ingress, after.ingress), "egress": both(before.egress, after.egress)}
    )
    return [("expand", wide), ("contract", after)]


def text(group: SecurityGroup) -> str:
    """`in: 80, 443 from anywhere`"""
    return "in: " + (", ".join(opening_text(o) for o in group.ingress) or "nothing")


def opening_text(opening: Opening) -> str:
    """`443 from anywhere`"""
    ports = "all" if opening.protocol == "all" else str(opening.from_port)
    if opening.to_port != opening.from_port:
        ports = f"{opening.from_port}-{opening.to_port}"
    if opening.protocol not in ("tcp", "all"):
        ports += f"/{opening.protocol}"
    source = opening.cidr or opening.group or opening.prefix_list
    anywhere = {"0.0.0.0/0": "anywhere", "::/0": "anywhere (IPv6)"}
    return f"{ports} from {anywhere.get(str(source), str(source))}"


def base(stack: str, address: Address, _: SecurityGroup) -> str:
    """The name in the console."""
    return f"{stack}-{address.name}"


KIND = Kind(
    model=SecurityGroup,
    read=read,
    create=create,
    update=update,
    delete=delete,
    way=way,
    text=text,
    base=base,
    longest_name=255,
    permissions=(
        "ec2:DescribeSecurityGroups",
        "ec2:CreateSecurityGroup",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        "ec2:DeleteSecurityGroup",
        "ec2:CreateTags",
        "ec2:DeleteTags",
    ),
)
