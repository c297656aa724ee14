"""Which record sets suit the place of a visitor: geolocation, latency, geoproximity, CIDR blocks."""

import ipaddress
from typing import Any

from ..account import Account, CallContext
from ..rules import rule
from ..state.visitors import Visitor

Record = dict[str, Any]
Collections = dict[str, dict[str, list[str]]]
COLLECTIONS = "cidr collections"
"""Key of the CIDR collections that a fixture creates: the blocks by location, by id."""
DEFAULT = "*"


@rule(33)
def suitable(account: Account, records: list[Record], visitor: Visitor) -> list[Record]:
    """The records that can answer this visitor. A record without a place suits everybody.

    Geolocation: those of the subdivision, the country, the continent and everywhere else.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html
    CIDR: that of the longest block with the address, else that for `*`.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
    """
    located = [record for record in records if _precision(record, visitor) > 0]
    if not any("CidrRoutingConfig" in record for record in located):
        return located
    lengths = {id(record): _longest_block(account, record, visitor.source) for record in located}
    most = max(lengths.values())
    return [record for record in located if lengths[id(record)] == most >= 0]


@rule(33)
def best(records: list[Record], visitor: Visitor) -> list[Record]:
    """Of those that suit and are healthy: the smallest place; the record of the visitor's own region.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html,
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geoproximity.html. AWS does not publish the
    latencies, and biases are not simulated: without a record in that region, each may answer.
    """
    smallest = max((_precision(record, visitor) for record in records), default=0)
    records = [record for record in records if _precision(record, visitor) == smallest]
    near = [record for record in records if visitor.region and _region(record) == visitor.region]
    return near or records


def add_collection(context: CallContext, id: str, locations: dict[str, list[str]]) -> str:
    """Creates a CIDR collection: blocks by the names of their locations."""
    context.account.memory(COLLECTIONS)[id] = locations
    return id


def _precision(record: Record, visitor: Visitor) -> int:
    """How exactly the record names the place of the visitor: 0 if it names another one."""
    place = record.get("GeoLocation")
    if place is None or place.get("CountryCode") == DEFAULT:
        return 1
    if place.get("ContinentCode"):
        return 2 if place["ContinentCode"] == visitor.continent else 0
    if place["CountryCode"] != visitor.country:
        return 0
    if not place.get("SubdivisionCode"):
        return 3
    return 4 if place["SubdivisionCode"] == visitor.subdivision else 0


def _region(record: Record) -> str:
    return str(record.get("Region") or (record.get("GeoProximityLocation") or {}).get("AWSRegion") or "")


def _longest_block(account: Account, record: Record, source: str) -> int:
    """The length of the longest block of the record's location that has the address; 0 for `*`, -1 for none."""
    config = record["CidrRoutingConfig"]
    if config["LocationName"] == DEFAULT:
        return 0
    collections: Collections = account.memory(COLLECTIONS)
    blocks = collections.get(config["CollectionId"], {}).get(config["LocationName"], [])
    networks = [ipaddress.ip_network(block) for block in blocks] if source else []
    return max((net.prefixlen for net in networks if ipaddress.ip_address(source) in net), default=-1)
