"""elbplan explain: explain a word without AWS, or find out in AWS why something does not work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import click

from ...api.planning import Planned
from ...core.plan import Plan
from ...errors import AwsProblem, ElbplanError, SpecProblem, UsageProblem
from ...explain.diagnose import diagnose
from ...explain.diagnosis import Diagnosis
from ...explain.explanation import Explanation
from ...explain.look import Look
from ...explain.subjects import Subject, is_address, subjects, suggestion
from ...explain.words import EXPLANATIONS, by_group, find, nearest, spelling
from ...render.diagnosis import diagnosis_document, diagnosis_screen
from ...render.explain import explanation_document, explanation_screen, word_list
from ...verification.network import NoNetwork
from ..context import App
from ..dns import answering_dns, network_of
from ..group import HelpFirstCommand
from ..options import shared
from ..pending_plans import plan_specs
from ..plans import planned, retry_command, stacks_or_problems_of, style_for
from ..reading import reading

EXAMPLES = (
    "elbplan explain                              list the words that elbplan explains",
    "elbplan explain Target.Timeout               explain a reason, a code, a hazard or an error",
    "elbplan explain exit 5                       explain an exit code",
    "elbplan explain targets.web specs/web.yaml   find out in AWS why it does not work",
    "elbplan explain api.example.com              follow the requests to a name",
)


@click.command(
    cls=HelpFirstCommand,
    name="explain",
    examples=EXAMPLES,
    help="Explain a reason, code, hazard, exit code or error; or find out in AWS why a resource or name does not work.",
)
@click.argument("words", nargs=-1, metavar="[WORD|ADDRESS|NAME] [PATH]...")
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...]) -> int:
    """Explains a known word without AWS. Looks everything else up in AWS, and changes nothing."""
    if not words:
        _list(app)
    elif explanation := find(" ".join(words)):
        _show(app, explanation, " ".join(words))
    else:
        word, *paths = words
        near = nearest(" ".join(words))
        if not paths and near and not is_address(word):
            raise UsageProblem(f"elbplan has no explanation for {word!r}", hint=f"did you mean elbplan explain {near}?")
        _look(app, word, paths)
    return 0


def _list(app: App) -> None:
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "words": [explanation_document(e) for e in EXPLANATIONS]}, indent=2))
    else:
        app.terminal.show([*word_list(by_group(), style_for(app, app.terminal.stdout))])


def _show(app: App, explanation: Explanation, asked: str) -> None:
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "explanation": explanation_document(explanation)}, indent=2))
        return
    style = style_for(app, app.terminal.stdout)
    app.terminal.show([*explanation_screen(explanation, spelling(explanation, asked), style)])


def _look(app: App, word: str, paths: Sequence[str]) -> None:
    """Reads AWS, and prints what it finds about the word in each stack that knows it."""
    stack_plans = planned(app, stacks_or_problems_of(app, paths), plan_specs)
    diagnoses = []
    for stack_plan in (each for each in stack_plans if not isinstance(each.problem, AwsProblem | SpecProblem)):
        for subject in subjects(word, [_with_spec(stack_plan)]):
            with reading(app, [stack_plan.stack], stack_plan.plan.region):
                diagnoses.append(_diagnosis(app, stack_plan, subject, paths))
    if not diagnoses:
        raise _unknown(word, stack_plans)
    if app.options.json:
        documents = [diagnosis_document(diagnosis) for diagnosis in diagnoses]
        app.terminal.out(app.terminal.redacted(json.dumps({"schema": 1, "diagnoses": documents}, indent=2)))
        return
    style, verify = style_for(app, app.terminal.stdout), retry_command(app, "verify", paths)
    for diagnosis in diagnoses:
        app.terminal.show([*diagnosis_screen(diagnosis, style, verify)])


def _with_spec(stack_plan: Planned) -> Plan:
    """The plan; for a stack that cannot be planned, with the resources of its spec."""
    plan = stack_plan.plan
    return plan if plan.desired else replace(plan, desired=stack_plan.stack.resources)


def _diagnosis(app: App, stack_plan: Planned, subject: Subject, paths: Sequence[str]) -> Diagnosis:
    apply = retry_command(app, "apply", paths or [stack_plan.stack.file])
    region, account = subject.plan.region, subject.plan.account
    network = network_of(app, region, account)
    names = None if isinstance(network, NoNetwork) else network.names
    dns = answering_dns(app, region, account)
    return diagnose(Look(subject.plan, stack_plan.cloud.send, dns, apply, names), subject)


def _unknown(word: str, stack_plans: Sequence[Planned]) -> ElbplanError:
    """The error for a word that no stack knows; the problem of a stack that could not be read comes first."""
    problems = [stack_plan.problem for stack_plan in stack_plans if stack_plan.problem]
    if problems:
        return problems[0]
    hint = suggestion(word, [stack_plan.plan for stack_plan in stack_plans])
    return UsageProblem(f"no stack of these specs knows {word!r}", hint=hint)
