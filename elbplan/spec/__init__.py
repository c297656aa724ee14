"""YAML in, stacks out: `load`, `expand_text`, `schema`."""

from .load import load
from .schema import schema
from .text import expand_text

__all__ = ["expand_text", "load", "schema"]
