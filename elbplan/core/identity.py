"""Where a stack is, and whose credentials elbplan uses there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Identity:
    """The credentials of a stack. Without any value they are those that every AWS tool finds.

    profile      a profile of the AWS configuration
    role         the ARN of an IAM role, which elbplan assumes with the credentials of the profile
    external_id  the external id that the trust policy of the role may require
    """

    profile: str = ""
    role: str = ""
    external_id: str = field(default="", repr=False)

    @property
    def role_account(self) -> str:
        """The account of the role, to which its credentials belong. Empty without a role."""
        return self.role.split(":")[4] if self.role else ""


OF_THE_ENVIRONMENT = Identity()
"""The credentials that every AWS tool finds."""


@dataclass(frozen=True)
class Place:
    """A region as some credentials reach it: stacks with the same place are read together.

    account   the account of the local AWS simulator; empty: its default account
    """

    region: str
    identity: Identity = OF_THE_ENVIRONMENT
    account: str = ""
