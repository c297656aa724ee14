"""What is ours: the tags that the create call itself writes, and how they are read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.address import Address
from ...core.call import Call, WriteProgram
from ...core.kind import Owner

STACK = "elbplan:stack"
ADDRESS = "elbplan:address"
KEYS = "elbplan:tags"
"""Begins the tags that name the user's own: so a tag dropped from the spec goes, and a stranger's tag stays."""

OWN = "elbplan:"


def ownership(stack: str, address: Address, user: Mapping[str, str]) -> dict[str, str]:
    """All tags a resource of this stack gets in its create call."""
    return {**user, STACK: stack, ADDRESS: f"{address.kind}.{address.name}", **user_tag_names(user)}


TAG_VALUE = 256
"""A tag's value takes no more characters."""


def pack(name: str, words: Iterable[str], number: str = "-") -> dict[str, str]:
    """Words as tags, as many to a tag as its value holds; the second tag is called `NAME-2`. No words, no tags."""
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
    """The tags that remember which tags are the user's."""
    return pack(KEYS, map(_word, sorted(user)))


def _word(key: str) -> str:
    """A key as one word of characters that every service takes in a tag: `cost=20centre`."""
    return re.sub(r"[^\w.:/+@-]", lambda found: "".join(f"={byte:02X}" for byte in found.group().encode()), key)


def _key(word: str) -> str:
    """The key that `_word` wrote."""
    return re.sub(
        r"(?:=[0-9A-F]{2})+", lambda found: bytes.fromhex(found.group().replace("=", "")).decode(errors="replace"), word
    )


def owner(tags: Mapping[str, str], kind: str, stacks: Iterable[str]) -> tuple[str, Address] | None:
    """The stack and address that these tags name, if it is one of ours and of this kind."""
    try:
        address = Address.parse(tags.get(ADDRESS, ""))
    except ValueError:
        return None
    stack = tags.get(STACK, "")
    return (stack, address) if stack in set(stacks) and address.kind == kind else None


def maker(tags: Mapping[str, str]) -> Owner | None:
    """Whichever elbplan stack these tags name, with its word for the resource."""
    stack, address = tags.get(STACK, ""), tags.get(ADDRESS, "")
    return Owner(stack, address) if stack and address else None


def makers(tags: Mapping[str, Mapping[str, str]]) -> dict[str, Owner]:
    """The same for many, by AWS id; those that no stack made are left out."""
    return {id: made for id, own in tags.items() if (made := maker(own))}


def users(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that the spec had set."""
    return {key: tags[key] for key in map(_key, unpack(KEYS, tags)) if key in tags}


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in AWS's words."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def unpair(raw: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's tags as a mapping."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw or ()}


def retag(service: str, id: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """The calls that bring the user's tags from one state to another; ownership tags are never touched.

    A tag is forgotten only after it is gone, so that a run that dies in between leaves no tag that nobody remembers.
    """
    gone = sorted(set(before) - set(after))
    spare = sorted(set(user_tag_names(before)) - set(user_tag_names(after)))
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if not after and (gone or spare):
        yield _remove(service, id, [*gone, *spare])
        return {}
    if gone:
        yield _remove(service, id, gone)
    if new or gone:
        yield _add(service, id, new | user_tag_names(after))
    if spare:
        yield _remove(service, id, spare)
    return {}


def _add(service: str, id: str, tags: Mapping[str, str]) -> Call:
    if service == "ec2":
        return Call("ec2", "CreateTags", {"Resources": [id], "Tags": pairs(tags)})
    if service == "acm":
        return Call("acm", "AddTagsToCertificate", {"CertificateArn": id, "Tags": pairs(tags)})
    return Call(service, "AddTags", {"ResourceArns": [id], "Tags": pairs(tags)})


def _remove(service: str, id: str, keys: Sequence[str]) -> Call:
    if service == "ec2":
        return Call("ec2", "DeleteTags", {"Resources": [id], "Tags": [{"Key": key} for key in keys]})
    if service == "acm":
        params: dict[str, Any] = {"CertificateArn": id, "Tags": [{"Key": key} for key in keys]}
        return Call("acm", "RemoveTagsFromCertificate", params)
    return Call(service, "RemoveTags", {"ResourceArns": [id], "TagKeys": list(keys)})


def tag(id: str, tags: Mapping[str, str]) -> Call:
    """The call that writes tags on whatever has this id or ARN."""
    return _add(_service(id), id, tags)


def untag(id: str, keys: Sequence[str]) -> Call:
    """The call that takes these tags away; one that is not there is no problem for AWS."""
    return _remove(_service(id), id, keys)


def _service(id: str) -> str:
    """Whose id it is: ELB and ACM have ARNs, EC2 has short ids."""
    part = id.split(":")[2] if id.startswith("arn:") else ""
    return {"elasticloadbalancing": "elbv2", "acm": "acm"}.get(part, "ec2")


def specification(resource: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """EC2's way of tagging in the create call."""
    return [{"ResourceType": resource, "Tags": pairs(tags)}]
