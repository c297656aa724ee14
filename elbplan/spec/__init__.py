"""Reads YAML specs as stacks: `load`, `load_text`, `expand_text`, `schema`."""

from .export.schema import schema
from .export.text import expand_text
from .load import load, load_text

__all__ = ["expand_text", "load", "load_text", "schema"]
