"""The functions of a Python program: load, plan, apply, destroy, verify and status. They print nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike

from ..core.stack import Stack
from ..errors import UsageProblem
from ..live.worker_threads import WorkerThreads
from ..migrations.apply.modes import ApplyMode
from ..spec import load as load_specs
from ..spec import load_text
from ..spec.yaml.tree import Source
from ..verification.check import Verification
from ..verification.client_identity import ClientIdentity
from ..verification.stack import ServedStack
from .allowed_hazards import hazard_names
from .applying import ApplyChoices, ProgramApply, destroy_stacks
from .events import OnEvent
from .network import dns_of
from .planning import Planned, plan_entries
from .previews import by_specs, folders_of, plan_specs
from .results import PlannedStack, StackCondition, StackResult, StackVerification
from .session import Session
from .status import StatusReader, is_specless, is_unknown
from .verification import checked, until_all_answer

Stacks = Stack | str | Iterable[Stack | str]
"""One stack or several. A text is the name of a stack that has no spec here: it stands for what AWS has of it."""

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


def load(paths: Paths = "specs", *, text: str | None = None, env: Mapping[str, str] | None = None) -> list[Stack]:
    """Loads the stacks of spec files and folders, one for each document; with `text`, those of a YAML text.

    `env` has the values of `${NAME}`. Raises SpecProblem with all problems of all files.
    """
    environ = os.environ if env is None else env
    if text is not None:
        return load_text(Source("<text>", text), environ)
    names = [paths] if isinstance(paths, str | PathLike) else list(paths)
    return load_specs([os.fspath(name) for name in names], env=environ)


def plan(stacks: Stacks, *, session: Session | None = None) -> list[PlannedStack]:
    """Plans stacks. Writes nothing. A stack that cannot be planned has the reason in `problem`.

    A stack with a folder of migrations gets what its next apply would do. Raises UsageProblem.
    """
    session, wanted = session or Session(), _stacks(stacks)
    named = folders_of(wanted, session.migrations)
    plain, by_files = ([s for s in wanted if (s.name in named) == files] for files in (False, True))
    plans: list[Planned] = []
    if plain:
        made = plan_entries(session.connections(plain), plain, by_specs(dns_of(session.access)))
        plans = [replace(each, undo=("--rollback",)) for each in session.previewer.with_folders_checked(made)]
    previews = session.previewer.previews(session.connections(by_files), by_files) if by_files else []
    found = {id(each.stack): each for each in (*plans, *previews)}
    facts = session.facts(wanted)
    return [PlannedStack.of(found[id(stack)], facts, by_files=stack.name in named) for stack in wanted]


def apply(
    stacks: Stacks | Iterable[PlannedStack],
    *,
    allow: Sequence[str] = (),
    rollback: bool = False,
    to: str | None = None,
    approve: bool = False,
    retry: bool = False,
    direct: bool = False,
    revert_drift: bool = False,
    migrations: bool = True,
    verify: bool = True,
    on_event: OnEvent | None = None,
    stop: threading.Event | None = None,
    session: Session | None = None,
) -> list[StackResult]:
    """Makes AWS match the specs, all stacks together. A failure is in the result of its stack, in their order.

    With the plans of `plan`, does exactly these: a plan that AWS does not match any more is refused in its result.

    Raises Refused before any write for a hazard that `allow` does not name, SpecProblem for wrong migrations, and
    UsageProblem. Setting `stop` ends all stacks gently; applying again goes on.
    """
    mode = ApplyMode(to, direct, revert_drift)
    allowed = hazard_names([allow] if isinstance(allow, str) else allow, "allow")
    choices = ApplyChoices(allowed, rollback, mode, approve, retry, not migrations, verify)
    given = [stacks] if isinstance(stacks, Stack | str | PlannedStack) else list(stacks)
    applying = ProgramApply(session or Session(), choices, on_event)
    plans = [each for each in given if isinstance(each, PlannedStack)]
    if plans:
        if len(plans) < len(given):
            raise UsageProblem("apply takes stacks or plans, not both")
        return applying.plans(plans, stop)
    wanted = _stacks(each for each in given if not isinstance(each, PlannedStack))
    for stack in wanted:
        if is_specless(stack):
            raise UsageProblem(f"stack {stack.name} has no spec", hint="apply needs stacks of elbplan.load")
    return applying.stacks(wanted, stop)


def destroy(
    stacks: Stacks,
    *,
    confirm: Sequence[str],
    allow: Sequence[str] = (),
    on_event: OnEvent | None = None,
    stop: threading.Event | None = None,
    session: Session | None = None,
) -> list[StackResult]:
    """Deletes what elbplan created for the stacks. `confirm` must have the name of each.

    A failure is in the result of its stack. Raises Refused before any write for a name that is not confirmed and for a
    hazard that is not allowed, and UsageProblem for a name that AWS does not have.
    """
    allowed = hazard_names([allow] if isinstance(allow, str) else allow, "allow")
    confirmed = [confirm] if isinstance(confirm, str) else confirm
    return destroy_stacks(session or Session(), _stacks(stacks), confirmed, allowed, on_event, stop)


def verify(
    stacks: Stacks,
    *,
    seconds: float = 0,
    client_certificate: str | PathLike[str] | None = None,
    client_key: str | PathLike[str] | None = None,
    session: Session | None = None,
) -> list[StackVerification]:
    """Checks whether stacks answer. Writes nothing. A problem is in the result of its stack.

    `seconds` is how long to check again until every stack answers. `client_certificate` and `client_key` are files in
    PEM for listeners with mutual TLS; the key may be in the file of the certificate. Raises UsageProblem for files
    without them, and for a name that AWS does not have.
    """
    identity = ClientIdentity.of(client_certificate, client_key)
    session, wanted = session or Session(), _stacks(stacks)
    found = until_all_answer(session.clock, partial(_verifications, session, wanted, identity), seconds)
    facts = session.facts(wanted)
    return [StackVerification(each, facts) for each in found]


def _verifications(
    session: Session, stacks: Sequence[Stack], identity: ClientIdentity | None
) -> Sequence[Verification]:
    plans = plan_entries(session.connections(stacks), stacks, plan_specs) if stacks else []

    def verified(planned: Planned) -> Verification:
        plan, stack = planned.plan, planned.stack
        if planned.problem and not plan.lives:
            return Verification(stack.name, problem=planned.problem.what)
        if is_specless(stack) and not plan.lives:
            raise _unknown(stack.name, plan.region)
        served = ServedStack.of(plan, session.command("apply", stack.file))
        return checked(session.access, served, planned.cloud, session.clock, identity)

    with WorkerThreads(max(1, len(plans))) as threads:
        return threads.map(verified, plans)


def status(stacks: Stacks, *, deep: bool = False, session: Session | None = None) -> list[StackCondition]:
    """Reads the status of stacks: health, drift, last run, lock, migrations. Writes nothing.

    A stack that cannot be read has the reason in `problem`. `deep` reads the whole account. Raises UsageProblem for a
    name that AWS does not have.
    """
    session, wanted = session or Session(), _stacks(stacks)
    if not wanted:
        return []
    plans = plan_entries(session.connections(wanted), wanted, partial(plan_specs, deep=deep))
    reader = StatusReader(session.migrations, session.lock_manager, session.wall)
    with WorkerThreads(session.parallel) as threads:
        statuses = threads.map(reader.status, plans)
    for each in statuses:
        if is_unknown(each):
            raise _unknown(each.plan.stack, each.plan.region)
    facts = session.facts(wanted)
    return [StackCondition(each, facts) for each in statuses]


def _stacks(stacks: Stacks) -> list[Stack]:
    """The stacks as a list. Raises UsageProblem for a stack that is there twice."""
    given = [stacks] if isinstance(stacks, Stack | str) else list(stacks)
    wanted = [each if isinstance(each, Stack) else Stack(each, None, {}) for each in given]
    places = [(each.name, each.region, each.account, each.identity) for each in wanted]
    for stack, place in zip(wanted, places, strict=True):
        if places.count(place) > 1:
            raise UsageProblem(f"stack {stack.name} is given twice", hint="give each stack once")
    return wanted


def _unknown(name: str, region: str) -> UsageProblem:
    return UsageProblem(f"there is no stack {name} in {region}", hint="`elbplan list --all-regions` shows all stacks")
