"""The fields of a load balancer's model, for code that the model itself imports: calls and paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ...core.address import Ref
from .fixed_addresses import FixedAddress


class BalancerFields(Protocol):
    """A load balancer, as `kinds/load_balancer.py` describes it."""

    @property
    def type(self) -> str: ...

    @property
    def scheme(self) -> str: ...

    @property
    def ip_address_type(self) -> str: ...

    @property
    def subnets(self) -> tuple[Ref, ...]: ...

    @property
    def vpc(self) -> Ref | None: ...

    @property
    def security_groups(self) -> tuple[Ref, ...] | None: ...

    @property
    def pins(self) -> tuple[FixedAddress, ...]: ...

    @property
    def attributes(self) -> Mapping[str, str]: ...

    @property
    def tags(self) -> Mapping[str, str]: ...

    @property
    def records(self) -> tuple[str, ...]: ...

    @property
    def enforce_security_group_inbound_rules_on_private_link_traffic(self) -> str: ...

    @property
    def enable_prefix_for_ipv6_source_nat(self) -> str: ...

    @property
    def source_nat(self) -> bool: ...

    @property
    def ipv4_ipam_pool(self) -> str | None: ...

    @property
    def customer_owned_ipv4_pool(self) -> str | None: ...

    @property
    def minimum_capacity_units(self) -> int: ...

    @property
    def log_bucket(self) -> Ref | None: ...
