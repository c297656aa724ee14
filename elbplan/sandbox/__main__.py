"""python -m elbplan.sandbox: a sandbox as a process of its own, until it is stopped."""

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .admin.state_file import DaemonEntry, read, write

if TYPE_CHECKING:
    from .box import Box

MOTO_MISSING = 3
LOOK_EVERY = 2.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m elbplan.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0, help="seconds a load balancer takes to become active")
    parser.add_argument("--drain", choices=("short", "real"), default="short")
    parser.add_argument("--virtual", action="store_true", help="time moves only when told to")
    parser.add_argument("--ready-file", help="written, with url and pid, once calls are answered")
    parser.add_argument("--token-env", default="", help="name of the variable that holds the control token")
    parser.add_argument("--idle-hours", type=float, default=0.0, help="end after so many hours without a call")
    return parser.parse_args()


def _end_when_idle(box: "Box", hours: float) -> None:
    """Nobody has to remember to stop it."""

    def look() -> None:
        while time.monotonic() - box.server.engine.used < hours * 3600:
            time.sleep(60)
        os._exit(0)

    threading.Thread(target=look, daemon=True).start()


def _end_when_forgotten(note: Path) -> None:
    """Who starts or stops a sandbox finds it by its note. Without the note nobody would ever end this one."""

    def look() -> None:
        while (entry := read(note)) and entry.pid == os.getpid():
            time.sleep(LOOK_EVERY)
        os._exit(0)

    threading.Thread(target=look, daemon=True).start()


def main() -> int:
    given = _arguments()
    try:
        from .admin import api as control
        from .box import Box
    except ImportError as missing:
        print(missing, file=sys.stderr)
        return MOTO_MISSING
    control.TOKEN["value"] = os.environ.pop(given.token_env, "") if given.token_env else ""
    box = Box(given.slow, virtual=given.virtual, drain=given.drain, port=given.port)
    box.account.reset()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print(box.url, flush=True)
    if given.idle_hours:
        _end_when_idle(box, given.idle_hours)
    if given.ready_file:
        write(given.ready_file, DaemonEntry(os.getpid(), box.url, control.TOKEN["value"], given.slow))
        _end_when_forgotten(Path(given.ready_file))
    with contextlib.suppress(KeyboardInterrupt):
        box.server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
