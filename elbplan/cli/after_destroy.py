"""After a destroy: what AWS still bills in the same region although it serves nobody."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..api.planning import Planned
from ..core.plan import Plan
from ..errors import ElbplanError
from ..leftovers.find import QUICK, find, priced
from ..leftovers.leftover import Leftover, PricedLeftover
from ..render.leftovers import still_billing_rows
from ..render.leftovers_document import leftover_document
from .account_leftovers import as_typed
from .context import App
from .plans import retry_command, style_for
from .price_files import price_table


def tell_leftovers(app: App, plans: Sequence[Planned]) -> None:
    """Prints what is left over in the regions of the stacks that were destroyed. A problem of the look is ignored."""
    destroyed = [result.plan for result in app.results if result.complete]
    for region, account in dict.fromkeys((plan.region, plan.account) for plan in destroyed):
        cloud = next(p.cloud for p in plans if (p.plan.region, p.plan.account) == (region, account))
        try:
            found = find(cloud.send, region, QUICK).leftovers
        except ElbplanError:
            continue
        listed = {id for plan in destroyed for id in _ids(plan)}
        new = [leftover for leftover in found if not _is_listed(leftover, listed)]
        left = priced(as_typed(app, new), price_table(app), region)
        if left:
            _tell(app, region, left)


def _ids(plan: Plan) -> set[str]:
    """The AWS ids that the screen of the destroy has named already."""
    return {left.id for left in plan.remaining} | {left.facts.get("instance", "") for left in plan.remaining}


def _is_listed(leftover: Leftover, listed: set[str]) -> bool:
    return leftover.id in listed or leftover.facts.get("instance") in listed - {""}


def _tell(app: App, region: str, left: Sequence[PricedLeftover]) -> None:
    if app.options.json:
        found = [leftover_document(entry) for entry in left]
        app.terminal.out(json.dumps({"schema": 1, "type": "leftovers", "region": region, "leftovers": found}))
        return
    more = [] if app.options.region else ["--region", region]
    command = retry_command(app, "leftovers", (), *more)
    app.terminal.show(still_billing_rows(region, left, command, style_for(app, app.terminal.stdout)))
