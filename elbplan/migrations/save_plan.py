"""Keeping a plan: one look at AWS, and the file that leads from there to what the spec wants."""

from __future__ import annotations

from pathlib import Path

from ..core.kind import Kinds
from ..core.stack import Stack
from ..errors import Refused
from ..live.observe import observe
from ..run.workflow import Cloud, account_of, plan_of
from .apply.pending import drift_refusal
from .files.folder import Folder
from .files.loader import load
from .migration import references_of
from .position.locator import Drifted, Locator, Position
from .save import baseline, check_name, migration_of


def save_plan(aws: Cloud, stack: Stack, folder: Folder, kinds: Kinds, *, name: str, title: str = "") -> list[Path]:
    """Save what would be done now as the next migration; the files that were written, a baseline first where needed.

    Raises Refused if there is nothing to do or earlier files are not applied, SpecProblem if they are wrong,
    UsageProblem for a bad name.
    """
    check_name(name)
    before = load(folder, kinds)
    seen = observe(aws.send, aws.region, [stack], kinds, everywhere=True, told=references_of(before))
    observed = seen[stack.name]
    if before:
        _at_the_end(stack, Locator(observed.live, observed.symbols, kinds, stack.ignore).find(before), before[-1].id)
    plan = plan_of(aws, stack, observed, kinds, account_of(aws, seen), observed.desired)
    new = [baseline(plan, kinds, observed.symbols)] if plan.lives and not before else []
    spec = stack.spec_hash
    new.append(migration_of(plan, [*before, *new], kinds, observed.symbols, name=name, title=title, spec=spec))
    return folder.save(new)


def _at_the_end(stack: Stack, found: Position | Drifted, last: str) -> None:
    if isinstance(found, Drifted):
        raise drift_refusal(stack.name, found)
    if found.migration.id != last or found.index < len(found.migration.entries):
        what = f"{stack.name}: {last} is not applied to its end yet"
        raise Refused(what, hint="elbplan apply first; the next file begins there")
    if found.drift:
        raise drift_refusal(stack.name, Drifted(found, found.drift))
