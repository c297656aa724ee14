"""A live run of another user."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore


@contextlib.contextmanager
def live_run(store: RunStore, record: RunRecord) -> Iterator[RunRecord]:
    """Creates the record and renews it until the context ends."""
    store.create(record)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(0.05):
            store.write(replace(record, renewed=time.time()))

    thread = threading.Thread(target=renew)
    thread.start()
    try:
        yield record
    finally:
        ended.set()
        thread.join()
