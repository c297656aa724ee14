"""What the knob specs send: each is applied, changed and destroyed in a sandbox, and its calls are written down."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from elbplan.sandbox.server.call_log import is_write

from ..direct import direct_session
from .models import Operation, sent_members

FOLDER = Path(__file__).parent
SPECS = sorted(path.name.removesuffix(".yaml") for path in FOLDER.glob("*.yaml") if path.name.count(".") == 1)
LATER = (".then", ".last")
OWN = ("ssm", "sts")
"""The services in which elbplan keeps its lock and run records, and where it asks who it is."""

ENDINGS = re.compile(r"^(Delete|Remove|Deregister|Disassociate|Detach|Release|Revoke|Terminate|Stop|Untag)")


def versions(name: str, words: Mapping[str, str]) -> Iterator[str]:
    """The texts of a knob spec, in order, with these words replaced."""
    for part in ("", *LATER):
        path = FOLDER / f"{name}{part}.yaml"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            yield functools.reduce(lambda text, word: text.replace(word, words[word]), words, text)


class Recorder:
    """A session of boto3 that writes down the members of every call that creates or changes something."""

    def __init__(self) -> None:
        self.sent: dict[Operation, set[str]] = defaultdict(set)
        self.session = direct_session("test", "test")
        self.session.events.register("provide-client-params.*.*", self._record)

    def _record(self, params: Any, model: Any, **_: Any) -> None:
        service, operation = model.service_model.service_name, model.name
        if service not in OWN and is_write(operation) and not ENDINGS.match(operation):
            self.sent[service, operation] |= sent_members((service, operation), params)
