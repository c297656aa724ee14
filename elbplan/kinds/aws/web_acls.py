"""Web ACLs of AWS WAF: how they are found by name, and the tag that marks an association as the stack's.

An association of a web ACL with a load balancer has no tags. So elbplan writes the ARN of the web ACL into a tag of the
load balancer before it associates the two, and removes the tag after it has ended the association. An association
whose web ACL is not in the tag belongs to somebody else: the console, Firewall Manager.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import DENIED_ANSWER, Call, ReadProgram
from .denied_reads import unless_denied
from .ownership import pack, unpack

WEB_ACL = "elbplan:web-acl"
"""Begins the tags of a load balancer with the ARNs of the web ACLs that elbplan associates with it."""

ARN = re.compile(
    r"arn:(aws[\w-]*):wafv2:([a-z0-9-]+):(\d{12}):(regional|global)/webacl/([\w-]{1,128})/([\w-]+)", re.ASCII
)
NAME = re.compile(r"[\w-]{1,128}", re.ASCII)
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACLSummary.html"""

GONE = "WAFNonexistentItemException"
NOT_YET = "WAFUnavailableEntityException"
"""The load balancer or the web ACL is new, and not every part of AWS WAF knows it yet.

https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
"""

WebAcls = Mapping[str, str]
"""The ARN of each web ACL of the account and region, by name. A name is unique in its scope."""


def name_in(arn: str) -> str:
    """The name in the ARN of a web ACL; the text itself if it is no such ARN."""
    found = ARN.fullmatch(arn)
    return found[5] if found else arn


def mark_tags(arns: Sequence[str]) -> dict[str, str]:
    """The tags of a load balancer for these web ACLs."""
    return pack(WEB_ACL, arns)


def marked(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The ARNs of the web ACLs in the tags of a load balancer."""
    return unpack(WEB_ACL, tags)


def web_acl_of(balancer: str, *, needed: bool) -> Call:
    """Reads the web ACL of a load balancer. The answer has no `WebACL` if there is none."""
    params = {"ResourceArn": balancer}
    return unless_denied(Call("wafv2", "GetWebACLForResource", params, done_if=(GONE, NOT_YET)), needed=needed)


LARGEST_PAGE = 100
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html (Limit). botocore does not page it."""


def list_call(marker: str = "", *, needed: bool = True) -> Call:
    """Lists the web ACLs of the region, from a marker on."""
    params: dict[str, Any] = {"Scope": "REGIONAL", "Limit": LARGEST_PAGE}
    return unless_denied(
        Call("wafv2", "ListWebACLs", params | ({"NextMarker": marker} if marker else {})), needed=needed
    )


def web_acls(*, needed: bool) -> ReadProgram[WebAcls | None]:
    """All web ACLs of the region; None if AWS may deny the list, and does."""
    found: dict[str, str] = {}
    marker = ""
    while True:
        (answer,) = yield [list_call(marker, needed=needed)]
        if answer == DENIED_ANSWER:
            return None
        page = answer.get("WebACLs") or ()
        found |= {raw["Name"]: raw["ARN"] for raw in page}
        marker = answer.get("NextMarker") or ""
        if not marker or len(page) < LARGEST_PAGE:
            return found
