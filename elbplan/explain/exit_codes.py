"""The exit codes of elbplan."""

from __future__ import annotations

from collections.abc import Mapping

from .explanation import Explanation, lines

GROUP = "exit codes"

CODES: Mapping[int, tuple[str, str, str]] = {
    0: ("Success, or nothing to do.", "", "nothing"),
    1: (
        "An error, and no step was done.",
        """
        AWS refused a call, or did not answer
        there are no credentials, or no region
        a migration failed and was rolled back (on_failure: rollback)
        a defect in elbplan
        """,
        "read the hint of the message; `elbplan explain CODE` explains the code in brackets",
    ),
    2: (
        "Changes are pending, or AWS has drifted. Only plan --exit-code and status --exit-code end with it.",
        "the spec changed, or others changed AWS",
        "elbplan apply specs/web.yaml",
    ),
    3: (
        "The stack does not answer: verify found a check that fails.",
        """
        the targets are not healthy
        the name does not lead to the load balancer yet
        the certificate does not fit the name
        """,
        "elbplan explain NAME specs/web.yaml finds the cause",
    ),
    4: (
        "Applied in part: some steps are done, some failed or were skipped.",
        """
        a wait failed, or reached its timeout: targets, certificate, load balancer
        AWS refused a call in the middle
        """,
        "mend the cause that the last screen names, then run the same command again: it goes on from there",
    ),
    5: (
        "Refused, and nothing was changed.",
        """
        a hazard is not allowed: --allow NAME
        another run has the lock of the stack
        nobody said yes: --yes, or --confirm for destroy
        a resource of others is in the way, or deletion protection is on
        the plan changed between the question and the lock
        drift is in the way of a migration; lint or rehearse found something that blocks
        """,
        "the message names the option or the cause",
    ),
    64: (
        "The command line is wrong: an unknown command, option, stack or word.",
        "a mistyped word",
        "elbplan --help, or elbplan COMMAND --help",
    ),
    65: (
        "The spec or a migration is wrong. elbplan did not change anything.",
        "a mistyped key or value",
        "elbplan validate specs/web.yaml lists every problem with line and column",
    ),
    130: (
        "Interrupted by Ctrl-C or SIGTERM.",
        "finished steps stay finished; the last calls were let finish",
        "run the same command again: it goes on from there",
    ),
}
"""By code: its meaning, its usual causes, and what to do. docs/exit-codes.md has more."""


def _code(code: int) -> Explanation:
    means, causes, do = CODES[code]
    see = ("echo $? after the command",) if code else ()
    return Explanation(
        f"exit {code}", GROUP, means, lines(causes), see, (do,), "docs/exit-codes.md", (str(code), f"exit code {code}")
    )


EXPLANATIONS = tuple(map(_code, CODES))
