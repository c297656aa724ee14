"""Writes each DNS query to the log of --debug."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import dns.exception
import dns.message
import dns.name
import dns.rdatatype

from .debug_log import DebugLog
from .dns import Network


class LoggedNetwork:
    """A network whose queries are written to the log of --debug."""

    def __init__(self, network: Network, log: DebugLog, now: Callable[[], float] = time.monotonic) -> None:
        self._network, self._log, self._now = network, log, now

    def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
        with self._logged(name.to_text(), type, "the resolver of this machine"):
            return self._network.resolve(name, type, seconds)

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        (question, *_) = query.question
        with self._logged(question.name.to_text(), dns.rdatatype.to_text(question.rdtype), address):
            return self._network.ask(query, address, seconds)

    @contextlib.contextmanager
    def _logged(self, name: str, type: str, server: str) -> Iterator[None]:
        began, problem = self._now(), ""
        try:
            yield
        except (dns.exception.DNSException, OSError) as error:
            problem = error.__class__.__name__
            raise
        finally:
            seconds = round(self._now() - began, 3)
            self._log.write("dns", name=name, record=type, server=server, seconds=seconds, exception=problem)
