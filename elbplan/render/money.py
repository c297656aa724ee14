"""Dollars and quantities as text."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rounded(amount: Decimal, places: int) -> Decimal:
    """The amount with this many digits after the point; half a digit is rounded up, as on a bill."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(amount: Decimal) -> str:
    """The number without zeros at its end."""
    text = f"{amount.quantize(Decimal('0.000001'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_price(amount: Decimal) -> str:
    """Dollars with all their digits, and at least cents: `$0.0225`, `$0.50`."""
    text = plain(amount)
    return f"${text if len(text.partition('.')[2]) > 1 else rounded(amount, 2)}"


def whole(amount: Decimal) -> str:
    """Dollars without cents, from one dollar on."""
    return f"${rounded(amount, 0)}" if amount >= 1 or not amount else f"${rounded(amount, 2)}"


def cents(amount: Decimal | None) -> str:
    """Dollars with cents; `unknown` for None."""
    return "unknown" if amount is None else f"${rounded(amount, 2)}"
