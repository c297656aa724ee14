"""Creates in the simulator the secrets that the logins of a stack name. Their values stand for the real ones."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..core.simulate import State
from ..kinds.aws.leading_actions import oidc_of
from ..kinds.aws.secret_references import SecretReference
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from .fake_aws import Fixtures

VALUE = "rehearsal"


def create_secrets(simulator: Fixtures, region: str, states: Iterable[State]) -> None:
    """Creates every parameter and every secret, with all keys. An environment variable must be set."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for reference in {reference for state in states for reference in _references(state)}:
        if reference.store == "ssm":
            simulator.create_fixture("parameter", reference.name, region, value=VALUE)
        elif reference.store == "secretsmanager":
            keys[reference.name] |= {reference.key} - {""}
    for name, of_secret in keys.items():
        value = json.dumps(dict.fromkeys(sorted(of_secret), VALUE)) if of_secret else VALUE
        simulator.create_fixture("secret", name, region, value=value)


def _references(state: State) -> Iterator[SecretReference]:
    for resource in state.values():
        login = oidc_of(resource.leading_actions) if isinstance(resource, Listener | Rule) else None
        if login is not None and login.client_secret is not None:
            yield SecretReference.parse(login.client_secret)
