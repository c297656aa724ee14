"""A run of somebody else that lives."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore


@contextlib.contextmanager
def kept_alive(ledger: RunStore, record: RunRecord) -> Iterator[RunRecord]:
    """Its record is there, and is written again and again."""
    ledger.create(record)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(0.05):
            ledger.write(replace(record, renewed=time.time()))

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield record
    finally:
        ended.set()
        thread.join()
