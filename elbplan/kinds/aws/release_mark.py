"""The mark of Elastic IPs that a destroy releases together with their instance.

AWS disassociates an Elastic IP from an instance that it terminates, so after that nothing shows whose the address was.
A killed destroy finds it by this tag again. Only a destroy reads the tag: `apply` never releases such an address.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...core.call import Call
from .ownership import tag_list

RELEASED_BY = "elbplan:released-by"
"""The key of the tag; its value is the stack."""


def mark_for_release(allocations: Sequence[str], stack: str) -> Call:
    """The call that marks these addresses. An address that is gone needs no mark."""
    params = {"Resources": list(allocations), "Tags": tag_list({RELEASED_BY: stack})}
    return Call("ec2", "CreateTags", params)


def marked_addresses(stacks: Sequence[str]) -> Call:
    """The question for the addresses that destroys of these stacks have marked."""
    return Call("ec2", "DescribeAddresses", {"Filters": [{"Name": f"tag:{RELEASED_BY}", "Values": sorted(stacks)}]})


def marked_by(tags: Mapping[str, str]) -> str:
    """The stack whose destroy marked the address; empty if there is none."""
    return tags.get(RELEASED_BY, "")
