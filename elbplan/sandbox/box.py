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
from .server import direct
from .server.http import SandboxServer
from .timing import Drain, Timing

_accounts_in_use: set[str] = set()
_lock = threading.Lock()


def _take_account() -> str:
    """Returns an unused account id: moto keeps its state per account and process, so each box needs its own."""
    with _lock:
        ids = (str(int(ACCOUNT_ID) + number) for number in itertools.count())
        account_id = next(id for id in ids if id not in _accounts_in_use)
        _accounts_in_use.add(account_id)
        return account_id


class Box(BoxClient):
    """A sandbox with a server on a free port of this machine, for the length of a `with` block.

    `slow` scales everything that takes time in AWS. With `virtual`, time moves only by `advance` (and a millisecond
    with every call). With `drain="real"`, draining lasts as long as the target group's attribute says.
    """

    session_kind = direct.DirectSession
    """The class of botocore's sessions that ask this sandbox without sockets."""

    def __init__(self, slow: float = 0.0, *, virtual: bool = False, drain: Drain = "short", port: int = 0) -> None:
        super().__init__()
        self._first = (slow, drain)
        self.account = Account(id=_take_account(), clock=SandboxClock(virtual), timing=Timing(slow, drain))
        self.server = SandboxServer(self.account, port)
        self.url = self.server.url
        self.account_id = self.account.id

    def __enter__(self) -> Self:
        self.account.reset()
        self.server.start()
        direct.register(self.url, self.server.engine)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def renew(self) -> None:
        """Makes the sandbox as it was at its beginning: empty, and with its first time and timing."""
        with self.server.engine.lock:
            self.account.timing = Timing(*self._first)
            self.account.reset()
            self.account.clock = SandboxClock(self.account.clock.virtual)
            self.account.moment = self.account.clock.now()

    def close(self) -> None:
        direct.forget(self.url)
        self.server.stop()
        self.account.close_network()
        self.account.reset()
        _accounts_in_use.discard(self.account_id)

    def ask(self, verb: str, account: str = "", **arguments: Any) -> Any:
        with self.server.engine.lock:
            self.account.start_moment()
            result = getattr(Controls(self.account.with_id(account)), verb)(**arguments)
            return json.loads(json.dumps(result, default=str))
