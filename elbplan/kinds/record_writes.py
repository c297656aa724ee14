"""What the writes of a record send, and the record sets that the stack already has at its name."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from ..core.address import AwsId
from ..core.call import Answer, Call
from ..core.kind import StepContext
from .aws.alias_tags import RecordPlace
from .aws.public_addresses import public_address
from .aws.record_batches import RecordSet
from .aws.routing_policies import policy_params
from .record_model import R, RecordFields, place_of


def record_set_of(record: RecordFields, context: StepContext) -> Generator[Call, Answer, RecordSet]:
    """The record set as Route 53 wants it. Asks for the address of an Elastic IP that the run did not allocate."""
    dns_name = context.fact(record.load_balancer, "dns_name")
    common: dict[str, Any] = {"Name": record.name, "Type": record.type, **policy_params(record)}
    if record.health_check:
        common["HealthCheckId"] = context.id(record.health_check)
    if not record.is_alias:
        value = record.value or dns_name
        if record.elastic_ip:
            value = yield from public_address(record.elastic_ip, context)
        return {**common, "TTL": record.ttl, "ResourceRecords": [{"Value": value}]}
    return {
        **common,
        "AliasTarget": {
            "HostedZoneId": context.fact(record.load_balancer, "zone_id"),
            "DNSName": dns_name,
            "EvaluateTargetHealth": record.evaluate_target_health,
        },
    }


def records_at(record: RecordFields, zone: str, context: StepContext) -> list[RecordFields]:
    """The records that the stack already had at the name of this record in this zone."""
    models = [live.model for live in context.lives.values() if isinstance(live.model, RecordFields)]
    return [model for model in models if model.name == record.name and context.id(model.zone) == zone]


def in_zone(record: R, zone: str) -> R:
    """The record with the id of its zone."""
    return record.model_copy(update={"zone": AwsId(zone)})


def own_places(records: Iterable[RecordFields], zone: str, context: StepContext) -> dict[RecordPlace, str]:
    """The places of these records, each with the DNS name of its load balancer."""
    return {place_of(record, zone): dns_name_of(record, context) for record in records}


def dns_name_of(record: RecordFields, context: StepContext) -> str:
    """The DNS name of the record's load balancer, which may be gone."""
    return context.fact(record.load_balancer, "dns_name") or str(record.load_balancer)
