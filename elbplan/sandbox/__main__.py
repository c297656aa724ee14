"""python -m elbplan.sandbox: runs a sandbox in its own process until it is stopped."""

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
CHECK_SECONDS = 2.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m elbplan.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0, help="seconds a load balancer takes to become active")
    parser.add_argument("--drain", choices=("short", "real"), default="short")
    parser.add_argument("--virtual", action="store_true", help="time moves only when a test moves it")
    parser.add_argument("--ready-file", help="file that gets the URL and the process id as soon as the sandbox answers")
    parser.add_argument("--token-env", default="", help="name of the environment variable with the control token")
    parser.add_argument("--idle-hours", type=float, default=0.0, help="end after this many hours without a call")
    return parser.parse_args()


def _end_when_idle(box: "Box", hours: float) -> None:
    """Ends the process when no call has arrived for so long: nobody has to stop the sandbox."""

    def watch() -> None:
        while time.monotonic() - box.server.engine.last_used < hours * 3600:
            time.sleep(60)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _end_without_file(ready_file: Path) -> None:
    """Ends the process when its ready file is gone: `sandbox stop` finds a sandbox only by that file."""

    def watch() -> None:
        while (entry := read(ready_file)) and entry.pid == os.getpid():
            time.sleep(CHECK_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    arguments = _arguments()
    try:
        from .admin import api as control
        from .box import Box
    except ImportError as missing:
        print(missing, file=sys.stderr)
        return MOTO_MISSING
    control.TOKEN["value"] = os.environ.pop(arguments.token_env, "") if arguments.token_env else ""
    box = Box(arguments.slow, virtual=arguments.virtual, drain=arguments.drain, port=arguments.port)
    box.account.reset()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print(box.url, flush=True)
    if arguments.idle_hours:
        _end_when_idle(box, arguments.idle_hours)
    if arguments.ready_file:
        write(arguments.ready_file, DaemonEntry(os.getpid(), box.url, control.TOKEN["value"], arguments.slow))
        _end_without_file(Path(arguments.ready_file))
    with contextlib.suppress(KeyboardInterrupt):
        box.server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
