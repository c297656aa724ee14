"""What all parts of the short form need to know of each other while it is spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address, Lookup, Points, Ref
from ...kinds import KINDS
from ..drafts import Drafts, ResourceDraft
from ..report import ProblemReport
from ..short.document import ZONE, Short
from ..short.listeners import ListenOn, ShortForward, ShortListener, ShortRedirect
from ..yaml.tree import YamlPath
from .names import NamedGroup, NamedServer, groups_of, servers_of

BALANCER = Address("load_balancer", "main")
SECURITY_GROUP = Address("security_group", "lb")
CERTIFICATE = Address("certificate", "main")


@dataclass(frozen=True)
class PlacedListener:
    """A listener as it is meant, defaults filled in, and where it stands."""

    word: ShortListener
    path: YamlPath
    port: int | None
    protocol: str | None

    @property
    def name(self) -> str:
        """What its resource is called."""
        return str(self.port) if self.port else "main"


@dataclass
class ExpandContext:
    """The short form being spelled out."""

    short: Short
    folder: str
    report: ProblemReport
    groups: dict[str, NamedGroup] = field(default_factory=dict)
    servers: dict[str, NamedServer] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=dict)

    @classmethod
    def of(cls, short: Short, folder: str, report: ProblemReport) -> ExpandContext:
        """The context, with its servers and groups named."""
        scene = cls(short, folder, report)
        scene.servers = servers_of(short, report)
        scene.groups = groups_of(short, scene.servers, report)
        return scene

    def add(
        self,
        address: Address,
        fields: Mapping[str, Any],
        origin: YamlPath,
        places: Mapping[YamlPath, YamlPath] | None = None,
    ) -> None:
        """One more resource; a field that is None is left out."""
        given = {key: value for key, value in fields.items() if value is not None}
        if self.short.tags and KINDS[address.kind].taggable:
            given["tags"] = dict(self.short.tags)
        self.drafts[address] = ResourceDraft(address, given, origin, {("tags",): ("tags",), **(places or {})})

    @property
    def vpc(self) -> Ref:
        """Where everything stands."""
        return by_name("vpc", self.short.network.vpc if self.short.network else "default")

    @property
    def subnets(self) -> tuple[Ref, ...]:
        """The balancer's subnets."""
        short = self.short
        if short.network and short.network.subnets:
            return tuple(by_name("subnet", text) for text in short.network.subnets)
        return tuple(Lookup("subnet", letter(zone)) for zone in short.zones or ()) or (Lookup("subnet", "*"),)

    @property
    def has_security_group(self) -> bool:
        """A gateway balancer has none."""
        return self.short.type != "gateway"

    @property
    def first_group(self) -> str | None:
        """The group that gets what nobody says anything about."""
        return next(iter(self.groups), None)

    @property
    def listeners(self) -> list[PlacedListener]:
        """The listeners that are written, or those that are meant when none is."""
        if self.short.listeners is not None:
            return [self._placed(word, ("listeners", i)) for i, word in enumerate(self.short.listeners)]
        return [self._placed(word, self._why()) for word in self._usual()]

    def _why(self) -> YamlPath:
        short = self.short
        return (
            ("domain",)
            if short.domain
            else ("targets",)
            if short.targets
            else ("groups",)
            if short.groups
            else ("name",)
        )

    def _usual(self) -> list[ShortListener]:
        group = self.first_group
        forward = ShortForward(groups={group: 1}) if group else None
        if self.short.type == "gateway" or not group:
            return [ShortListener(forward=forward)] if group else []
        if self.short.type == "network":
            there = self.groups[group]
            door = (
                ListenOn(port=443, protocol="TLS")
                if self.short.domain
                else ListenOn(port=there.port, protocol=there.protocol)
            )
            return [ShortListener(listen=door, forward=forward)]
        if not self.short.domain:
            return [ShortListener(listen=ListenOn(port=80, protocol="HTTP"), forward=forward)]
        secure = ListenOn(port=443, protocol="HTTPS")
        plain = ShortListener(listen=ListenOn(port=80, protocol="HTTP"), redirect=ShortRedirect(to=secure))
        return [ShortListener(listen=secure, forward=forward), plain]

    def _placed(self, word: ShortListener, path: YamlPath) -> PlacedListener:
        door = word.listen
        if door is None or self.short.type == "gateway":
            return PlacedListener(word, path, None, None)
        usual = "TCP" if self.short.type == "network" else "HTTPS" if door.port == 443 else "HTTP"
        return PlacedListener(word, path, door.port, door.protocol or usual)


def by_name(kind: str, text: str) -> Ref:
    """What a VPC or subnet is called by: its id, a zone's letter, or its Name tag."""
    ref = Points(kind, ours=False).parse(text)
    if not isinstance(ref, Lookup) or text.startswith(("tag:", "name:")) or text in ("default", "*") or len(text) == 1:
        return ref
    return Lookup(kind, letter(text) if kind == "subnet" and ZONE.fullmatch(text) else f"name:{text}")


def letter(zone: str) -> str:
    """`a` of `a` and of `ap-northeast-2a`."""
    return zone[-1]
