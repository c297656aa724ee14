"""The regions of the account."""

from typing import Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule

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


REFUSALS = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "elbv2": ("InvalidClientTokenId", "The security token included in the request is invalid", 403),
}
INVALID_TOKEN = ("UnrecognizedClientException", "The security token included in the request is invalid.", 400)
"""The error of services with the JSON protocol."""
GLOBAL_SERVICES = ("route53", "iam", "sts")


@rule(30)
def check_enabled(context: CallContext, service: str) -> None:
    """A region that is not enabled refuses valid credentials with the errors for wrong credentials.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html. The codes in public issues:
    https://github.com/turbot/steampipe-plugin-aws/issues/75 (EC2), https://github.com/fog/fog-aws/issues/585 (EC2),
    https://github.com/epsagon/clear-lambda-storage/issues/9 (JSON). For ELB it is STS's code, which is less sure.
    """
    if service in GLOBAL_SERVICES:
        return
    disabled = {region.name for region in RegionsAndZonesBackend.regions if region.opt_in_status == NOT_OPTED_IN}
    if context.region in disabled:
        raise AwsError(*REFUSALS.get(service, INVALID_TOKEN))
