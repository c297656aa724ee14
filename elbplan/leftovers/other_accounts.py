"""Which specs name credentials of other accounts than the one that a command for a whole account reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..core.identity import Identity
from ..core.stack import Stack


@dataclass(frozen=True)
class OtherAccount:
    """Credentials that were not used, and the names of the stacks whose specs name these.

    account   the id of the account; empty if no spec and no role has it
    """

    identity: Identity
    account: str
    stacks: tuple[str, ...]

    @property
    def text(self) -> str:
        """`profile staging`, `role arn:aws:iam::210987654321:role/deploy`, `account 210987654321`"""
        words = [("profile", self.identity.profile), ("role", self.identity.role)]
        named = ", ".join(f"{word} {value}" for word, value in words if value)
        return named or f"account {self.account}"


def other_accounts(specs: Sequence[Stack], profiles: Sequence[str], chosen: bool, account: str) -> list[OtherAccount]:
    """The accounts of specs that were not read.

    `profiles` are names of the credentials that were used, `account` is their account. `chosen`: a person named the
    profile, which then counts for every spec.
    """
    found: dict[tuple[Identity, str], list[str]] = {}
    for stack in specs:
        for key in _unread(stack, profiles, chosen, account):
            found.setdefault(key, []).append(stack.name)
    return [OtherAccount(identity, of, tuple(names)) for (identity, of), names in found.items()]


def _unread(stack: Stack, profiles: Sequence[str], chosen: bool, account: str) -> Iterator[tuple[Identity, str]]:
    of = stack.account or stack.identity.role_account
    if account and of == account:
        return
    identity = Identity("" if chosen else stack.identity.profile, stack.identity.role)
    if of or identity.role or (identity.profile and identity.profile not in profiles):
        yield identity, of
