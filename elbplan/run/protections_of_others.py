"""What others put in front of a load balancer, so that a new one does not have it: a web ACL, Shield Advanced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..core.address import Address, without_deposed
from ..core.call import DENIED_ANSWER, Answer, Call
from ..core.hazard import Hazard
from ..core.kind import LiveResource
from ..core.plan import Plan
from ..kinds.aws import shield_calls
from ..kinds.aws.web_acls import name_in, web_acl_of
from ..kinds.load_balancer import LoadBalancer
from ..kinds.shield_protection import ShieldProtection
from ..kinds.web_acl_association import WebAclAssociation

Send = Callable[[Call], Answer]


def with_lost_protections(plan: Plan, send: Send) -> Plan:
    """The plan with a hazard for each protection of others that a replacement loses. Asks AWS only about replaced ones.

    The policy of `elbplan permissions` does not have these reads: no other plan needs them. Without the right, the plan
    names what elbplan could not check.
    """
    found = [each for index, address, live in _replaced(plan) for each in _lost(plan, send, index, address, live)]
    hazards = [*plan.hazards, *(each for each in found if isinstance(each, Hazard))]
    unchecked = (*plan.unchecked, *(each for each in found if isinstance(each, str)))
    return replace(plan, hazards=tuple(sorted(hazards, key=lambda hazard: hazard.step or 0)), unchecked=unchecked)


def _replaced(plan: Plan) -> Iterator[tuple[int, Address, LiveResource[LoadBalancer]]]:
    """The load balancers that the plan creates anew, each with the step and the live one."""
    for index, step in enumerate(plan.steps):
        live = plan.lives.get(step.address._replace(deposed="")) or _old_side(plan, step.address)
        if step.do == "create" and isinstance(step.after, LoadBalancer) and live is not None:
            yield index, step.address, live


def _old_side(plan: Plan, address: Address) -> LiveResource[LoadBalancer] | None:
    sides = (live for place, live in plan.lives.items() if place.deposed and without_deposed(place) == address)
    return next(sides, None)


def _lost(
    plan: Plan, send: Send, index: int, address: Address, live: LiveResource[LoadBalancer]
) -> Iterator[Hazard | str]:
    """The hazards; for what AWS denies, a text."""
    if live.model.type == "application" and not _has(plan, WebAclAssociation, address, live.id):
        call = web_acl_of(live.id, needed=False)
        answer = send(call)
        acl = "" if answer == DENIED_ANSWER else (answer.get("WebACL") or {}).get("ARN", "")
        if answer == DENIED_ANSWER:
            yield _not_seen("a web ACL", address, call)
        if acl:
            text = f"the web ACL {name_in(acl)}, which others associated, does not filter the requests to the new one"
            remedy = f"write `web_acl: {{name: {name_in(acl)}, take_over: true}}` into the spec, and it does"
            yield Hazard("web-acl-removed", address, text, step=index, remedy=remedy)
    if not _has(plan, ShieldProtection, address, live.id):
        call = shield_calls.describe(live.id, needed=False)
        answer = send(call)
        if answer == DENIED_ANSWER:
            yield _not_seen("Shield Advanced", address, call)
        elif answer.get("Protection"):
            text = "Shield Advanced, which others switched on, does not protect the new one"
            remedy = "write `shield: true` into the spec, or protect the new one yourself right after apply"
            yield Hazard("protection-removed", address, text, step=index, remedy=remedy)


def _has(plan: Plan, model: type[WebAclAssociation | ShieldProtection], address: Address, id: str) -> bool:
    """True if the stack has or wants this for the load balancer: other rules look after it."""
    resources = [*plan.desired.values(), *(live.model for live in plan.lives.values())]
    places = [resource.load_balancer for resource in resources if isinstance(resource, model)]
    return any(without_deposed(place) == address or str(place) == id for place in places)


def _not_seen(what: str, address: Address, call: Call) -> str:
    return f"whether {address} has {what} of others, which the new one would not have: AWS denies {call.permission}"
