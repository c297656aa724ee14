"""The steps `adopt`, `moved` and `release` of what elbplan knows by other tags than those of the resource itself.

A web ACL and an Auto Scaling group are marked by a tag of the load balancer or target group. A protection of Shield
Advanced and a log bucket have tags of their own, and each service has its own calls for them.
"""

from __future__ import annotations

from collections.abc import Mapping

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
from .balancer_marks import add_marks, remove_marks
from .bucket_tags import new_tags
from .ownership import ADDRESS, OWN, STACK, tag_mapping, untag, user_tag_names
from .web_acls import mark_tags

ADOPTED = (WebAclAssociation, AutoScalingAttachment, ShieldProtection, LogBucket)
MOVED = (ShieldProtection.kind, LogBucket.kind)


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
        yield from _retag_bucket(context, {})
    else:
        answer = yield Call("elbv2", "DescribeTags", {"ResourceArns": [id]})
        tags = tag_mapping([tag for each in answer["TagDescriptions"] for tag in each.get("Tags") or ()])
        yield untag(id, sorted(key for key in tags if key.startswith(OWN)))
    return {}


def adopt(step: Step, context: StepContext) -> WriteProgram:
    """Takes the resource over: its tags and marks are those of a resource that elbplan creates."""
    after = step.after
    assert after is not None
    if isinstance(after, WebAclAssociation):
        yield from add_marks(context.id(after.load_balancer), mark_tags([context.id(after.web_acl)]))
    elif isinstance(after, AutoScalingAttachment):
        yield from add_marks(context.id(after.group), {ATTACHED: "true"})
    elif isinstance(after, ShieldProtection):
        place = _place(after, context)
        yield from add_marks(place.balancer, place.mark)
        yield shield_calls.tag(place.protection_arn(step.name), context.tags(after))
    elif isinstance(after, LogBucket):
        yield from _retag_bucket(context, new_tags(context.tags(after), deletes_logs=after.on_destroy == "delete"))
    return {"id": step.name}


def moved(step: Step, context: StepContext) -> WriteProgram:
    """Writes the new address. What is marked at its parent has no address in AWS."""
    assert step.old is not None
    id, name = context.id(step.old), {ADDRESS: f"{step.address.kind}.{step.address.name}"}
    if step.address.kind == ShieldProtection.kind:
        yield shield_calls.tag(context.fact(step.old, "arn"), name)
    elif step.address.kind == LogBucket.kind:
        yield from _retag_bucket(context, name, keeping=True)
    return {"id": id}


def _place(protection: ShieldProtection, context: StepContext) -> shield_calls.Place:
    word = context.id(protection.elastic_ip) if protection.elastic_ip else shield_calls.BALANCER
    return shield_calls.Place.of(context.stack, context.id(protection.load_balancer), word)


def _retag_bucket(context: StepContext, new: Mapping[str, str], *, keeping: bool = False) -> WriteProgram:
    """Replaces elbplan's tags of the stack's log bucket, or with `keeping` only those that are new."""
    place = yield from bucket_calls.place_of(context.stack, context.region)
    present = tag_mapping((yield bucket_calls.tags(place.bucket)).get("TagSet"))
    kept = {key: value for key, value in present.items() if keeping or not key.startswith(OWN)}
    yield bucket_calls.put_tags(place, {**kept, **new})
    return {}


def is_marked(resource: Resource | None) -> bool:
    """True for a resource that `release` gives up."""
    return isinstance(resource, (*ADOPTED, TrustStore))


def is_adopted(resource: Resource | None) -> bool:
    """True for a resource that `adopt` takes over."""
    return isinstance(resource, ADOPTED)
