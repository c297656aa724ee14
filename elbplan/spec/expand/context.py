"""The context of an expansion: the short form, its named groups and servers, and the drafts so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address, Lookup, Points, Ref
from ...kinds import KINDS
from ..drafts import Drafts, ResourceDraft
from ..report import ProblemReport
from ..short.actions import ListenOn, ShortForward, ShortRedirect
from ..short.document import ZONE, Short
from ..short.listeners import ShortListener
from ..yaml.tree import YamlPath
from .names import NamedGroup, NamedServer, groups_of, servers_of

BALANCER = Address("load_balancer", "main")
SECURITY_GROUP = Address("security_group", "lb")
CERTIFICATE = Address("certificate", "main")


@dataclass(frozen=True)
class PlacedListener:
    """A listener with its default port and protocol, and its place in the document."""

    definition: ShortListener
    path: YamlPath
    port: int | None
    protocol: str | None

    @property
    def name(self) -> str:
        """The name of its resource."""
        return str(self.port) if self.port else "main"


@dataclass
class ExpandContext:
    """The short form, and the drafts that the expansion has added so far."""

    short: Short
    folder: str
    report: ProblemReport
    groups: dict[str, NamedGroup] = field(default_factory=dict)
    servers: dict[str, NamedServer] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=dict)

    @classmethod
    def of(cls, short: Short, folder: str, report: ProblemReport) -> ExpandContext:
        """The context, with the servers and groups of the short form by name."""
        context = cls(short, folder, report)
        context.servers = servers_of(short, report)
        context.groups = groups_of(short, context.servers, report)
        return context

    def add(
        self,
        address: Address,
        fields: Mapping[str, Any],
        origin: YamlPath,
        places: Mapping[YamlPath, YamlPath] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Adds a draft without the fields that are None. Its own tags win over those of the stack."""
        given = {key: value for key, value in fields.items() if value is not None}
        both = {**(self.short.tags or {}), **(tags or {})}
        if both and KINDS[address.kind].taggable:
            given["tags"] = both
        tag_places: dict[YamlPath, YamlPath] = {("tags",): ("tags",)}
        tag_places |= {("tags", key): (*origin, "tags", key) for key in tags or {}}
        self.drafts[address] = ResourceDraft(address, given, origin, {**tag_places, **(places or {})})

    @property
    def vpc(self) -> Ref:
        """The VPC of all resources."""
        return by_name("vpc", self.short.network.vpc if self.short.network else "default")

    @property
    def subnets(self) -> tuple[Ref, ...]:
        """The subnets of the load balancer."""
        short = self.short
        if short.network and short.network.subnets:
            return tuple(by_name("subnet", entry.subnet) for entry in short.network.subnets)
        return tuple(Lookup("subnet", zone_letter(zone)) for zone in short.zones or ()) or (Lookup("subnet", "*"),)

    @property
    def has_security_group(self) -> bool:
        """False for a gateway load balancer, which cannot have security groups, and if the spec names others."""
        return self.short.type != "gateway" and self.named_security_groups is None

    @property
    def security_groups(self) -> tuple[Ref, ...] | None:
        """The security groups of the load balancer: its own, others of the spec, or both; None for a gateway."""
        own = (SECURITY_GROUP,) if self.has_security_group else self.named_security_groups
        extra = self.short.network.extra_security_groups if self.short.network else None
        return own if own is None or not extra else (*own, *map(Points("security_group").parse, extra))

    @property
    def client_groups(self) -> tuple[Ref, ...]:
        """The security groups from which servers let requests in: the own one, since others may have more members."""
        return (SECURITY_GROUP,) if self.has_security_group else self.named_security_groups or ()

    @property
    def named_security_groups(self) -> tuple[Ref, ...] | None:
        """The security groups that the spec names; None: the load balancer gets its own."""
        named = self.short.network.security_groups if self.short.network else None
        return None if named is None else tuple(Points("security_group").parse(text) for text in named)

    @property
    def first_group(self) -> str | None:
        """The default group of listeners that name none."""
        return next(iter(self.groups), None)

    @property
    def listeners(self) -> list[PlacedListener]:
        """The listeners of the spec, or the default listeners if it has none."""
        if self.short.listeners is not None:
            return [self._placed(listener, ("listeners", i)) for i, listener in enumerate(self.short.listeners)]
        return [self._placed(listener, self._default_origin()) for listener in self._default_listeners()]

    def _default_origin(self) -> YamlPath:
        """The key that a problem of a default listener points at."""
        keys = {"domain": self.short.domain, "targets": self.short.targets, "groups": self.short.groups}
        return (next((key for key, value in keys.items() if value), "name"),)

    def _default_listeners(self) -> list[ShortListener]:
        group = self.first_group
        forward = ShortForward(groups={group: 1}) if group else None
        if self.short.type == "gateway" or not group:
            return [ShortListener(forward=forward)] if group else []
        if self.short.type == "network":
            named = self.groups[group]
            plain = ListenOn(port=named.port, protocol=named.protocol)
            listen = ListenOn(port=443, protocol="TLS") if self.short.domain else plain
            return [ShortListener(listen=listen, forward=forward)]
        if not self.short.domain:
            return [ShortListener(listen=ListenOn(port=80, protocol="HTTP"), forward=forward)]
        secure = ListenOn(port=443, protocol="HTTPS")
        redirect = ShortListener(listen=ListenOn(port=80, protocol="HTTP"), redirect=ShortRedirect(to=secure))
        return [ShortListener(listen=secure, forward=forward), redirect]

    def _placed(self, listener: ShortListener, path: YamlPath) -> PlacedListener:
        listen = listener.listen
        if listen is None or self.short.type == "gateway":
            return PlacedListener(listener, path, None, None)
        default = "TCP" if self.short.type == "network" else "HTTPS" if listen.port == 443 else "HTTP"
        return PlacedListener(listener, path, listen.port, listen.protocol or default)


def by_name(kind: str, text: str) -> Ref:
    """The reference to a VPC or a subnet: by id, by the letter of its zone, or by its Name tag."""
    ref = Points(kind, ours=False).parse(text)
    if not isinstance(ref, Lookup) or text.startswith(("tag:", "name:")) or text in ("default", "*") or len(text) == 1:
        return ref
    return Lookup(kind, zone_letter(text) if kind == "subnet" and ZONE.fullmatch(text) else f"name:{text}")


def zone_letter(zone: str) -> str:
    """Returns `a` for `a` and for `ap-northeast-2a`."""
    return zone[-1]
