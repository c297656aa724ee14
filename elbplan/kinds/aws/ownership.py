"""The ownership tags: the create call writes them, and elbplan recognises its resources by them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.address import Address
from ...core.call import Call, WriteProgram
from ...core.kind import Owner

STACK = "elbplan:stack"
ADDRESS = "elbplan:address"
TAG_NAMES = "elbplan:tags"
"""Begins the tags that list the keys of the user's tags.

So elbplan removes a tag that is no longer in the spec, and leaves a tag that somebody else added.
"""

OWN = "elbplan:"

EXPIRES = "elbplan:expires"
"""The tag with the duration or the moment of `expires:` in the spec."""


def ownership(stack: str, address: Address, user: Mapping[str, str]) -> dict[str, str]:
    """The tags that the create call of a resource writes."""
    return {**user, STACK: stack, ADDRESS: f"{address.kind}.{address.name}", **user_tag_names(user)}


TAG_VALUE = 256
"""The largest number of characters in a tag's value."""


def pack(name: str, words: Iterable[str], number: str = "-") -> dict[str, str]:
    """Packs words into as few tags as possible. The second tag is called `NAME-2`. Without words there is no tag."""
    tags: dict[str, str] = {}
    key = name
    for word in words:
        if len(f"{tags.get(key, '')} {word}") > TAG_VALUE:
            key = f"{name}{number}{len(tags) + 1}"
        tags[key] = f"{tags.get(key, '')} {word}".strip()
    return tags


def unpack(name: str, tags: Mapping[str, str]) -> tuple[str, ...]:
    """The words that `pack` wrote under this name."""
    return tuple(word for key in sorted(tags) if key.startswith(name) for word in tags[key].split())


def user_tag_names(user: Mapping[str, str]) -> dict[str, str]:
    """The tags that list the keys of the user's tags: as words, or as digests if the words do not fit into one tag.

    AWS allows 50 tags. The keys of 45 tags can need 23 tags as words, and one as digests.
    """
    words = [_word(key) for key in sorted(user)]
    if len(" ".join(words)) <= TAG_VALUE:
        return pack(TAG_NAMES, words)
    return pack(TAG_NAMES, [DIGESTS, *map(_digest, sorted(user))])


DIGESTS = "="
"""The first word of a list of digests. No key becomes this word."""


def _digest(key: str) -> str:
    """Four characters for a key: with 45 keys, some 1 of 20,000 other tags has a digest of the list."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest())[:4].decode().lower()


def _word(key: str) -> str:
    """A key as one word, in characters that every service accepts in a tag: `cost=20centre`."""
    return re.sub(r"[^\w.:/+@-]", lambda found: "".join(f"={byte:02X}" for byte in found.group().encode()), key)


def _key(word: str) -> str:
    """The key that `_word` encoded."""
    return re.sub(
        r"(?:=[0-9A-F]{2})+", lambda found: bytes.fromhex(found.group().replace("=", "")).decode(errors="replace"), word
    )


def owner(tags: Mapping[str, str], kind: str, stacks: Iterable[str]) -> tuple[str, Address] | None:
    """The stack and address in these tags; None unless the stack is one of `stacks` and the kind is `kind`."""
    try:
        address = Address.parse(tags.get(ADDRESS, ""))
    except ValueError:
        return None
    stack = tags.get(STACK, "")
    return (stack, address) if stack in set(stacks) and address.kind == kind else None


def owner_in_tags(tags: Mapping[str, str]) -> Owner | None:
    """The elbplan stack in these tags, any stack, with its address of the resource; None without ownership tags."""
    stack, address = tags.get(STACK, ""), tags.get(ADDRESS, "")
    return Owner(stack, address) if stack and address else None


def owners_by_id(tags: Mapping[str, Mapping[str, str]]) -> dict[str, Owner]:
    """The owner of each resource, by AWS id. Resources without an owner are left out."""
    return {id: stack for id, own in tags.items() if (stack := owner_in_tags(own))}


def user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The user's own tags."""
    words = unpack(TAG_NAMES, tags)
    if words[:1] == (DIGESTS,):
        return {key: tags[key] for key in tags if _may_be_listed(key) and _digest(key) in words}
    return {key: tags[key] for key in map(_key, words) if key in tags}


def _may_be_listed(key: str) -> bool:
    """True for a user's key, and for the tag that a spec gives with `expires:`."""
    return key == EXPIRES or not key.startswith(OWN)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS writes them: a list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def tag_mapping(raw: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's tags as a mapping."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw or ()}


def retag(service: str, id: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """Changes the user's tags; never the ownership tags.

    It removes a tag before it removes the key from the list of keys, so that a killed run leaves no unlisted tag.
    """
    gone = sorted(set(before) - set(after))
    unused_lists = sorted(set(user_tag_names(before)) - set(user_tag_names(after)))
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if not after and (gone or unused_lists):
        yield _remove(service, id, [*gone, *unused_lists])
        return {}
    if gone:
        yield _remove(service, id, gone)
    if new or gone:
        yield _add(service, id, new | user_tag_names(after))
    if unused_lists:
        yield _remove(service, id, unused_lists)
    return {}


def _add(service: str, id: str, tags: Mapping[str, str]) -> Call:
    if service == "ec2":
        return Call("ec2", "CreateTags", {"Resources": [id], "Tags": tag_list(tags)})
    if service == "acm":
        return Call("acm", "AddTagsToCertificate", {"CertificateArn": id, "Tags": tag_list(tags)})
    return Call(service, "AddTags", {"ResourceArns": [id], "Tags": tag_list(tags)})


def _remove(service: str, id: str, keys: Sequence[str]) -> Call:
    if service == "ec2":
        return Call("ec2", "DeleteTags", {"Resources": [id], "Tags": [{"Key": key} for key in keys]})
    if service == "acm":
        params: dict[str, Any] = {"CertificateArn": id, "Tags": [{"Key": key} for key in keys]}
        return Call("acm", "RemoveTagsFromCertificate", params)
    return Call(service, "RemoveTags", {"ResourceArns": [id], "TagKeys": list(keys)})


def tag(id: str, tags: Mapping[str, str]) -> Call:
    """The call that writes tags on the resource with this id or ARN."""
    return _add(_service(id), id, tags)


def untag(id: str, keys: Sequence[str]) -> Call:
    """The call that removes these tags. AWS accepts a key that the resource does not have."""
    return _remove(_service(id), id, keys)


def _service(id: str) -> str:
    """The service of an id: ELB and ACM have ARNs, EC2 has short ids. Raises ValueError for what has other calls."""
    if SHORT_ID.fullmatch(id):
        return "ec2"
    services = {"elasticloadbalancing": "elbv2", "acm": "acm"}
    part = id.split(":")[2] if id.startswith("arn:") else ""
    if part not in services:
        raise ValueError(f"{id} is of no service whose tags these calls write")
    return services[part]


SHORT_ID = re.compile(r"[a-z]+-[0-9a-f]+")
"""An id of EC2: `sg-0a1b2c3d`. A zone is `Z0123`, a health check or protection has a UUID, a bucket has a name."""


def specification(resource: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """The parameter `TagSpecifications` of EC2's create calls."""
    return [{"ResourceType": resource, "Tags": tag_list(tags)}]
