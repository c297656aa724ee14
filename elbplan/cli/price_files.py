"""The price table of this machine: that of the package, with newer prices from `elbplan prices refresh`."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from ..api import prices
from ..api.prices import newest_prices, prices_file
from ..cost import PriceTable
from ..cost.prices import table_text
from ..errors import ElbplanError, escaped
from .context import App
from .terminal import Terminal


def price_table(app: App) -> PriceTable:
    """The table; it is read once for each command."""
    if app.prices is None:
        app.prices = newest_prices(app.terminal.environ, app.terminal.err)
    return app.prices


def cache_file(terminal: Terminal) -> Path:
    """The file of the refreshed prices."""
    return prices_file(terminal.environ)


def refreshed_prices(terminal: Terminal) -> PriceTable | None:
    """The prices that a refresh has written; None if there are none. Warns about a file that cannot be read."""
    return prices.refreshed_prices(terminal.environ, terminal.err)


def write_prices(terminal: Terminal, table: PriceTable) -> Path:
    """Writes the table in one step, so that no other command reads half of it. Raises ElbplanError."""
    file = cache_file(terminal)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix="prices-")
        try:
            with open(handle, "w", encoding="utf-8") as new:
                new.write(table_text(table))
            os.replace(name, file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        what = f"{escaped(str(file))} cannot be written: {error.strerror or error}"
        raise ElbplanError(what, hint="set XDG_CACHE_HOME to a folder that you may write to") from error
    return file
