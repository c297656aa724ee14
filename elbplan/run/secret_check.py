"""Checks, before the first write of a run, that the secrets exist which its steps send. Reads no value of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..core.plan import Plan, Refusal, Step
from ..errors import Refused
from ..kinds.aws.leading_actions import sends_secret
from ..kinds.aws.secret_references import SecretReference, existence_call, missing
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from .program import Send

CREATE = "create the secret (a parameter as SecureString), or correct client_secret: in the spec; nothing was changed"
SET = "set the variable for this command; nothing was changed"


class SecretMissing(Refused):
    """The account does not have a secret that the spec names. Nothing was changed."""

    absent = True


def with_secrets(plan: Plan, send: Send) -> Plan:
    """The plan, with a refusal if a secret does not exist. Asks only if a step sends one.

    Without the permission to look, the step itself finds out.
    """
    sent = list(_sent(plan))
    answers = {text: send(existence_call(SecretReference.parse(text))) for text in dict.fromkeys(t for _, t in sent)}
    problems = {text: missing(SecretReference.parse(text), answer) for text, answer in answers.items()}
    lines = [f"{place}: {problems[text]}" for place, text in sent if problems[text]]
    if not lines:
        return plan
    absent = not all(text.startswith("env:") for text, problem in problems.items() if problem)
    refusal = Refusal("\n".join(dict.fromkeys(lines)), CREATE if absent else SET, absent)
    return replace(plan, refusals=(*plan.refusals, refusal))


def refuse_missing_secrets(plan: Plan, send: Send) -> None:
    """Raises Refused if a secret does not exist."""
    for refusal in with_secrets(replace(plan, refusals=()), send).refusals:
        raise (SecretMissing if refusal.absent else Refused)(refusal.what, hint=refusal.hint)


def _sent(plan: Plan) -> Iterator[tuple[str, str]]:
    """The references whose secrets the steps send, each with the address of its listener or rule."""
    for step in plan.steps:
        if reference := _reference(step):
            yield str(step.address), reference


def _reference(step: Step) -> str:
    if step.do not in ("create", "update") or not isinstance(step.after, Listener | Rule):
        return ""
    before = step.before.leading_actions if isinstance(step.before, Listener | Rule) else ()
    return sends_secret(before, step.after.leading_actions)
