"""The regions that a command for the whole account reads, and their clouds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from ..core.call import Call
from ..core.stack import Stack
from ..errors import ElbplanError
from ..leftovers.other_accounts import OtherAccount, other_accounts
from ..leftovers.regions import RegionAnswer, ask_each, enabled_regions
from ..run.workflow import Cloud
from .connect import SANDBOX_REGION, Connections
from .context import App
from .options import DEFAULT_PATHS
from .plans import stacks_or_problems_of
from .reading import reading

T = TypeVar("T")

all_regions_option = click.option(
    "--all-regions", "everywhere", is_flag=True, help="Read every region that is enabled for the account."
)


@dataclass(frozen=True)
class AccountRegions:
    """The regions to read, and how to reach each.

    home      the region of calls that belong to no region
    account   the id of the account; empty if AWS does not tell
    specs     the stacks of the default specs
    others    the accounts of these specs that are not read
    """

    regions: Sequence[str]
    home: str
    account: str
    specs: Sequence[Stack]
    reach: Callable[[str], Cloud]
    others: Sequence[OtherAccount] = ()

    def ask(self, app: App, look: Callable[[Cloud], T]) -> tuple[list[RegionAnswer[T]], float]:
        """The answers of all regions, and the seconds that they took."""
        began = time.monotonic()
        with reading_account(app, self.regions):
            answers = ask_each(self.regions, lambda region: look(self.reach(region)))
        return answers, time.monotonic() - began


def default_specs(app: App) -> list[Stack]:
    """The stacks of the default specs that are right; none if there is no such folder."""
    if not any(Path(path).exists() for path in DEFAULT_PATHS):
        return []
    entries = stacks_or_problems_of(app, (), must_have_one=False)
    return [entry for entry in entries if isinstance(entry, Stack)]


def account_regions(app: App, *, everywhere: bool) -> AccountRegions:
    """The region of --region; every enabled region; or those of the specs and of the configuration.

    The account is that of --profile or of the environment, not those that specs name. Raises ElbplanError if no region
    is known.
    """
    specs = default_specs(app)
    clouds = Connections(app, [])
    named = _named_regions(app, clouds, specs)

    def reach(region: str) -> Cloud:
        return clouds.reach(clouds.place_in(region))

    home = reach(named[0])
    regions = enabled_regions(home.send) if everywhere else named
    account = _account(home)
    return AccountRegions(regions, named[0], account, specs, reach, _others(app, specs, account))


def _others(app: App, specs: Sequence[Stack], account: str) -> list[OtherAccount]:
    """The accounts of specs that are not read. The local AWS simulator has no profiles."""
    if app.options.sandbox:
        return []
    profile = app.options.profile or app.terminal.environ.get("AWS_PROFILE", "default")
    return other_accounts(specs, [profile], bool(app.options.profile), account)


def _named_regions(app: App, clouds: Connections, specs: Sequence[Stack]) -> list[str]:
    """At least one region. Raises ElbplanError."""
    if app.options.region:
        return [clouds.region(Stack("", None, {}))]
    default = SANDBOX_REGION if app.options.sandbox else clouds.default_region()
    regions = dict.fromkeys([*(spec.region for spec in specs if spec.region), *([default] if default else [])])
    if not regions:
        hint = "pass --region ap-northeast-2, or set AWS_REGION; --all-regions needs a region to begin with"
        raise ElbplanError("no region is given", hint=hint)
    return list(regions)


def _account(cloud: Cloud) -> str:
    return str(cloud.send(Call("sts", "GetCallerIdentity", optional=True)).get("Account", ""))


@contextlib.contextmanager
def reading_account(app: App, regions: Sequence[str]) -> Iterator[None]:
    """Shows that the account is being read."""
    place = regions[0] if len(regions) == 1 else f"{len(regions)} regions"
    with reading(app, [Stack("the account", None, {})], place):
        yield
