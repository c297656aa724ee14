"""The steps `moved` and `release` of what elbplan knows by other tags than those of the resource itself.

A web ACL and an Auto Scaling group are marked by a tag of the load balancer or target group. A protection of Shield
Advanced and a log bucket have tags of their own, and each service has its own calls for them.
"""

from __future__ import annotations

from ...core.call import Call, WriteProgram
from ...core.kind import StepContext
from ...core.plan import Step
from ...core.resource import Resource
from ..auto_scaling_attachment import ATTACHED, AutoScalingAttachment
from ..log_bucket import LogBucket
from ..shield_protection import ShieldProtection
from ..trust_store import TrustStore
from ..web_acl_association import WebAclAssociation
from . import bucket_calls, shield_calls
from .balancer_marks import remove_marks
from .ownership import ADDRESS, OWN, STACK, tag_mapping, untag, user_tag_names
from .web_acls import mark_tags

MARKED = (WebAclAssociation, AutoScalingAttachment, ShieldProtection, LogBucket, TrustStore)
MOVED = (ShieldProtection.kind, LogBucket.kind)
FACTS = ("arn", "name")
"""What later steps need of a moved resource: another move, for example."""


def release(step: Step, context: StepContext) -> WriteProgram:
    """Gives the resource up: its tags and marks go, and AWS serves as before."""
    before, id = step.before, context.id(step.address)
    if isinstance(before, WebAclAssociation):
        yield remove_marks(context.id(before.load_balancer), mark_tags([context.id(before.web_acl)]))
    elif isinstance(before, AutoScalingAttachment):
        yield untag(context.id(before.group), [ATTACHED])
    elif isinstance(before, ShieldProtection):
        place = _place(before, context)
        yield shield_calls.untag(place.protection_arn(id), [STACK, ADDRESS, *user_tag_names(before.tags)])
        yield remove_marks(place.balancer, place.mark)
    elif isinstance(before, LogBucket):
        yield from bucket_calls.retag(context.stack, context.region, {})
    else:
        answer = yield Call("elbv2", "DescribeTags", {"ResourceArns": [id]})
        tags = tag_mapping([tag for each in answer["TagDescriptions"] for tag in each.get("Tags") or ()])
        yield untag(id, sorted(key for key in tags if key.startswith(OWN)))
    return {}


def moved(step: Step, context: StepContext) -> WriteProgram:
    """Writes the new address. What is marked at its parent has no address in AWS."""
    assert step.old is not None
    id, name = context.id(step.old), {ADDRESS: f"{step.address.kind}.{step.address.name}"}
    if step.address.kind == ShieldProtection.kind:
        yield shield_calls.tag(context.fact(step.old, "arn"), name)
    elif step.address.kind == LogBucket.kind:
        yield from bucket_calls.retag(context.stack, context.region, name, keeping=True)
    facts = {fact: context.fact(step.old, fact) for fact in FACTS}
    return {"id": id, **{fact: value for fact, value in facts.items() if value}}


def _place(protection: ShieldProtection, context: StepContext) -> shield_calls.Place:
    word = context.id(protection.elastic_ip) if protection.elastic_ip else shield_calls.BALANCER
    return shield_calls.Place.of(context.stack, context.id(protection.load_balancer), word)


def is_marked(resource: Resource | None) -> bool:
    """True for a resource that `release` gives up."""
    return isinstance(resource, MARKED)
