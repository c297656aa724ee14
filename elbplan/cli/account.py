"""Reads the account for a first spec. Without credentials or a connection, says so and goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..core.call import Answer, Call
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError
from ..starter.facts import AccountFacts
from ..starter.questions import Ask, region_question
from ..starter.read import read_account
from .connect import SANDBOX_REGION, Connections
from .context import App
from .reading import reading

IDENTITY = Call("sts", "GetCallerIdentity")


@dataclass(frozen=True)
class Account:
    """The facts of an account, and what sends further calls; `problem` says why there is none."""

    facts: AccountFacts
    send: Callable[[Call], Answer]
    problem: ElbplanError | None = None


def account_of(app: App, ask: Ask) -> Account:
    """Returns the account. Asks for the region if none is configured. Raises ElbplanError for a wrong --profile."""
    try:
        connections = Connections(app, ())
        region = app.options.region or (SANDBOX_REGION if app.options.sandbox else connections.default_region())
    except AwsProblem as problem:
        if app.options.profile:
            raise
        return _unknown(app.options.region or ask(region_question(SANDBOX_REGION)), problem)
    region = region or ask(region_question(SANDBOX_REGION))
    region = connections.region(Stack("", region, {}))
    try:
        with reading(app, [Stack("the account", region, {})], region):
            cloud = connections.reach(connections.place_in(region))
            account = str(cloud.send(IDENTITY)["Account"])
            return Account(read_account(cloud.send, region, account), cloud.send)
    except AwsProblem as problem:
        return _unknown(region, problem)


def _unknown(region: str, problem: ElbplanError) -> Account:
    return Account(AccountFacts(region), lambda call: {}, problem)
