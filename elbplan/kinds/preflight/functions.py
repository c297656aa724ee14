"""Lambda functions as targets: they exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...core.call import ReadProgram
from ...core.permission import Permission
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..aws.functions import functions_in
from ..targets import Targets
from .asking import asked, is_known, new_targets

WITHOUT = "does not look for the function before the first write"
GONE = ("ResourceNotFoundException",)


def _functions(resource: Resource) -> Iterable[str]:
    """The ARNs of the functions of these targets."""
    return functions_in(member.address for member in resource.members) if isinstance(resource, Targets) else []


PERMISSIONS = (
    Permission(
        "lambda:GetFunctionConfiguration", ("compare",), ("{}",), each=_functions, without_it=WITHOUT,
        why="others made the function, and the spec names it",
    ),
)  # fmt: skip


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each function that does not exist."""
    wanted = [
        (address, arn)
        for address, _, targets in new_targets(plan, "lambda")
        for arn in functions_in(member.address for member in targets.members)
    ]
    arns = list(dict.fromkeys(arn for _, arn in wanted))
    asks = [asked("lambda", "GetFunctionConfiguration", {"FunctionName": arn}, GONE) for arn in arns]
    answers = dict(zip(arns, (yield asks) if asks else (), strict=True))
    hint = "check the region, the account and the spelling, or create the function first"
    return [
        Refusal(f"{address}: there is no function {arn}", hint)
        for address, arn in wanted
        if is_known(answers[arn]) and not answers[arn]
    ]
