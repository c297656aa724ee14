"""The state of S3: the buckets of one account."""

from dataclasses import dataclass, field
from typing import Any

from ..tags import Tags


@dataclass
class StoredBucket:
    """A bucket. `settings` has what the Put calls wrote, by name: policy, public access, encryption, lifecycle.

    objects  the keys of its objects
    """

    name: str
    region: str
    tags: Tags = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)
