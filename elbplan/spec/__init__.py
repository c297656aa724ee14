"""YAML in, stacks out: `load`, `load_text`, `expand_text`, `schema`."""

from .load import load, load_text
from .schema import schema
from .text import expand_text

__all__ = ["expand_text", "load", "load_text", "schema"]
