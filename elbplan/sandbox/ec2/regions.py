"""Which regions the account uses."""

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
    every = [
        {"RegionName": one.name, "Endpoint": one.endpoint, "OptInStatus": one.opt_in_status}
        for one in RegionsAndZonesBackend.regions
        if not names or one.name in names
    ]
    return {"Regions": [one for one in every if params.get("AllRegions") or one["OptInStatus"] != NOT_OPTED_IN]}


def enabled(context: CallContext) -> None:
    """A region that is not enabled knows no credentials, as services that speak JSON put it.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html; the code as people met it:
    https://github.com/epsagon/clear-lambda-storage/issues/9
    """
    off = {one.name for one in RegionsAndZonesBackend.regions if one.opt_in_status == NOT_OPTED_IN}
    if context.region in off:
        raise AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
