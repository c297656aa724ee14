"""A sandbox in this process, for tests."""

import itertools
import json
import threading
from types import TracebackType
from typing import Any, Self

from .account import ACCOUNT_ID, Account
from .admin.client import BoxClient
from .admin.verbs import Controls
from .clock import SandboxClock
from .server.http import SandboxServer
from .timing import Drain, Timing

_accounts_in_use: set[str] = set()
_lock = threading.Lock()


def _take_account() -> str:
    """moto keeps one account per account in a process: two boxes at once need two accounts."""
    with _lock:
        free = (str(int(ACCOUNT_ID) + number) for number in itertools.count())
        account = next(one for one in free if one not in _accounts_in_use)
        _accounts_in_use.add(account)
        return account


class Box(BoxClient):
    """A sandbox with a server on a free port of this machine, from `with` to its end.

    `slow` scales all that takes AWS time; with `virtual` time moves only by `advance` (and a hair per call);
    `drain="real"` makes draining last as long as the target group says.
    """

    def __init__(self, slow: float = 0.0, *, virtual: bool = False, drain: Drain = "short", port: int = 0) -> None:
        super().__init__()
        self.account = Account(id=_take_account(), clock=SandboxClock(virtual), timing=Timing(slow=slow, drain=drain))
        self.server = SandboxServer(self.account, port)
        self.url = self.server.url
        self.account_id = self.account.id

    def __enter__(self) -> Self:
        self.account.reset()
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.server.stop()
        self.account.reset()
        _accounts_in_use.discard(self.account_id)

    def ask(self, verb: str, **given: Any) -> Any:
        with self.server.engine.lock:
            self.account.wake()
            result = getattr(Controls(self.account), verb)(**given)
            return json.loads(json.dumps(result, default=str))
