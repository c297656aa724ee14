"""Environment variables, which programs read with a call as everything else. The call never leaves the process."""

from __future__ import annotations

from collections.abc import Mapping

from .call import Answer, Call

SERVICE = "environment"


def read_variable(name: str) -> Call:
    """The read of a variable. Its answer is for `value_in`."""
    return Call(SERVICE, "GetVariable", {"Name": name})


def value_in(answer: Answer) -> str:
    """The value of the variable; empty if it is not set."""
    return str(answer.get("Value") or "")


def answered(call: Call, environ: Mapping[str, str]) -> Answer | None:
    """The answer to a read of a variable; None for a call to AWS."""
    return {"Value": environ.get(call.params["Name"])} if call.service == SERVICE else None
