"""The state of Certificate Manager."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class StoredCertificate:
    arn: str
    domain: str
    names: list[str]
    """All names, the domain first."""
    method: str
    algorithm: str
    created: datetime
    requested: float
    records_at: float
    status: str = "PENDING_VALIDATION"
    reason: str = ""
    records_found_at: float | None = None
    """The time since which every validation record exists in a public zone."""
    issued: datetime | None = None
    released: float = -1e9
    type: str = "AMAZON_ISSUED"
    options: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    body: str = ""
    chain: str = ""
    key: str = field(default="", repr=False)
    """The private key of an imported certificate."""
    not_after: datetime | None = None
    authority: str = ""
    """The ARN of the private authority that issues it."""
    mail_domains: dict[str, str] = field(default_factory=dict)
    """Where the mail for a name goes, if not to the name itself."""
    approved: set[str] = field(default_factory=set)
    """The names that somebody has approved by mail."""

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]


def bare(name: str) -> str:
    """Returns a name without its wildcard, in the form that its validation record uses."""
    return name.removeprefix("*.").lower().rstrip(".")


def record(account: str, name: str) -> dict[str, str]:
    """Returns the CNAME that validates a name. It depends on account and domain; apex and wildcard have the same.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    digest = hashlib.sha256(f"{account}/{bare(name)}".encode()).hexdigest()
    middle = "".join(chr(ord("a") + int(digit, 16)) for digit in digest[-10:])
    return {
        "Name": f"_{digest[:32]}.{bare(name)}.",
        "Type": "CNAME",
        "Value": f"_{digest[20:52]}.{middle}.acm-validations.aws.",
    }
