"""YAML in, stacks out: `load`, `expand_text`, `schema`."""

from .load import load

__all__ = ["load"]
