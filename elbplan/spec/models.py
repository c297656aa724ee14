"""The blocks of the long form: one for each kind, parents before children."""

from __future__ import annotations

from ..core.resource import Resource
from ..kinds import KINDS

MODELS: dict[str, type[Resource]] = {name: kind.model for name, kind in KINDS.items()}
"""The models by kind, in the order of a stack's resources."""
