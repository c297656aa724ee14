"""Which accounts of the specs a command for a whole account does not read."""

from __future__ import annotations

from elbplan.core.identity import Identity
from elbplan.core.stack import Stack
from elbplan.leftovers.other_accounts import other_accounts

OWN, PROD = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{PROD}:role/deploy"


def stack(name: str, profile: str = "", role: str = "", account: str = "") -> Stack:
    return Stack(name, None, {}, identity=Identity(profile, role), account=account)


def texts(*specs: Stack, profile: str = "default", chosen: bool = False) -> dict[str, tuple[str, ...]]:
    return {other.text: other.stacks for other in other_accounts(specs, [profile], chosen, OWN)}


def test_specs_without_credentials_of_their_own_are_read() -> None:
    assert texts(stack("web"), stack("api", account=OWN), stack("db", role=ROLE.replace(PROD, OWN))) == {}


def test_each_other_account_is_named_once() -> None:
    specs = [stack("a", "staging"), stack("b", "staging"), stack("c", role=ROLE), stack("d", account=PROD)]
    assert texts(*specs) == {
        "profile staging": ("a", "b"),
        f"role {ROLE}": ("c",),
        f"account {PROD}": ("d",),
    }


def test_the_profile_that_was_used_is_read() -> None:
    assert texts(stack("a", "staging"), profile="staging") == {}
    assert texts(stack("a", "staging"), profile="prod", chosen=True) == {}, "--profile counts for every spec"
    assert list(texts(stack("a", "staging", ROLE), profile="staging", chosen=True)) == [f"role {ROLE}"]
