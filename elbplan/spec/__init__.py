"""Reads YAML specs as stacks: `load`, `load_each`, `load_text`, `expand_text`, `schema`."""

from .export.schema import schema
from .export.text import expand_text
from .load import BrokenSpec, load, load_each, load_text

__all__ = ["BrokenSpec", "expand_text", "load", "load_each", "load_text", "schema"]
