"""The regions of the account."""

from typing import Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from ..account import CallContext
from ..errors import AwsError
from ..params import Params

NOT_OPTED_IN = "not-opted-in"


def describe(_: CallContext, params: Params) -> dict[str, Any]:
    """Without AllRegions only those that are enabled for the account; moto lists all.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    names = params.get("RegionNames") or []
    regions = [
        {"RegionName": region.name, "Endpoint": region.endpoint, "OptInStatus": region.opt_in_status}
        for region in RegionsAndZonesBackend.regions
        if not names or region.name in names
    ]
    if not params.get("AllRegions"):
        regions = [region for region in regions if region["OptInStatus"] != NOT_OPTED_IN]
    return {"Regions": regions}


def check_enabled(context: CallContext) -> None:
    """A region that is not enabled refuses credentials; this is the error of services with the JSON protocol.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html; the code in a public issue:
    https://github.com/epsagon/clear-lambda-storage/issues/9
    """
    disabled = {region.name for region in RegionsAndZonesBackend.regions if region.opt_in_status == NOT_OPTED_IN}
    if context.region in disabled:
        raise AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
