"""The JSON documents of plans, runs and statuses: a program gets the same as `--json` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.hidden import Hidden, hidden_in
from ..core.plan import Plan
from ..core.stack import Stack
from ..cost import Consumptions, PriceTable, StackCost, stack_cost
from ..errors import MIN_SECRET_LENGTH
from ..render.cost_document import cost_document
from ..render.cost_stays import with_prices
from ..render.documents import plan_document, stack_document, summary_document
from ..render.errors import Redact, error_document
from ..render.outcome import stack_urls
from ..render.reports.build import stack_map
from ..render.reports.document import map_document
from ..render.status import status_document
from ..render.unfinished import outcome_error
from ..render.verify import answer_error, verify_document
from ..run.result import RunResult
from ..run.status import StackStatus
from ..verification.check import Verification
from .exit_codes import NO_ANSWER, exit_code
from .planning import Planned


@dataclass(frozen=True)
class DocumentFacts:
    """What documents need besides plans and results.

    prices    returns the price table
    redact    returns a text without the values of variables
    stacks    the loaded stacks by name
    consumed  the capacity units that CloudWatch reports, by stack
    """

    prices: Callable[[], PriceTable]
    redact: Redact
    stacks: Mapping[str, Stack]
    consumed: Mapping[str, Consumptions] = field(default_factory=dict)

    def cost(self, plan: Plan) -> StackCost:
        """What the stack of this plan costs before and after it."""
        stack = self.stacks.get(plan.stack)
        return stack_cost(plan, self.prices(), stack.traffic if stack else None, self.consumed.get(plan.stack))


def hidden_values(stack: Stack) -> dict[str, str]:
    """The values of variables that no output may have, with the references that stand in their place."""
    return {str(text): text.reference for text in _hidden_texts(stack) if len(text) >= MIN_SECRET_LENGTH}


def _hidden_texts(stack: Stack) -> Iterator[Hidden]:
    yield from hidden_in(stack.resources)
    yield from hidden_in(vars(stack.identity))


def plans_document(plans: Sequence[Planned], facts: DocumentFacts) -> dict[str, Any]:
    """The document of `plan --json`: every stack, with an error for one without a plan."""
    return {**plan_document([]), "stacks": [planned_document(planned, facts) for planned in plans]}


def planned_document(planned: Planned, facts: DocumentFacts) -> dict[str, Any]:
    """The plan of one stack in `plan --json`."""
    plan, problem = planned.plan, planned.problem
    document = {**stack_document(plan), "map": map_document(stack_map(plan))}
    if planned.notes:
        document["notes"] = [{"about": word, "text": text} for word, text in planned.notes]
    if problem:
        document["error"] = error_document(problem, facts.redact, stack=facts.stacks.get(plan.stack, ""))
    else:
        document["cost"] = cost_document(facts.cost(plan))
    return document


def run_end_document(
    result: RunResult,
    facts: DocumentFacts,
    at: str,
    *,
    destroyed: bool,
    verification: Verification | None = None,
) -> dict[str, Any]:
    """The last line of a stack in `apply --json` and `destroy --json`; `at` is the time of day in UTC."""
    code = exit_code(result)
    where = stack_urls(result.plan, result.outcome) if code in (0, NO_ANSWER) and not destroyed else []
    plan = with_prices(result.plan, facts.prices())
    document = summary_document(plan, result.outcome, code, where, at=at)
    if problem := result.problem.what if result.problem else result.outcome.lost:
        document["problem"] = facts.redact(problem)
    else:
        document["cost"] = cost_document(facts.cost(result.plan))
    if verification:
        document["verify"] = verify_document(verification, facts.redact)
    if code:
        document["error"] = answer_error(verification) if verification else _error(result, code, facts.redact)
    return document


def _error(result: RunResult, code: int, redact: Redact) -> dict[str, Any]:
    if result.problem:
        return error_document(result.problem, redact)
    return outcome_error(result.outcome, code)


def stack_status_document(status: StackStatus, facts: DocumentFacts) -> dict[str, Any]:
    """The status of one stack in `status --json`, with its cost, unless AWS could not be read."""
    document = status_document(status, facts.redact)
    return {**document, "cost": cost_document(facts.cost(status.plan))} if status.shows_aws else document
