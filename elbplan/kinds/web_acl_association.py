"""The association of a web ACL of AWS WAF with an application load balancer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import AWS_ID, Address, AwsId
from ..core.call import DENIED_ANSWER, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Scope, StepContext
from ..core.resource import IMMUTABLE, WRITE_ONLY, Resource, from_live
from ..errors import Refused
from .aws.adoption import adopts
from .aws.balancer_marks import add_marks, remove_marks
from .aws.denied_reads import denied_text
from .aws.elb_reader import OwnedResource, owned_balancers
from .aws.web_acls import GONE, NOT_YET, mark_tags, marked, name_in, web_acl_of
from .permissions.web_acl_association import PERMISSIONS
from .references import LoadBalancerRef, WebAclRef

ID_SUFFIX = "#web_acl"


class WebAclAssociation(Resource):
    """A web ACL that filters the requests of an application load balancer. A load balancer has at most one.

    elbplan makes and ends the association, and never changes the web ACL itself.
    """

    kind: ClassVar[str] = "web_acl_association"
    load_balancer: Annotated[LoadBalancerRef, IMMUTABLE]
    web_acl: Annotated[WebAclRef, Field(description="a web ACL of this region, by name or ARN")]
    take_over: Annotated[
        bool, WRITE_ONLY, Field(description="may replace a web ACL that elbplan did not associate")
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """A text that is no ARN is a name."""
        text = data.get("web_acl") if isinstance(data, Mapping) else None
        if isinstance(text, str) and not AWS_ID.match(text) and not text.startswith("name:"):
            return {**data, "web_acl": f"name:{text}"}
        return data


def read(scope: Scope) -> ReadProgram[Found[WebAclAssociation]]:
    """The associations that the tags of the stacks' load balancers name; those of others are in `names_in_use`.

    Asks only for load balancers for which a spec wants an association, or whose tags name one.
    """
    owned = yield from owned_balancers(scope)
    wanted = {(stack, wish.load_balancer): at for stack, at, wish in scope.wanted(WebAclAssociation)}
    named = {(stack, wish.load_balancer): str(wish.web_acl) for stack, _, wish in scope.wanted(WebAclAssociation)}
    asked = [b for b in owned if b[2].get("Type") == "application" and (marked(b[3]) or b[:2] in wanted)]
    calls = [web_acl_of(raw["LoadBalancerArn"], needed=(s, a) in wanted) for s, a, raw, _ in asked]
    answers = (yield calls) if calls else []
    ours: dict[str, list[LiveResource[WebAclAssociation]]] = {}
    others: dict[str, str] = {}
    adopting = set()
    for balancer, answer in zip(asked, answers, strict=True):
        stack, address, raw, tags = balancer
        arn, acl = raw["LoadBalancerArn"], (answer.get("WebACL") or {}).get("ARN", "")
        place = wanted.get((stack, address)) or Address(WebAclAssociation.kind, address.name)
        if acl and acl in marked(tags):
            ours.setdefault(stack, []).append(_live(place, arn, acl))
        elif acl and adopts(scope, stack, arn) and _is_named(acl, named.get((stack, address), "")):
            ours.setdefault(stack, []).append(live := _live(place, arn, acl))
            adopting.add(live.id)
        elif acl:
            others[arn] = acl
    lives = [live for found in ours.values() for live in found] if scope.ending else []
    stays = {live.id: [_stays(live)] for live in lives}
    return Found(ours, others, unread=tuple(_unread(asked, calls, answers)), stays=stays, adopting=adopting)


def _stays(live: LiveResource[WebAclAssociation]) -> str:
    """What a destroy leaves: https://aws.amazon.com/waf/pricing/ (a web ACL costs the same without resources)."""
    name = name_in(str(live.model.web_acl))
    return f"web ACL {name}: it no longer filters for this load balancer; others created it, and AWS bills it further"


def _is_named(arn: str, wanted: str) -> bool:
    """True if a spec names this web ACL, by its ARN or its name."""
    return wanted in (arn, name_in(arn), f"name:{name_in(arn)}")


def _unread(asked: list[OwnedResource], calls: list[Call], answers: Any) -> Iterator[str]:
    for (_, address, _, tags), call, answer in zip(asked, calls, answers, strict=True):
        if answer == DENIED_ANSWER:
            yield denied_text(f"the web ACL {', '.join(map(name_in, marked(tags)))} of {address}", call)


def _live(address: Address, balancer: str, acl: str) -> LiveResource[WebAclAssociation]:
    fields = {"load_balancer": AwsId(balancer), "web_acl": AwsId(acl)}
    return LiveResource(address, f"{balancer}{ID_SUFFIX}", from_live(WebAclAssociation, fields))


def create(new: WebAclAssociation, context: StepContext) -> WriteProgram:
    """Marks the association in the tags of the load balancer, then makes it.

    Raises Refused if others have associated another web ACL, unless the spec says `take_over`.
    """
    balancer, acl = context.id(new.load_balancer), context.id(new.web_acl)
    answer = yield web_acl_of(balancer, needed=True)
    if (present := (answer.get("WebACL") or {}).get("ARN", acl)) != acl and not new.take_over:
        raise of_others(context.address, new, present)
    yield from add_marks(balancer, mark_tags([acl]))
    yield _associate(balancer, acl)
    return {"id": f"{balancer}{ID_SUFFIX}"}


def of_others(address: Address, new: WebAclAssociation, present: str) -> Refused:
    """The refusal to replace a web ACL that others associated."""
    return Refused(
        f"{address}: {new.load_balancer} has the web ACL {name_in(present)}, which elbplan did not associate",
        hint=f"write `web_acl: {{name: {name_in(str(new.web_acl)).removeprefix('name:')}, take_over: true}}`, so that "
        "elbplan replaces it; if Firewall Manager associates it, leave web_acl: out of the spec",
    )


def adopt(association: WebAclAssociation, context: StepContext) -> WriteProgram:
    """Marks an association that others made as the stack's."""
    acl = context.id(association.web_acl)
    return (yield from add_marks(context.id(association.load_balancer), mark_tags([acl])))


def release(association: WebAclAssociation, context: StepContext) -> WriteProgram:
    """Removes the mark; the web ACL filters as before."""
    yield remove_marks(context.id(association.load_balancer), mark_tags([context.id(association.web_acl)]))
    return {}


def update(before: WebAclAssociation, after: WebAclAssociation, context: StepContext) -> WriteProgram:
    """AWS exchanges the web ACL at once. Until it has, the tags name both."""
    balancer, old, new = context.id(after.load_balancer), context.id(before.web_acl), context.id(after.web_acl)
    if old == new:
        return {}
    both, last = mark_tags([new, old]), mark_tags([new])
    yield from add_marks(balancer, both)
    yield _associate(balancer, new)
    yield from add_marks(balancer, last)
    if surplus := sorted(set(both) - set(last)):
        yield remove_marks(balancer, surplus)
    return {}


def delete(old: WebAclAssociation, context: StepContext) -> WriteProgram:
    """Ends the association, then removes its mark."""
    balancer = context.id(old.load_balancer)
    yield Call("wafv2", "DisassociateWebACL", {"ResourceArn": balancer}, done_if=(GONE,))
    yield remove_marks(balancer, mark_tags([context.id(old.web_acl)]))
    return {}


def _associate(balancer: str, acl: str) -> Call:
    params = {"WebACLArn": acl, "ResourceArn": balancer}
    return Call("wafv2", "AssociateWebACL", params, retry_on=(NOT_YET,), timeout=300)


def with_live_defaults(desired: WebAclAssociation, live: WebAclAssociation) -> WebAclAssociation:
    """The desired association; `take_over` is no difference."""
    return desired.model_copy(update={"take_over": live.take_over})


def summary(association: WebAclAssociation) -> str:
    """`web ACL edge at load_balancer.main`"""
    return f"web ACL {name_in(str(association.web_acl)).removeprefix('name:')} at {association.load_balancer}"


KIND = Kind(
    model=WebAclAssociation,
    read=read,
    create=create,
    update=update,
    delete=delete,
    adopt=adopt,
    release=release,
    with_live_defaults=with_live_defaults,
    summary=summary,
    taggable=False,
    permissions=PERMISSIONS,
)
