"""The price table of this machine: that of the package, with newer prices from `elbplan prices refresh`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ..cost import PriceTable, bundled_prices
from ..cost.prices import NotAPriceTable, parse_table


def prices_file(environ: Mapping[str, str]) -> Path:
    """The file of the refreshed prices, where this system keeps what can be read again."""
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "elbplan" / "prices.json"
    if sys.platform == "darwin":
        return Path(os.path.expanduser("~/Library/Caches")) / "elbplan" / "prices.json"
    if sys.platform == "win32" and (base := environ.get("LOCALAPPDATA")):
        return Path(base) / "elbplan" / "Cache" / "prices.json"
    return Path(os.path.expanduser("~/.cache")) / "elbplan" / "prices.json"


def refreshed_prices(environ: Mapping[str, str], warn: Callable[..., None] = lambda *lines: None) -> PriceTable | None:
    """The prices that a refresh has written; None if there are none. `warn` gets why a file cannot be read."""
    file = prices_file(environ)
    try:
        return parse_table(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, NotAPriceTable) as error:
        reason = getattr(error, "strerror", None) or str(error)
        warn(
            f"warning: {file} is ignored: {reason}",
            "  hint: delete the file, or run elbplan prices refresh; the prices of the package count",
        )
        return None


def newest_prices(environ: Mapping[str, str], warn: Callable[..., None] = lambda *lines: None) -> PriceTable:
    """The table of the package, with the refreshed prices where there are some."""
    refreshed = refreshed_prices(environ, warn)
    return bundled_prices().with_newer(refreshed) if refreshed else bundled_prices()
