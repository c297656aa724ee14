"""The version of elbplan. It stands alone, because every room may name it."""

__version__ = "0.1.0"
