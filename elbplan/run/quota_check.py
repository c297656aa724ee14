"""Compares a plan with the quotas of the account, and its certificates with the calendar."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice

from ..core.call import Answer, Call
from ..core.plan import Plan, Refusal
from ..errors import AwsProblem
from ..kinds.certificate_limits import (
    NAMES_QUOTA,
    is_above_default,
    made_certificates,
    not_renewed,
    too_many_names,
    unusable_now,
)
from ..kinds.preflight import LOOKS
from ..kinds.quotas import LIMITS, excesses, limits_of, needs_limits
from ..live.batch import BatchReader
from .policy_check import with_known_policies
from .secret_check import with_secrets
from .trust_store_quota import within_trust_stores

HINT = "ask AWS for a higher quota (Service Quotas, Elastic Load Balancing), or make the spec smaller"


def checked(plan: Plan, send: Callable[[Call], Answer], now: float | None = None) -> Plan:
    """The plan with a refusal for what the account or the calendar does not allow, and with the ends of its imports.

    now   seconds since 1970; by default this moment
    """
    (result,) = checked_each([plan], send, now)
    return result


def checked_each(plans: Sequence[Plan], send: Callable[[Call], Answer], now: float | None = None) -> list[Plan]:
    """Each plan as `checked` returns it. What several plans ask is asked once."""
    ask, moment = _answered_once(send), time.time() if now is None else now
    return [with_validity(plan, moment) for plan in with_looks([_with_first_checks(plan, ask) for plan in plans], send)]


def _with_first_checks(plan: Plan, ask: Callable[[Call], Answer]) -> Plan:
    """The plan with a refusal for quotas of Elastic Load Balancing, TLS policies and secrets."""
    plan = within_trust_stores(_with_few_names(within_quotas(plan, ask), ask), ask)
    return with_secrets(with_known_policies(plan, ask), ask)


def _answered_once(send: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    answers: dict[str, Answer] = {}

    def ask(call: Call) -> Answer:
        if call.question not in answers:
            answers[call.question] = send(call)
        return answers[call.question]

    return ask


def with_validity(plan: Plan, now: float) -> Plan:
    """The plan with a refusal for each certificate to import that is not valid `now`, and with the ends of the others.

    now   seconds since 1970
    """
    refusals = unusable_now(plan.steps, now)
    return replace(plan, refusals=(*plan.refusals, *refusals), warnings=(*plan.warnings, *not_renewed(plan.steps)))


def with_looks(plans: Sequence[Plan], send: Callable[[Call], Answer]) -> list[Plan]:
    """The plans, with a refusal for whatever else only a look at AWS tells. All looks of all plans ask together."""
    found = iter(BatchReader(send).run([look(plan) for plan in plans if plan.steps for look in LOOKS]))
    return [
        replace(plan, refusals=(*plan.refusals, *chain.from_iterable(islice(found, len(LOOKS)))))
        if plan.steps
        else plan
        for plan in plans
    ]


def _with_few_names(plan: Plan, send: Callable[[Call], Answer]) -> Plan:
    """The plan, with a refusal if a certificate has more names than the account's quota allows."""
    if not any(is_above_default(certificate) for _, certificate in made_certificates(plan.steps)):
        return plan
    try:
        answer = send(NAMES_QUOTA)
    except AwsProblem:  # without permission to read quotas, AWS refuses the certificate later
        return plan
    return replace(plan, refusals=(*plan.refusals, *too_many_names(plan.steps, answer)))


def within_quotas(plan: Plan, send: Callable[[Call], Answer]) -> Plan:
    """The plan, with a refusal if it exceeds the account's quotas. Asks AWS only if they count for the plan."""
    if not needs_limits(plan.steps, plan.desired):
        return plan
    try:
        limits = limits_of(send(LIMITS))
    except AwsProblem:  # without permission to read quotas, AWS refuses the create later
        return plan
    exceeded = [Refusal(str(excess), HINT) for excess in excesses(plan.desired, limits)]
    return replace(plan, refusals=(*plan.refusals, *exceeded))
