"""A protection of Shield Advanced: of an application load balancer, or of an Elastic IP of a network load balancer."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..core.address import Address, AwsId
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Scope, StepContext
from ..core.resource import IMMUTABLE, Resource, from_live
from ..errors import Refused
from .aws import shield_calls as shield
from .aws.adoption import adopts, shared
from .aws.balancer_marks import add_marks, remove_marks
from .aws.denied_reads import denied_text
from .aws.elb_reader import owned_balancers
from .aws.ownership import ADDRESS, STACK, owner, owner_in_tags, tag_mapping, user_tag_names, user_tags
from .permissions.shield_protection import PERMISSIONS
from .references import ElasticIpRef, LoadBalancerRef


class ShieldProtection(Resource):
    """A protection of Shield Advanced. The account needs the subscription, which elbplan never makes.

    AWS protects a network load balancer by its Elastic IPs: `elastic_ip` is one of them.
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-ec2-nlb.html
    """

    kind: ClassVar[str] = "shield_protection"
    load_balancer: Annotated[LoadBalancerRef, IMMUTABLE]
    elastic_ip: Annotated[
        ElasticIpRef | None, IMMUTABLE, Field(description="network: the Elastic IP of the load balancer to protect")
    ] = None


def read(scope: Scope) -> ReadProgram[Found[ShieldProtection]]:
    """The protections that the tags of the stacks' load balancers name, and those that specs want.

    A protection belongs to a stack by its own tags; the protections of others are in `names_in_use`.
    """
    asked = yield from _asked(scope)
    calls = [shield.describe(place.arn, needed=bool(wishes)) for place, wishes in asked.items()]
    answers = (yield calls) if calls else []
    held = [a.get("Protection") or {} for a in answers]
    asks = [shield.tags_of(each["ProtectionArn"]) for each in held if each]
    listed = iter((yield asks) if asks else [])
    ours: dict[str, list[LiveResource[ShieldProtection]]] = {}
    others: dict[str, str] = {}
    unread = []
    adopting = set()
    for (place, wishes), call, protection, answer in zip(asked.items(), calls, held, answers, strict=True):
        if not wishes and shield.is_denied(answer):
            unread.append(denied_text(f"the protection of {place.arn} by Shield Advanced", call))
        if not protection:
            continue
        tags = tag_mapping(next(listed).get("Tags"))
        wish = next((at for at, wish in wishes.items() if place.word == _word(wish)), None)
        if known := owner(tags, ShieldProtection.kind, [place.stack]):
            ours.setdefault(place.stack, []).append(_live(known[1], place, protection, user_tags(tags)))
        elif wish and not owner_in_tags(tags) and adopts(scope, place.stack, place.balancer):
            ours.setdefault(place.stack, []).append(_live(wish, place, protection, shared(tags, wishes[wish].tags)))
            adopting.add(protection["Id"])
        else:
            others[place.arn] = protection["Id"]
    return Found(ours, others, unread=unread, adopting=adopting)


Wishes = Mapping[Address, ShieldProtection]


def _asked(scope: Scope) -> ReadProgram[dict[shield.Place, Wishes]]:
    """What can have a protection, each with the protections that a spec wants for its load balancer."""
    owned = yield from owned_balancers(scope)
    asked: dict[shield.Place, Wishes] = {}
    for stack, address, raw, tags in owned:
        every = scope.wanted(ShieldProtection)
        wanted = {at: wish for s, at, wish in every if (s, wish.load_balancer) == (stack, address)}
        words = shield.marked(tags)
        if any(wish.elastic_ip for wish in wanted.values()):
            words += shield.allocations_of(raw)
        elif wanted:
            words += (shield.BALANCER,)
        for word in dict.fromkeys(words):
            asked[shield.Place.of(stack, raw["LoadBalancerArn"], word)] = wanted
    return asked


def _word(wish: ShieldProtection) -> str:
    """What the place of a protection calls it: the id of an Elastic IP, or the load balancer."""
    return str(wish.elastic_ip) if wish.elastic_ip else shield.BALANCER


def _live(
    address: Address, place: shield.Place, protection: Mapping[str, Any], tags: Mapping[str, str]
) -> LiveResource[ShieldProtection]:
    fields = {
        "tags": tags,
        "load_balancer": AwsId(place.balancer),
        "elastic_ip": None if place.word == shield.BALANCER else AwsId(place.word),
    }
    facts = {"arn": protection["ProtectionArn"]}
    return LiveResource(address, protection["Id"], from_live(ShieldProtection, fields), facts)


def _place(protection: ShieldProtection, context: StepContext) -> shield.Place:
    word = context.id(protection.elastic_ip) if protection.elastic_ip else shield.BALANCER
    return shield.Place.of(context.stack, context.id(protection.load_balancer), word)


def create(new: ShieldProtection, context: StepContext) -> WriteProgram:
    """Notes the protection in the tags of the load balancer, then makes it with its own tags.

    Raises Refused if others have protected the resource.
    """
    place = _place(new, context)
    yield from add_marks(place.balancer, place.mark)
    tags = context.tags(new)
    answer = yield shield.create(place.arn, f"{context.stack} {context.address.name}", tags)
    if answer:
        return {"id": answer["ProtectionId"], "arn": place.protection_arn(answer["ProtectionId"])}
    return (yield from _existing(place, context))


def _existing(place: shield.Place, context: StepContext) -> Generator[Call, Answer, Mapping[str, str]]:
    """The protection that an earlier attempt made. Raises Refused if it is not this stack's."""
    protection = (yield shield.describe(place.arn, needed=True)).get("Protection") or {}
    tags = tag_mapping((yield shield.tags_of(protection.get("ProtectionArn", ""))).get("Tags"))
    if owner(tags, ShieldProtection.kind, [context.stack]) is None:
        raise of_others(context.address)
    return {"id": protection["Id"], "arn": protection["ProtectionArn"]}


def of_others(address: Address) -> Refused:
    """The refusal for what others have protected."""
    return Refused(
        f"{address}: Shield Advanced protects it already, by a protection that elbplan did not make",
        hint="remove `shield: true`: it is protected without it",
    )


def adopt(protection: ShieldProtection, context: StepContext) -> WriteProgram:
    """Notes a protection that others made in the tags of the load balancer, then writes its own tags."""
    place = _place(protection, context)
    yield from add_marks(place.balancer, place.mark)
    held = (yield shield.describe(place.arn, needed=True)).get("Protection") or {}
    if held:
        yield shield.tag(held["ProtectionArn"], context.tags(protection))
    return {"id": str(held.get("Id", ""))}


def release(protection: ShieldProtection, context: StepContext) -> WriteProgram:
    """Removes the tags of the protection and the note at the load balancer; AWS protects as before."""
    place = _place(protection, context)
    keys = [STACK, ADDRESS, *user_tag_names(protection.tags)]
    yield shield.untag(place.protection_arn(context.id(context.address)), keys)
    yield remove_marks(place.balancer, place.mark)
    return {}


def moved(old: Address, context: StepContext) -> WriteProgram:
    """Writes the new address. Another move in the same run needs the ARN."""
    arn = context.fact(old, "arn")
    yield shield.tag(arn, {ADDRESS: f"{context.address.kind}.{context.address.name}"})
    return {"id": context.id(old), "arn": arn}


def update(before: ShieldProtection, after: ShieldProtection, context: StepContext) -> WriteProgram:
    """Changes the user's tags: a tag goes before its key goes from the list of keys."""
    assert context.live is not None
    place = _place(after, context)
    arn = place.protection_arn(context.live.id)
    gone = sorted(set(before.tags) - set(after.tags))
    new = {key: value for key, value in after.tags.items() if before.tags.get(key) != value}
    lists = user_tag_names(after.tags)
    if gone:
        yield shield.untag(arn, gone)
    if (new or gone) and (new | lists):
        yield shield.tag(arn, new | lists)
    if unused := sorted(set(user_tag_names(before.tags)) - set(lists)):
        yield shield.untag(arn, unused)
    return {}


def delete(old: ShieldProtection, context: StepContext) -> WriteProgram:
    """Ends the protection, then removes the note from the load balancer."""
    assert context.live is not None
    place = _place(old, context)
    yield shield.delete(context.live.id)
    yield remove_marks(place.balancer, place.mark)
    return {}


def summary(protection: ShieldProtection) -> str:
    """`Shield Advanced protects load_balancer.main`"""
    return f"Shield Advanced protects {protection.elastic_ip or protection.load_balancer}"


KIND = Kind(
    model=ShieldProtection,
    read=read,
    create=create,
    update=update,
    delete=delete,
    adopt=adopt,
    release=release,
    moved=moved,
    summary=summary,
    permissions=PERMISSIONS,
)
