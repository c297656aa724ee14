"""The state of Classic Load Balancers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..params import Params
from ..tags import Tags
from .elbv2 import Zone


@dataclass
class StoredPolicy:
    name: str
    type: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class StoredClassicBalancer:
    name: str
    scheme: str
    vpc: str
    dns_name: str
    zone_id: str
    zones: list[Zone]
    security_groups: list[str]
    created: datetime
    settings: dict[str, Any]
    """The parameters of CreateLoadBalancer, without tags."""
    listeners: dict[int, Params]
    """The fields of a Listener, by its port."""
    health: Params
    attributes: Params
    policies: dict[str, StoredPolicy] = field(default_factory=dict)
    listener_policies: dict[int, list[str]] = field(default_factory=dict)
    backend_policies: dict[int, list[str]] = field(default_factory=dict)
    instances: dict[str, float] = field(default_factory=dict)
    """The moment of registration, by instance."""
    tags: Tags = field(default_factory=dict)

    type = "classic"

    @property
    def arn_suffix(self) -> str:
        """The text after "ELB " in the description of its network interfaces."""
        return self.name
