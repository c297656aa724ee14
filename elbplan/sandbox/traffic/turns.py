"""Weights: which of several gets the next request or query."""

from collections.abc import Mapping

from ..account import Account


def next_turn(account: Account, key: str, weights: Mapping[str, int]) -> str:
    """Returns the next choice of a smooth weighted round robin: of 200 turns, each gets exactly its share.

    AWS distributes by weight, and does not document in which order. The choices of a key are remembered.
    """
    credit: dict[str, int] = account.memory("turns").setdefault(key, {})
    for choice, weight in weights.items():
        credit[choice] = credit.get(choice, 0) + weight
    chosen = max(weights, key=lambda choice: credit[choice])
    credit[chosen] -= sum(weights.values())
    return chosen
