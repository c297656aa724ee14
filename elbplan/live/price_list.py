"""Reads AWS's price list with the Price List Query API. It needs the permission `pricing:GetProducts`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..core.call import Answer, Call
from ..errors import AwsProblem

ENDPOINTS: Mapping[str, str] = {"eu": "eu-central-1", "af": "eu-central-1", "me": "eu-central-1", "il": "eu-central-1",
                                "ap": "ap-south-1"}  # fmt: skip
"""The nearest region with this API, by the first part of a region's name. Each has the prices of all regions.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

DEFAULT_ENDPOINT = "us-east-1"


def read_products(
    send: Callable[[Call], Answer], service: str, filters: Mapping[str, str], region: str
) -> list[Mapping[str, Any]]:
    """The products of a service that have these attributes. Raises AwsProblem, also for an answer without JSON."""
    params = {
        "ServiceCode": service,
        "FormatVersion": "aws_v1",
        "Filters": [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in filters.items()],
    }
    answer = send(Call("pricing", "GetProducts", params, region=endpoint_of(region)))
    return [_parsed(text) for text in answer.get("PriceList", ())]


def endpoint_of(region: str) -> str:
    """The region whose endpoint is asked."""
    return ENDPOINTS.get(region.partition("-")[0], DEFAULT_ENDPOINT)


def _parsed(text: Any) -> Mapping[str, Any]:
    """An item of the list, which is JSON inside of JSON."""
    try:
        product = json.loads(text)
    except (TypeError, ValueError) as error:
        raise AwsProblem(f"the price list cannot be understood: {error}", hint="run the command again") from error
    if not isinstance(product, dict) or not isinstance(product.get("product"), dict):
        raise AwsProblem("the price list cannot be understood: an item has no product", hint="run the command again")
    product["product"].setdefault("attributes", {})
    return product
