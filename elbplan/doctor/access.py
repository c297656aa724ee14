"""Checks the way to AWS: the connection, the clock, the credentials, the region. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import ElbplanError, escaped
from ..live.access import CredentialFacts, Reached, RouteFacts
from ..live.denials import ENABLED_BY_DEFAULT
from ..live.regions import doubt_about
from .check import Check, ok, unknown

LARGEST_SKEW = 300
"""Seconds: AWS refuses a signature that is more than five minutes old, or from the future.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

NOTICEABLE_SKEW = 60
SOON = 15 * 60
"""Seconds: an apply may take this long."""


def endpoint_check(route: RouteFacts, reached: Reached) -> Check:
    """Checks that somebody answers, and says what sends the requests elsewhere than to AWS."""
    url = escaped(reached.url or "AWS")
    by = f" through the proxy {escaped(route.proxy)}" if route.proxy else ""
    if reached.problem:
        fix = "check the network, DNS and HTTPS_PROXY"
        if route.endpoints:
            fix = f"check {', '.join(sorted(route.endpoints))}: it sends elbplan elsewhere than to AWS"
        elif route.bundle:
            fix += ", and AWS_CA_BUNDLE"
        return Check("endpoint", "failed", f"{url} does not answer{by}: {escaped(reached.problem)}", fix)
    text = f"{url} answers in {reached.seconds * 1000:.0f} ms{by}"
    if route.endpoints:
        names = ", ".join(sorted(route.endpoints))
        fix = "if you do not want that: unset the variable"
        return Check("endpoint", "warning", f"{text}; this is not AWS: {names} is set", fix)
    return ok("endpoint", text)


def clock_check(reached: Reached) -> Check:
    """Compares the clock with the time in AWS's answer."""
    if reached.problem:
        return unknown("clock", "AWS did not answer")
    if reached.skew is None:
        return unknown("clock", "the answer has no time")
    difference = abs(reached.skew)
    text = f"{difference:.0f} s {'ahead of' if reached.skew > 0 else 'behind'} AWS"
    if difference > LARGEST_SKEW:
        fix = "set the clock: AWS refuses requests that are more than 5 minutes old"
        return Check("clock", "failed", text, fix, "timedatectl set-ntp true")
    if difference > NOTICEABLE_SKEW:
        return Check("clock", "warning", text, "set the clock: AWS allows 5 minutes", "timedatectl set-ntp true")
    return ok("clock", text if difference >= 2 else "agrees with AWS")


@dataclass(frozen=True)
class Identity:
    """Who the credentials are, by AWS; or why AWS does not say."""

    account: str = ""
    arn: str = ""
    problem: ElbplanError | None = None

    @classmethod
    def of(cls, answer: Mapping[str, str]) -> Identity:
        """From the answer of GetCallerIdentity."""
        return cls(str(answer.get("Account", "")), str(answer.get("Arn", "")))

    @property
    def is_root(self) -> bool:
        """True for the root user of the account."""
        return self.arn.endswith(":root")


def credentials_check(facts: CredentialFacts, identity: Identity, now: datetime) -> Check:
    """Checks that AWS accepts the credentials, how long they are valid, and whose they are."""
    if problem := facts.problem or identity.problem:
        return Check("credentials", "failed", problem.what, problem.hint)
    where = f"from {facts.source}" if facts.source else "from an unknown source"
    profile = f", profile {escaped(facts.profile)}" if facts.profile else ""
    text = f"account {identity.account}, {escaped(_who(identity.arn))} ({where}{profile})"
    if identity.is_root:
        fix = "create an IAM user or a role for daily work: nothing limits the root user"
        return Check("credentials", "warning", f"{text}: the root user", fix)
    if facts.expires is None:
        return ok("credentials", f"{text}{', temporary' if facts.temporary else ''}")
    left = (facts.expires - now).total_seconds()
    text = f"{text}, valid until {facts.expires.astimezone(UTC):%Y-%m-%d %H:%MZ}"
    if left < SOON:
        return Check("credentials", "warning", text, "log in again before a long apply", "aws sso login")
    return ok("credentials", text)


def _who(arn: str) -> str:
    """`user anna`, `role deploy`, or the ARN."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        return f"role {name.partition('/')[0]}"
    return f"{kind} {name}" if kind == "user" and name else arn


@dataclass(frozen=True)
class RegionFacts:
    """A region, from where elbplan has it, and AWS's word whether the account has it; empty if AWS did not say."""

    region: str
    source: str
    opt_in: str = ""


def region_check(facts: RegionFacts) -> Check:
    """Checks that there is a region, that AWS has it, and that it is enabled for the account."""
    if not facts.region:
        fix = "write `region: ap-northeast-2` in the spec, pass --region, or set AWS_REGION"
        return Check("region", "failed", "no region is configured", fix)
    text = f"{facts.region} (from {facts.source})"
    command = f"aws account enable-region --region-name {facts.region}"
    if facts.opt_in == "not-opted-in":
        return Check("region", "failed", f"{text} is not enabled in this account", "enable it, or use another", command)
    if facts.opt_in or facts.region in ENABLED_BY_DEFAULT:
        return ok("region", text)
    if doubt := doubt_about(facts.region):
        return Check("region", "failed", f"{text}: {doubt}", "correct the name of the region")
    return unknown("region", f"{text}: AWS did not say whether the account may use it")
