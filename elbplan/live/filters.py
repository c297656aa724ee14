"""EC2's filters: at most 200 values in a call, and wildcards in values.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html ("up to 200 values per filter"; "you just need
to escape them with a backslash before the character")
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

MOST_VALUES = 200


def filter_by(name: str, values: Sequence[str]) -> dict[str, Any]:
    """The parameters of a call with one filter."""
    return {"Filters": [{"Name": name, "Values": list(values)}]}


def literal(value: str) -> str:
    """The value of a filter that matches only this text: `*`, `?` and backslashes are escaped."""
    return re.sub(r"[*?\\]", r"\\\g<0>", value)


def batches(values: Sequence[str]) -> list[Sequence[str]]:
    """The values in groups that fit into one filter each."""
    return [values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES)]
