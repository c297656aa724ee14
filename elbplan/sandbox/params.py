"""The parameters of a call, and its answer, as botocore names them."""

from typing import Any

Params = dict[str, Any]
