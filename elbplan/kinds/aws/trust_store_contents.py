"""What a trust store was made of. AWS never returns where its files are, so the trust store's tags have it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TrustStore.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTrustStoreRevocation.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .ownership import TAG_VALUE, pack, unpack

LOCATION = re.compile(
    r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.{1,1024}?)(?:\?versionId=([^?\s]{1,1024}))?", re.ASCII
)
BUNDLE = "elbplan:bundle"
REVOCATIONS = "elbplan:revocations"
ADDING = "elbplan:adding"
"""The revocation list that a run is about to add. A killed run does not know AWS's number of it."""

FORBIDDEN = re.compile(r"[^\w.:/=+@-]", re.ASCII)
"""Characters of a location that a word in a tag cannot have, or that differ between services."""

LONGEST_WORD = TAG_VALUE - 24
"""A word of the list of revocations begins with AWS's number of the list."""


def s3_params(location: str, bucket: str, key: str, version: str) -> dict[str, Any]:
    """The parameters for an S3 object; `bucket`, `key` and `version` are their names."""
    found = LOCATION.fullmatch(location)
    assert found is not None
    return {bucket: found[1], key: found[2]} | ({version: found[3]} if found[3] else {})


def bundle_params(location: str) -> dict[str, Any]:
    """The parameters for the CA certificates."""
    name = "CaCertificatesBundleS3"
    return s3_params(location, f"{name}Bucket", f"{name}Key", f"{name}ObjectVersion")


def revocation_params(location: str) -> dict[str, Any]:
    """The parameter for one revocation list. AWS has one type."""
    return {**s3_params(location, "S3Bucket", "S3Key", "S3ObjectVersion"), "RevocationType": "CRL"}


def word_of(location: str) -> str:
    """The location as a word in a tag: itself, or a digest if it is too long or has characters that tags cannot have.

    The `?` before the version of an object becomes `@`.
    """
    word = location.replace("?versionId=", "@versionId=")
    if len(word) <= LONGEST_WORD and not FORBIDDEN.search(word):
        return word
    return f"sha256:{hashlib.sha256(location.encode()).hexdigest()[:40]}"


def location_of(word: str) -> str:
    """The location that `word_of` turned into a word; the digest where that is all that the tag has."""
    return word.replace("@versionId=", "?versionId=")


def as_remembered(location: str) -> str:
    """The location as a live trust store has it."""
    return location_of(word_of(location))


def content_tags(bundle: str, revocations: Mapping[str, str], adding: str = "") -> dict[str, str]:
    """The tags of a trust store with this bundle, and with these revocation lists, by AWS's number.

    `adding` is the location of the list that the next call adds.
    """
    words = [f"{number}={word_of(location)}" for number, location in sorted(revocations.items())]
    added = {ADDING: word_of(adding)} if adding else {}
    return {BUNDLE: word_of(bundle)} | pack(REVOCATIONS, words) | added


def content_tags_in(tags: Mapping[str, str]) -> dict[str, str]:
    """Those of a trust store's tags that `content_tags` can write."""
    return {key: value for key, value in tags.items() if key.startswith((BUNDLE, REVOCATIONS, ADDING))}


def bundle_in(tags: Mapping[str, str]) -> str:
    """The location of the bundle in these tags; empty if they have none."""
    return location_of(tags.get(BUNDLE, ""))


def revocations_in(tags: Mapping[str, str], numbers: Iterable[str]) -> dict[str, str]:
    """By AWS's number, the location of each revocation list that the trust store has.

    The first list without an entry in the tags is the one that a killed run added. Any other, and a second one of the
    same location, has a text that no spec can have: so the plan removes it.
    """
    pairs = (word.partition("=") for word in unpack(REVOCATIONS, tags))
    known = {number: location_of(word) for number, _, word in pairs}
    adding = location_of(tags.get(ADDING, ""))
    found: dict[str, str] = {}
    for number in sorted(numbers, key=int):
        location = known.get(number, adding if adding not in known.values() else "")
        found[number] = location if location and location not in found.values() else f"revocation list {number}"
    return found
