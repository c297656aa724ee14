"""Which steps move traffic: from then on, something else answers requests that are answered today."""

from __future__ import annotations

from ..core.address import Address, Ref
from ..core.plan import Plan, Step
from ..core.resource import Resource
from ..kinds.aws.actions import Forward
from ..kinds.elastic_ip import ElasticIp
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.rule import Rule
from .words import name_in_words


def moves_traffic(step: Step, plan: Plan) -> bool:
    """True for a step that changes where requests lead. A group that is attached at weight 0 gets none."""
    if step.do == "create":
        return step.address in plan.replaced
    if step.do != "update" or step.before is None or step.after is None:
        return False
    if isinstance(step.after, Listener | Rule):
        return _routing(step.before) != _routing(step.after)
    if isinstance(step.after, Record) and isinstance(step.before, Record):
        return step.before.load_balancer != step.after.load_balancer
    if isinstance(step.after, ElasticIp) and isinstance(step.before, ElasticIp):
        return step.before.instance != step.after.instance
    return False


def _routing(resource: Resource) -> object:
    """What decides where requests lead: the conditions, and the action without the groups of weight 0."""
    if not isinstance(resource, Listener | Rule):
        return None
    conditions = resource.conditions if isinstance(resource, Rule) else ()
    return conditions, resource.leading_actions, _destination(resource.action)


def _destination(action: object) -> object:
    """The only group that gets requests, whatever its weight; or all of them with their weights."""
    if not isinstance(action, Forward):
        return action
    shares = {share.group: share.weight for share in action.groups if share.weight}
    return next(iter(shares)) if len(shares) == 1 else shares


def shares_text(step: Step) -> str:
    """Returns ` to web 10, web (old) 90` for a step after which several groups get requests; else nothing."""
    if not isinstance(step.after, Listener | Rule) or not isinstance(step.after.action, Forward):
        return ""
    shares = [share for share in step.after.action.groups if share.weight]
    if len(shares) < 2:
        return ""
    return f" to {', '.join(f'{_name(share.group)} {share.weight}' for share in shares)}"


def _name(group: Ref) -> str:
    return name_in_words(group) if isinstance(group, Address) else str(group)
