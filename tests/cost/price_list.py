"""Items of AWS's price list in the form in which GetProducts returns them, and a cloud that answers with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from elbplan.core.call import Answer, Call
from elbplan.errors import AwsProblem

PUBLISHED = "2026-11-20T08:00:00Z"
APPLICATION = "Load Balancer-Application"
HOURLY = "LoadBalancer hourly usage by Application Load Balancer"
UNITS = "Used Application Load Balancer capacity units-hr"


def item(
    sku: str,
    service: str,
    family: str,
    usage: str,
    *prices: str,
    unit: str = "Hrs",
    region: str = "ap-northeast-2",
    currency: str = "USD",
    location: str = "AWS Region",
    **attributes: str,
) -> str:
    """Returns one item as JSON; several prices are its tiers."""
    tiers = {
        f"{sku}.JRTCKXETXF.{number}": {
            "unit": unit,
            "beginRange": str(number * 10),
            "endRange": "Inf",
            "description": f"${price} per {unit}",
            "rateCode": f"{sku}.JRTCKXETXF.{number}",
            "pricePerUnit": {currency: price},
        }
        for number, price in reversed(list(enumerate(prices)))
    }
    known = {"regionCode": region, "locationType": location, "usagetype": usage, "servicecode": service, **attributes}
    document = {
        "product": {"productFamily": family, "attributes": known, "sku": sku},
        "serviceCode": service,
        "terms": {
            "OnDemand": {f"{sku}.JRTCKXETXF": {"priceDimensions": tiers, "effectiveDate": "2026-11-01T00:00:00Z"}}
        },
        "version": "20261120080000",
        "publicationDate": PUBLISHED,
    }
    return json.dumps({key: value for key, value in document.items() if value})


def balancer(sku: str, usage: str = "APN2-LoadBalancerUsage", price: str = "0.0240000000", **more: str) -> str:
    """Returns the hours of an application load balancer, or something that looks like them."""
    family = more.pop("family", APPLICATION)
    attributes = {"groupDescription": HOURLY, "operation": "LoadBalancing:Application", **more}
    return item(sku, "AWSELB", family, usage, price, **attributes)


def instance(sku: str, type: str, price: str, **more: str) -> str:
    """Returns the hours of an instance (Linux), on demand."""
    attributes = {
        "instanceType": type, "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
        "capacitystatus": "Used", "marketoption": "OnDemand", **more,
    }  # fmt: skip
    return item(sku, "AmazonEC2", "Compute Instance", f"APN2-BoxUsage:{type}", price, **attributes)


def address(sku: str, use: str, price: str) -> str:
    """Returns the hours of a public address."""
    return item(sku, "AmazonVPC", "", f"APN2-PublicIPv4:{use}", price, group="VPCPublicIPv4Address")


ORDINARY = (
    balancer("ALB"),
    balancer("LCU", "APN2-LCUUsage", "0.0090000000", groupDescription=UNITS).replace('"Hrs"', '"LCU-Hrs"'),
    instance("T3", "t3.micro", "0.0140000000"),
    instance("M5", "m5.large", "0.1180000000"),
    address("IPV4", "InUseAddress", "0.0060000000"),
    item("GP3", "AmazonEC2", "Storage", "APN2-EBS:VolumeUsage.gp3", "0.0950000000", unit="GB-Mo", volumeApiName="gp3"),
)


@dataclass
class PriceListCloud:
    """A cloud that answers every question about a service with all items of the service, whatever its filters are."""

    items: Sequence[str] = ORDINARY
    problem: AwsProblem | None = None
    region: str = "ap-northeast-2"
    calls: list[Call] = field(default_factory=list)

    def send(self, call: Call) -> Answer:
        self.calls.append(call)
        if self.problem:
            raise self.problem
        assert (call.service, call.operation) == ("pricing", "GetProducts")
        return {
            "PriceList": [text for text in self.items if json.loads(text)["serviceCode"] == call.params["ServiceCode"]]
        }

    def filters(self, number: int) -> dict[str, Any]:
        return {f["Field"]: f["Value"] for f in self.calls[number].params["Filters"]}
