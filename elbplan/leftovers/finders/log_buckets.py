"""Buckets of logs that stayed after their stack, because they had logs. S3 bills what they have."""

from __future__ import annotations

from ...core.call import ReadProgram
from ...cost.quantities import LOG_STORAGE
from ...cost.quantity import Quantity
from ...kinds.aws.bucket_tags import LOGS_OF
from ...kinds.aws.ownership import tag_mapping
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover

TITLE = "log buckets"
PERMISSIONS = ("tag:GetResources",)


def find_log_buckets(region: str) -> ReadProgram[Finding]:
    """The buckets of the region with the tag that a destroy writes when it keeps the logs."""
    filters = [{"Key": LOGS_OF, "Values": []}]
    call = ask("resourcegroupstaggingapi", "GetResources", TagFilters=filters, ResourceTypeFilters=["s3"])
    (answer,) = yield [call]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, region, [call], [answer]))
    listed = answer.get("ResourceTagMappingList") or ()
    return Finding([_leftover(raw["ResourceARN"], tag_mapping(raw.get("Tags"))[LOGS_OF], region) for raw in listed])


def _leftover(arn: str, stack: str, region: str) -> Leftover:
    name = arn.rpartition(":::")[2]
    return Leftover(
        "log_bucket",
        name,
        region,
        f"bucket s3://{name}",
        f"it has the logs of the stack {stack}, which ended or no longer writes logs there",
        (f"aws s3 rb --force s3://{name}",),
        [Quantity(name, LOG_STORAGE, "logs in S3", None, "GB-month")],
        stack="",
        facts={"logs_of": stack},
    )
