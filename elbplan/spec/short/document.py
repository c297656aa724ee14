"""The short form: every key of the top level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ...kinds.aws.expiry import expires_text
from ...kinds.instance import OnDestroy
from ..errors import SpecValueError
from ..messages import shown_value
from .balancer_settings import Attributes, Capacity, IpamPool, OutpostPool, PrivateLinkRules
from .client_certificates import ShortTrustStoreValue
from .domains import Domain
from .edge import ShortWebAcl
from .groups import ShortGroup
from .identity import Account, AssumedRole, Profile
from .listeners import ShortListener
from .logs import LOGS_SHORTHAND, ShortLogs
from .network import ShortNetwork
from .servers import Server, named_servers
from .traffic import Traffic
from .words import (
    SWITCH,
    BalancerType,
    Name,
    OneOrMore,
    OneOrNamed,
    OwnName,
    Shorthand,
    ShortModel,
    Texts,
    network,
    text_is,
)

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", re.ASCII)
ZONE = re.compile(r"([a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})?([a-z])", re.ASCII)
SOURCE = re.compile(r"(sg|pl)-[0-9a-f]+", re.ASCII)


NAMES_TEXT = "fixed: plain names, so that AWS has no room for a replacement; generated: a new name for each"
DEFAULTS_TEXT = "files with keys that several stacks share; this spec's own keys win"


def _region(value: str) -> str:
    if not REGION.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not a region", "write a name like ap-northeast-2 or eu-central-1"
        )
    return value


def _expires(value: Any) -> str:
    try:
        return expires_text(value)
    except ValueError as problem:
        raise SpecValueError(f"{shown_value(value)} is not an expiry", str(problem)) from None


def _zone(value: str) -> str:
    if not ZONE.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not an availability zone", "write a letter like a, or a name like ap-northeast-2a"
        )
    return value


def _access(value: Any) -> Any:
    """Also accepts AWS's own word for public."""
    return "public" if value == "internet-facing" else value


def source(value: str) -> str:
    """A source of requests: a network, a security group or a prefix list."""
    return value if SOURCE.fullmatch(value) else network(value)


class Protect(ShortModel):
    """Protection against accidents."""

    deletion: Annotated[bool, Field(description="AWS's own deletion protection")] = False


def _protect(value: Any) -> Any:
    return {"deletion": value} if isinstance(value, bool) else value


class Manage(ShortModel):
    """The resources around the load balancer that elbplan manages; each is true by default."""

    target_security_groups: Annotated[
        bool, Field(description="give the servers of this spec a security group that allows only the load balancer")
    ] = True
    dns: Annotated[bool, Field(description="create the alias records of the domains")] = True
    certificate: Annotated[bool, Field(description="create a certificate for domains that name none")] = True


class Lint(ShortModel):
    """What `elbplan lint` says about this spec."""

    ignore: Annotated[
        Mapping[str, str],
        Field(
            description="warnings that do not concern this stack, each with the reason: `NAME` or `NAME ADDRESS`",
            examples=[{"single-server": "a test system"}],
        ),
    ] = {}


Domains = Annotated[list[Annotated[Domain, text_is("name")]], OneOrMore(maps=True)]


class Short(ShortModel):
    """A stack in the short form. Each key that you leave out has a default; `elbplan expand` shows the result."""

    version: Annotated[Literal[1] | None, Field(description="version of this grammar")] = None
    name: Annotated[Name, Field(description="the stack's name; it cannot change later", examples=["my-web"])]
    region: Annotated[
        Annotated[str, AfterValidator(_region)] | None,
        Field(description="AWS region; by default the region of your AWS configuration", examples=["ap-northeast-2"]),
    ] = None
    account: Annotated[
        Account | None,
        Field(description="AWS account; credentials of another account are refused", examples=["123456789012"]),
    ] = None
    profile: Annotated[
        Profile | None,
        Field(description="profile from ~/.aws/config; the option --profile overrides it", examples=["production"]),
    ] = None
    role: Annotated[
        AssumedRole | None,
        Field(
            description="IAM role that elbplan assumes for this stack: its ARN, or arn and external_id",
            examples=["arn:aws:iam::123456789012:role/deploy"],
        ),
    ] = None
    zones: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_zone)]], OneOrMore()] | None,
        Field(description="availability zones, by letter; by default all zones", examples=[["a", "c"]]),
    ] = None
    type: Annotated[BalancerType, Field(description="kind of load balancer")] = "application"
    access: Annotated[
        Literal["public", "internal"],
        BeforeValidator(_access),
        Field(description="reachable from the internet (public) or from private networks only (internal)"),
    ] = "public"
    ip: Annotated[
        Literal["ipv4", "dualstack", "dualstack-without-public-ipv4"], Field(description="address families")
    ] = "ipv4"
    network: Annotated[ShortNetwork | None, Field(description="VPC and subnets; by default the default VPC")] = None
    allow: Annotated[
        Annotated[list[Annotated[str, AfterValidator(source)]], OneOrMore()] | None,
        Field(
            description="sources that may reach the listeners: networks, security groups, prefix lists",
            examples=[["0.0.0.0/0"]],
        ),
    ] = None
    domain: Annotated[
        Domains | None,
        Field(
            description="domain names of the stack; elbplan adds a certificate, HTTPS and DNS records",
            examples=["api.example.com"],
        ),
    ] = None
    take_over: Annotated[bool, Field(description="the domains may replace DNS records that elbplan did not create")] = (
        False
    )
    remove_validation: Annotated[
        bool,
        Field(description="delete the validation record with its certificate, if no other region uses the record"),
    ] = False
    targets: Annotated[ShortGroup | None, Field(description="the targets of requests: one group, called web")] = None
    groups: Annotated[
        dict[OwnName, ShortGroup] | None, Field(description="several groups by name, in place of targets")
    ] = None
    on_destroy: Annotated[
        OnDestroy | None,
        Field(description="what destroy does with the instances that the groups name by id or tag; by default keep"),
    ] = None
    servers: Annotated[
        Annotated[dict[OwnName, Server], OneOrNamed(named_servers)] | None,
        Field(description="servers that elbplan creates: one definition, or several by name"),
    ] = None
    listeners: Annotated[
        list[ShortListener] | None, Field(description="listeners; by default port 80, or port 443 with a domain")
    ] = None
    tls: Annotated[
        str | None,
        Field(description="TLS policy of all listeners: recommended, modern, compatible, or the name of an AWS policy"),
    ] = None
    trust_stores: Annotated[
        dict[OwnName, ShortTrustStoreValue] | None,
        Field(description="CA certificates of clients by name, for client_certificates: of listeners"),
    ] = None
    logs: Annotated[
        Annotated[ShortLogs, LOGS_SHORTHAND] | None,
        Field(
            description="logs in S3: s3://BUCKET/PREFIX or true for access logs, or a map of the logs",
            examples=["s3://bucket/prefix"],
        ),
    ] = None
    web_acl: Annotated[
        Annotated[ShortWebAcl, text_is("name")] | None,
        Field(
            description="web ACL of AWS WAF that filters the requests: the name or ARN of one that exists",
            examples=["edge"],
        ),
    ] = None
    attributes: Attributes = None
    capacity: Capacity = None
    ipam_pool: IpamPool = None
    outpost_pool: OutpostPool = None
    private_link_rules: PrivateLinkRules = None
    shield: Annotated[
        bool,
        Field(
            description="Shield Advanced protects the load balancer; the account needs the subscription, which costs "
            "3,000 USD a month"
        ),
    ] = False
    protect: Annotated[
        Annotated[Protect, Shorthand(_protect, SWITCH)] | None,
        Field(description="true: AWS refuses to delete the load balancer"),
    ] = None
    manage: Annotated[Manage | None, Field(description="what elbplan manages; by default everything")] = None
    traffic: Annotated[
        Traffic | None,
        Field(description="the traffic that the stack expects, for its cost", examples=[{"gb_per_hour": 0.5}]),
    ] = None
    expires: Annotated[
        Annotated[str, BeforeValidator(_expires)] | None,
        Field(
            description="after this time, or at this moment, `elbplan destroy --expired` deletes the stack",
            examples=["8h", "2d", "2026-12-01T18:00:00Z"],
        ),
    ] = None
    tags: Annotated[dict[str, str] | None, Field(description="tags for every resource", examples=[{"team": "web"}])] = (
        None
    )
    ignore: Annotated[
        Texts | None, Field(description="fields that another tool manages", examples=[["listener.443.action"]])
    ] = None
    names: Annotated[Literal["fixed", "generated"], Field(description=NAMES_TEXT)] = "generated"
    defaults: Annotated[Texts | None, Field(description=DEFAULTS_TEXT, examples=["common.yaml"])] = None
    adopt: Annotated[
        dict[str, str] | None,
        Field(
            description="resources that exist and become the stack's by tags alone: address, and AWS id or ARN",
            examples=[{"security_group.lb": "sg-0abc1234def567890"}],
        ),
    ] = None
    lint: Annotated[Lint | None, Field(description="warnings of lint that do not concern this stack")] = None
    overrides: Annotated[
        dict[str, dict[str, Any]] | None,
        Field(description="fields of the long form, by address; they replace all other values"),
    ] = None
