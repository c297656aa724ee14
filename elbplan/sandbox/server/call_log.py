"""The log of all calls, in order."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

READS = ("Describe", "Get", "List", "Lookup", "Search", "Check", "Head", "AssumeRole", "Test")


def is_write(action: str) -> bool:
    """Returns whether an action may change something: every action whose name is not that of a read."""
    return not action.startswith(READS)


@dataclass
class LoggedCall:
    """One request: its service, action and parameters, and its outcome ("ok", AWS's error code, "lost")."""

    service: str
    action: str
    region: str
    params: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    number: int = 0
    write: int = 0
    """The number of this write, counted from 1 since the last reset; 0 for a read."""
    at: float = 0.0
    key: str = ""
    """The access key id that signed the request."""

    needs: list[dict[str, Any]] = field(default_factory=list)
    """What IAM checked, if the caller has policies: action, resource and condition keys."""

    @property
    def actions(self) -> list[str]:
        """The IAM actions that the call needs."""
        return sorted({need["action"] for need in self.needs})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class CallLog:
    def __init__(self) -> None:
        self.entries: list[LoggedCall] = []
        self._writes = 0

    def add(self, call: LoggedCall) -> None:
        call.number = len(self.entries) + 1
        if is_write(call.action):
            self._writes += 1
            call.write = self._writes
        self.entries.append(call)

    @property
    def last_write(self) -> int:
        return self._writes

    def clear(self) -> None:
        self.entries = []
        self._writes = 0


SECRETS = ("ClientSecret", "SecretString", "SecretBinary", "PrivateKey")
HIDDEN = "(hidden)"


def forget_secrets(call: LoggedCall) -> None:
    """Replaces the secrets in a call that was answered: the log is shown, and AWS keeps no client secret in its own."""
    call.params = _without_secrets(call.params)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    secrets = (*SECRETS, "Value") if value.get("Type") == "SecureString" else SECRETS
    return {key: HIDDEN if key in secrets else _without_secrets(item) for key, item in value.items()}


def counts(calls: list[LoggedCall]) -> Counter[str]:
    return Counter(call.action for call in calls)


def writes(calls: list[LoggedCall]) -> list[LoggedCall]:
    return [call for call in calls if call.write]
