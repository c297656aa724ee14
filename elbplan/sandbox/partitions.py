"""The partitions of AWS, from botocore's data: aws, aws-cn, aws-us-gov, aws-eusc and the others."""

import functools
import re
from typing import NamedTuple

from botocore.loaders import Loader


class Partition(NamedTuple):
    """A partition's name in ARNs, and the end of its DNS names."""

    id: str
    dns_suffix: str


@functools.cache
def partition_of(region: str) -> Partition:
    """Returns the partition of a region; `aws` for an unknown region.

    https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    """
    for raw in Loader().load_data("partitions")["partitions"]:
        if region in raw["regions"] or re.search(raw["regionRegex"], region):
            return Partition(raw["id"], raw["outputs"]["dnsSuffix"])
    return Partition("aws", "amazonaws.com")
