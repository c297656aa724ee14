"""The parameters of a call and its answer, with botocore's names."""

from typing import Any

Params = dict[str, Any]
