"""The price table of this machine: that of the package, with newer prices from `elbplan prices refresh`."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from ..cost import PriceTable, bundled_prices
from ..cost.prices import NotAPriceTable, parse_table, table_text
from ..errors import ElbplanError, escaped
from .context import App
from .terminal import Terminal


def price_table(app: App) -> PriceTable:
    """The table; it is read once for each command."""
    if app.prices is None:
        refreshed = refreshed_prices(app.terminal)
        app.prices = bundled_prices().with_newer(refreshed) if refreshed else bundled_prices()
    return app.prices


def cache_file(terminal: Terminal) -> Path:
    """The file of the refreshed prices, where this system keeps what can be read again."""
    environ = terminal.environ
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "elbplan" / "prices.json"
    if sys.platform == "darwin":
        return Path(os.path.expanduser("~/Library/Caches")) / "elbplan" / "prices.json"
    if sys.platform == "win32" and (base := environ.get("LOCALAPPDATA")):
        return Path(base) / "elbplan" / "Cache" / "prices.json"
    return Path(os.path.expanduser("~/.cache")) / "elbplan" / "prices.json"


def refreshed_prices(terminal: Terminal) -> PriceTable | None:
    """The prices that a refresh has written; None if there are none. Warns about a file that cannot be read."""
    file = cache_file(terminal)
    try:
        return parse_table(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, NotAPriceTable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        terminal.err(
            f"warning: {file} is ignored: {reason}",
            "  hint: delete the file, or run elbplan prices refresh; the prices of the package count",
        )
        return None


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
