"""Checks, before the first write of a run, that the secrets exist which its steps send. Reads no value."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ..core.call import DENIED_ANSWER, FAILED_ANSWER
from ..core.plan import Plan, Step
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


def refuse_missing_secrets(plan: Plan, send: Send, environ: Mapping[str, str] = os.environ) -> None:
    """Raises Refused if a secret does not exist. Without the permission to look, the step itself finds out."""
    problems = [f"{place}: {why}" for place, text in _sent(plan) if (why := _problem(text, send, environ))]
    if problems:
        only_variables = all(text.startswith("env:") for _, text in _sent(plan))
        kind = Refused if only_variables else SecretMissing
        raise kind("\n".join(dict.fromkeys(problems)), hint=SET if only_variables else CREATE)


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


def _problem(text: str, send: Send, environ: Mapping[str, str]) -> str:
    reference = SecretReference.parse(text)
    call = existence_call(reference)
    if call is None:
        return "" if environ.get(reference.name) else f"the environment has no variable {reference.name}"
    answer = send(call)
    return "" if answer in (DENIED_ANSWER, FAILED_ANSWER) else missing(reference, answer)
