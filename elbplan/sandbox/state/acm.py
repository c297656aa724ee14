"""What Certificate Manager keeps."""

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
    """Since when every validation record has been seen in a public zone."""
    issued: datetime | None = None
    released: float = -1e9
    type: str = "AMAZON_ISSUED"
    options: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    body: str = ""
    chain: str = ""
    not_after: datetime | None = None

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]


def bare(name: str) -> str:
    """A name without its wildcard: what its validation record is made of."""
    return name.removeprefix("*.").lower().rstrip(".")


def record(account: str, name: str) -> dict[str, str]:
    """The CNAME that proves a name: fixed by account and domain, the same for apex and wildcard.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    seed = hashlib.sha256(f"{account}/{bare(name)}".encode()).hexdigest()
    middle = "".join(chr(ord("a") + int(digit, 16)) for digit in seed[-10:])
    return {
        "Name": f"_{seed[:32]}.{bare(name)}.",
        "Type": "CNAME",
        "Value": f"_{seed[20:52]}.{middle}.acm-validations.aws.",
    }
