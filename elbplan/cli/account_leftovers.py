"""Looks for leftovers in all regions of a command, with their prices."""

from __future__ import annotations

from ..leftovers.find import GLOBAL, find, priced
from ..leftovers.leftover import Finding
from ..render.leftovers import LeftoversView
from ..run.workflow import Cloud
from .account_regions import AccountRegions
from .context import App
from .price_files import price_table


def read_leftovers(app: App, account: AccountRegions) -> LeftoversView:
    """Everything that is left over in these regions, and in what belongs to no region."""
    answers, seconds = account.ask(app, _look)
    everywhere = find(account.reach(account.home).send, account.home, GLOBAL)
    findings = [*(answer.answer for answer in answers if answer.answer), everywhere]
    return LeftoversView(
        account.regions,
        account.account,
        priced([found for each in findings for found in each.leftovers], price_table(app), account.home),
        [entry for each in findings for entry in each.not_checked],
        [answer.problem for answer in answers if answer.problem],
        app.wall(),
        seconds,
    )


def _look(cloud: Cloud) -> Finding:
    return find(cloud.send, cloud.region)
