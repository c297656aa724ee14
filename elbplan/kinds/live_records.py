"""Turns the record sets of a stack into live resources: their addresses, fields and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from ..core.address import Address, AwsId
from ..core.kind import LiveResource, Scope
from ..core.resource import from_live
from .aws.alias_ownership import AliasTarget
from .aws.alias_tags import RecordPlace
from .aws.record_batches import RecordSet
from .aws.replaced_records import KeptRecords
from .aws.routing_policies import policy_fields
from .record_model import R, RecordFields

PlacedSet = tuple[RecordPlace, RecordSet]


@dataclass
class LiveRecords(Generic[R]):
    """What the live resources are made with.

    addresses   by stack and place: the address that the spec gives the record
    kept        what records of the stacks replaced
    elastic_ips by public address: the id of the Elastic IP
    """

    model: type[R]
    addresses: Mapping[tuple[str, RecordPlace], Address]
    kept: KeptRecords
    elastic_ips: Mapping[str, str]
    _given: dict[tuple[str, Address], RecordPlace] = field(default_factory=dict)

    def wanted_first(
        self, found: Iterable[PlacedSet], holders: Mapping[RecordPlace, AliasTarget]
    ) -> Sequence[PlacedSet]:
        """The record sets; those that the spec has come first, since they have the addresses of the spec."""

        def rank(item: PlacedSet) -> bool:
            holder = holders.get(item[0])
            return holder is None or (holder.stack, item[0]) not in self.addresses

        return sorted(found, key=rank)

    def resource(self, scope: Scope, holder: AliasTarget, place: RecordPlace, raw: RecordSet) -> LiveResource[R]:
        """The record of a stack."""
        address = self.addresses.get((holder.stack, place)) or self._default_address(holder.stack, place, raw)
        self._given[holder.stack, address] = place
        wanted = scope.desired[holder.stack].get(address)
        in_spec = bool(wanted.restore) if isinstance(wanted, RecordFields) else None
        restore = self.kept.restore(holder.stack, place, in_spec, ending=scope.ending)
        fields = {**self._fields(place, raw), "load_balancer": AwsId(holder.id), "restore": restore}
        facts = self.kept.facts(holder.stack, place)
        return LiveResource(address, str(place), from_live(self.model, fields), facts)

    def _default_address(self, stack: str, place: RecordPlace, raw: RecordSet) -> Address:
        """The address that the short form gives a record that the spec no longer has.

        Of several records of one name, all but the first have their identifiers in their addresses.
        """
        first = default_address(place, with_id=bool(raw.get("MultiValueAnswer")))
        other = self._given.get((stack, first))
        return first if other is None or other[:3] != place[:3] else default_address(place, with_id=True)

    def _fields(self, place: RecordPlace, raw: RecordSet) -> dict[str, Any]:
        alias, values = raw.get("AliasTarget"), values_of(raw)
        value = ", ".join(values) if raw["Type"] == "HTTPS" or raw.get("MultiValueAnswer") else None
        elastic_ip = self.elastic_ips.get(value or "")
        return {
            "name": place.name,
            "type": raw["Type"],
            "zone": AwsId(place.zone),
            "evaluate_target_health": bool(alias.get("EvaluateTargetHealth")) if alias else True,
            "ttl": raw.get("TTL") if not alias else None,
            "value": None if elastic_ip else value,
            "elastic_ip": AwsId(elastic_ip) if elastic_ip else None,
            "health_check": AwsId(raw["HealthCheckId"]) if raw.get("HealthCheckId") else None,
            **policy_fields(raw),
        }


def values_of(raw: RecordSet) -> list[str]:
    """The values of a record set; an alias has none."""
    return [value["Value"] for value in raw.get("ResourceRecords", ())]


def default_address(place: RecordPlace, *, with_id: bool = False) -> Address:
    """The address that the short form gives a record: `record.NAME`, or `record.NAME-ID` beside others of the name."""
    id = f"-{place.identifier}" if with_id and place.identifier else ""
    suffix = f"-{place.type.lower()}" if place.type in ("AAAA", "HTTPS") else ""
    return Address("record", f"{place.name}{id}{suffix}")
