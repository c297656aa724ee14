"""The check of a record that shares its name with others by a routing policy of Route 53.

DNS answers some clients with another record, which is right: it is a failure only if DNS answers with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..kinds.aws.routing_policies import policy_text
from ..kinds.delegation import NameAnswer
from ..kinds.record import Record
from .check import Check, failed, ok

ROUNDS = 5
"""How often each name server is asked for a weighted name. More questions would tell the share more exactly."""

Ask = Callable[[], Sequence[NameAnswer]]


def shared_name_check(
    record: Record, subject: str, addresses: Sequence[str], first: Sequence[NameAnswer], ask: Ask, plan: str
) -> Check:
    """How many answers lead to the load balancer with these addresses, and what that means for the policy.

    `first` are answers without a problem; `ask` asks again. `plan` is the command that shows the plan.
    """
    rounds = ROUNDS if record.weight is not None else 1
    heard = [*first, *(answer for _ in range(rounds - 1) for answer in ask() if not answer.problem)]
    here = sum(bool(set(answer.addresses) & set(addresses)) for answer in heard)
    share = f"{here} of {len(heard)} answers {'leads' if here == 1 else 'lead'} to this load balancer"
    facts = {"answers": len(heard), "here": here}
    if not any(answer.addresses for answer in heard):
        what = f"{policy_text(record)}: {heard[0].server} answers nothing"
        return failed("dns", subject, what, "see whether the record is as the spec wants it", plan)
    if here:
        return ok("dns", subject, f"{policy_text(record)}: {share}", **facts)
    text = f"{policy_text(record)}: {share}; {_reason(record)}"
    if record.weight or record.failover == "primary":
        return Check("dns", subject, "ok", text, UNHEALTHY, plan, warning=True, facts=facts)
    return ok("dns", subject, text, **facts)


UNHEALTHY = "see the targets and the health check of this record: Route 53 leaves an unhealthy record out"


def _reason(record: Record) -> str:
    """Why no answer leads here."""
    if record.weight is not None:
        return "its weight is 0" if record.weight == 0 else "other records of the name answer"
    if record.failover:
        return {"primary": "the secondary record answers", "secondary": "the primary record answers"}[record.failover]
    return "clients here get another record"
