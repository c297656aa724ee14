"""The short form of what stands before a load balancer: its web ACL."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from ...kinds.aws.web_acls import ARN, NAME
from ..errors import SpecValueError
from ..messages import shown_value
from .words import ShortModel


def _web_acl(value: str) -> str:
    """The name or ARN of a web ACL. Raises SpecValueError."""
    if NAME.fullmatch(value):
        return value
    found = ARN.fullmatch(value)
    if found is None:
        hint = "write its name, or its ARN: arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID"
        raise SpecValueError(f"{shown_value(value)} is not a web ACL", hint)
    if found[4] != "regional":
        hint = "write a web ACL with the scope REGIONAL, in the region of the load balancer"
        raise SpecValueError(f"the web ACL {found[5]} is for CloudFront (global), not for load balancers", hint)
    return value


class ShortWebAcl(ShortModel):
    """A web ACL of AWS WAF that exists already."""

    name: Annotated[
        Annotated[str, AfterValidator(_web_acl)],
        Field(description="the name or ARN of a web ACL of this region", examples=["edge"]),
    ]
    take_over: Annotated[bool, Field(description="may replace a web ACL that elbplan did not associate")] = False
