"""`names: fixed`: each load balancer, target group and security group has its plain name, also when it is replaced."""

from __future__ import annotations

from ..core.address import Address
from ..kinds import KINDS
from .drafts import Drafts
from .models import MODELS
from .report import ProblemReport
from .short.document import Short

LONGEST = {"load_balancer": 32, "target_group": 32, "trust_store": 32, "security_group": 255}
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (Name),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html (GroupName)"""


def fix_names(drafts: Drafts, short: Short, report: ProblemReport) -> None:
    """Gives each draft its plain name, in place, unless it has one. Reports a name that is too long for AWS."""
    if short.names != "fixed":
        return
    for address, draft in drafts.items():
        if address.kind not in LONGEST or draft.fields.get("name") or "name" not in MODELS[address.kind].model_fields:
            continue
        name = _plain_name(short.name, address)
        if len(name) > LONGEST[address.kind]:
            what = f'the name "{name}" has {len(name)} characters, and AWS allows {LONGEST[address.kind]}'
            hint = f"shorten it with overrides: {{{address}: {{name: ...}}}}, or write names: generated"
            report.at(("names",), what, hint)
        else:
            draft.fields["name"] = name
            draft.places[("name",)] = ("names",)


def _plain_name(stack: str, address: Address) -> str:
    """The name does not depend on the fields of the resource."""
    return KINDS[address.kind].default_name(stack, address, None)
