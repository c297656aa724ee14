"""Garbage collection in the processes of the tests.

A process keeps all tests and AWS's models until its end. Python's collector would examine them again and again: a
quarter of the processor time of all tests.
"""

from __future__ import annotations

import gc

import pytest

NEW_OBJECTS = 50_000
"""The collector begins after so many new objects."""


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    gc.enable()
