"""The classes of errors of elbplan, as `--json` and bug reports name them."""

from __future__ import annotations

from collections.abc import Mapping

from .explanation import Explanation, lines

GROUP = "errors of elbplan"

CLASSES: Mapping[str, tuple[int, str, str, str]] = {
    "ElbplanError": (
        1,
        "elbplan stopped for a reason that it can name.",
        "the message says what, and its hint what to do",
        "read the hint",
    ),
    "AwsProblem": (
        1,
        "AWS refused a call.",
        """
        the credentials lack a permission
        a quota is reached, or a value is one that AWS does not accept
        the resource does not exist any more
        """,
        "the code is in brackets: elbplan explain CODE",
    ),
    "AwsUnavailable": (
        1,
        "AWS failed, did not answer, or is unreachable.",
        """
        the region is mistyped
        no network, or a proxy in between
        AWS has an outage: https://health.aws.amazon.com/health/status
        """,
        "run the same command again",
    ),
    "TooSlow": (
        1,
        "The run could not renew its lock in time, so it stopped before another run could take over.",
        "the network to AWS is slow or broken; the machine slept",
        "run the same command again",
    ),
    "NotReady": (
        1,
        "AWS answered `not yet` until the deadline of a step.",
        "something that the step needs is not finished, or never will be",
        "elbplan explain ADDRESS specs/web.yaml finds the cause",
    ),
    "GateProblem": (
        1,
        "A wait failed, or reached its timeout.",
        "targets are not healthy; a certificate is not issued; a load balancer does not become active",
        "elbplan explain ADDRESS specs/web.yaml finds the cause; then run the same command again",
    ),
    "NotFound": (
        1,
        "AWS does not have something that the spec names.",
        "a mistyped id, tag or name; another region or account",
        "check the region, the account and the spelling in the spec",
    ),
    "Interrupted": (130, "The user pressed Ctrl-C.", "", "run the same command again: it goes on from there"),
    "Stopped": (
        130,
        "The run was told to stop while it waited for an answer of AWS.",
        "Ctrl-C, SIGTERM, or another step failed",
        "run the same command again: it goes on from there",
    ),
    "Refused": (
        5,
        "elbplan refuses on purpose, and changed nothing.",
        """
        a hazard is not allowed
        another run has the lock
        a resource of others is in the way, or deletion protection is on
        """,
        "elbplan explain exit 5 lists the causes; --allow NAME allows a hazard",
    ),
    "SecretMissing": (
        5,
        "The client secret of a login does not exist where the spec says, so nothing was changed.",
        """
        the name in client_secret: is mistyped, or the secret is in another region or account
        the secret is marked for deletion
        """,
        "create the secret, or correct client_secret:, then run the same command again",
    ),
    "Declined": (
        5,
        "The answer to the question was not yes, so nothing was changed.",
        "nobody was there to answer: stdin is no terminal",
        "add --yes, or --confirm=NAME for destroy",
    ),
    "UsageProblem": (64, "The command line is wrong.", "a mistyped word", "elbplan COMMAND --help"),
    "SpecProblem": (
        65,
        "A spec or a migration is wrong.",
        "a mistyped key or value",
        "elbplan validate specs/web.yaml lists every problem",
    ),
}
"""By class: its exit code, its meaning, its usual causes, and what to do."""


def _class(name: str) -> Explanation:
    code, means, causes, do = CLASSES[name]
    see = f"the command ends with exit code {code}: elbplan explain exit {code}"
    return Explanation(name, GROUP, means, lines(causes), (see,), (do,), "docs/exit-codes.md")


EXPLANATIONS = tuple(map(_class, CLASSES))
