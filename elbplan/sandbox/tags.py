"""Tags as a dictionary, and as AWS's lists of Key and Value."""

from collections.abc import Iterable, Mapping

Tags = dict[str, str]


def to_dict(pairs: Iterable[Mapping[str, str]] | None) -> Tags:
    return {pair["Key"]: pair.get("Value", "") for pair in pairs or []}


def to_pairs(tags: Tags | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
