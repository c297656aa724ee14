"""What an apply of migrations refuses before it writes: each refusal says where, what, and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import Problem, Refused, SpecProblem, escaped
from ...kinds.certificate_limits import unusable_now
from ..lint.lint import LintFinding, LiveFacts, findings
from ..migration import Migration
from .journal import RunJournal, edited
from .notices import PendingFile
from .pending import Pending
from .source import MigrationSource

EDITED = "edited"
"""The name by which `--allow` accepts migrations that were edited, in words only, after they were applied."""


@dataclass(frozen=True)
class ReachedHold:
    """A hold by the clock that this apply has waited for.

    run_id   the run that led to it; while it is the last run, nobody else has changed anything
    broken   what was found if the watched resource did not stay as it should; else empty
    """

    pending: Pending
    run_id: str
    broken: str


def refuse_edited(
    source: MigrationSource, migrations: Sequence[Migration], journal: RunJournal, allow: Collection[str]
) -> None:
    """Raises SpecProblem for a file that was edited after it was applied."""
    problems = [
        Problem(
            source.path(migration), 1, 1,
            f"this file{' or one before it' if record.mode else ''} was edited after run {record.number} "
            f"({record.who}) had applied it",
            f"undo the edit and save a new file; if only words changed, apply --allow {EDITED}",
        )
        for migration, record in edited(migrations, journal)
    ]  # fmt: skip
    if problems and EDITED not in allow:
        raise SpecProblem(problems)


def pending_files(pending: Pending, migrations: Sequence[Migration]) -> list[PendingFile]:
    """Every file that is not applied to its end, with the hazards of the steps that are still to do."""
    if pending.migration is None:
        return []
    later = LiveFacts(children=pending.children)
    files = []
    for migration in migrations[pending.migration.number - 1 :]:
        is_next = migration.number == pending.migration.number
        entry = pending.entry if is_next else 0
        now = replace(later, closed_ports=pending.closed_ports, references=pending.references)
        now = replace(now, delegations=pending.delegations)
        facts = now if is_next else later
        hazards = [finding for finding in findings(migration, facts) if finding.step >= entry]
        files.append(PendingFile(migration, entry, hazards))
    return files


def refuse_hazards(source: MigrationSource, files: Sequence[PendingFile], allow: Collection[str]) -> None:
    """Raises Refused, by file and line, for the hazards of pending steps that nobody allowed."""
    blocked = [
        (file.migration, finding)
        for file in files
        for finding in file.hazards
        if not finding.allowed and finding.hazard.name not in allow
    ]
    if not blocked:
        return
    flags = ",".join(dict.fromkeys(finding.hazard.name for _, finding in blocked))
    hint = f"write allow: and because: at the step, or pass --allow {flags}; nothing was changed"
    later = blocked[0][0].number - files[0].migration.number
    if later:
        hint += f"; apply --to {blocked[0][0].number - 1:04d} stops before that file"
    raise Refused("\n".join(_problem(source, *found) for found in blocked), hint=hint)


def _problem(source: MigrationSource, migration: Migration, finding: LintFinding) -> str:
    return str(source.problem(migration, finding))


def refuse_rolled_back(stack: Stack, journal: RunJournal, migration: Migration) -> None:
    """Raises Refused for a file that a run rolled back, and that nobody has edited since."""
    if run := journal.rolled_back_by(migration):
        raise Refused(
            f"{stack.name}: run {run} rolled {migration.id} back",
            hint="edit the file, or pass --retry to apply it again unchanged; "
            "to give it up, revert it in git and save a new plan",
        )


def refuse_nothing_waits(stack: Stack, pending: Pending) -> None:
    """Raises Refused for `--approve` where no hold waits for approval."""
    if pending.approved is None:
        raise Refused(f"{stack.name}: no hold waits for approval", hint="elbplan apply runs the pending steps")


def refuse_undone(stack: Stack, journal: RunJournal, held: Pending, now: Pending) -> None:
    """Raises Refused if somebody undid, during a hold, what was done before it: it is not done a second time."""
    assert held.migration is not None
    assert held.hold is not None
    hint = "elbplan plan shows where AWS stands; elbplan apply starts from there"
    if run := journal.rolled_back_by(held.migration):
        raise Refused(f"{stack.name}: run {run} rolled {held.migration.id} back during the hold", hint=hint)
    if now.migration is None or now.migration.number > held.migration.number:
        return
    lost = now.migration.entries[now.entry : held.hold[1]]
    if now.migration.number < held.migration.number or any(entry.writes for entry in lost):
        if not journal.run:
            raise Refused(f"{stack.name}: the stack was destroyed during the hold", hint=hint)
        what = f"during the hold at {held.place} of {held.migration.id}, AWS went back"
        raise Refused(f"{stack.name}: {what} to {now.place} of {now.migration.id}", hint=hint)


def refuse_edited_during_hold(
    source: MigrationSource, confirmed: Mapping[str, str], migrations: Sequence[Migration]
) -> None:
    """Raises Refused if a file that was listed for the yes (its SHA-256 by its id) is another one now, or is gone."""
    now = {migration.id: migration for migration in migrations}
    for id, sha in confirmed.items():
        if id not in now:
            raise Refused(f"{id} was removed during the hold", hint="elbplan apply goes on with the files as they are")
        if now[id].sha != sha:
            where = source.path(now[id])
            raise Refused(
                f"{where} was edited during the hold", hint="elbplan apply goes on with the file as it is now"
            )


def refuse_unusable_certificates(plan: Plan, now: float) -> None:
    """Raises Refused for a certificate that the plan imports and that is not valid `now`, in seconds since 1970."""
    if refusals := list(unusable_now(plan.steps, now)):
        raise Refused("\n".join(refusal.what for refusal in refusals), hint=refusals[0].hint)


def refuse_uncovered(stack: Stack, last: Migration, pending: Pending) -> None:
    """Raises Refused, with the place in the spec, if the spec wants what no file does."""
    if not pending.uncovered:
        return
    more = "\n".join(f"  {difference.wish}" for difference in pending.uncovered)
    raise Refused(
        f"{escaped(stack.file) or stack.name}:{stack.line}:1  {stack.name}: "
        f"the spec wants more than its migrations, which end with {last.id}:\n{more}",
        hint=f"elbplan plan --save NAME writes the next file; apply --to {last.number:04d} leaves the spec out",
    )
