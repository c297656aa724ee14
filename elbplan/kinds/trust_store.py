"""A trust store: the CA certificates whose clients a listener accepts, and the certificates that are revoked."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from ..core.address import Address, Ref
from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call, ReadProgram, Tags, WriteProgram
from ..core.kind import Found, Gate, Kind, LiveResource, Phase, Scope, StepContext, fill_unset
from ..core.resource import IMMUTABLE, Resource, from_live
from .aws.adoption import with_adopted
from .aws.candidates import COUNTED, hints
from .aws.default_names import group_name_of
from .aws.denied_reads import denied_text, unless_denied
from .aws.ownership import OWN, owner, owners_by_id, retag, tag, tag_list, tag_mapping, untag, user_tags
from .aws.trust_store_contents import (
    LOCATION,
    as_remembered,
    bundle_in,
    bundle_params,
    content_tags,
    content_tags_in,
    revocation_params,
    revocations_in,
)
from .aws.trust_store_gates import GONE, active, unused
from .permissions.trust_store import PERMISSIONS

TRUST_STORES = Call("elbv2", "DescribeTrustStores")
MOST_REVOCATIONS = 30
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""


def _location(value: str) -> str:
    if not LOCATION.fullmatch(value):
        raise ValueError("should be an S3 object like s3://bucket/ca.pem or s3://bucket/ca.pem?versionId=VERSION")
    return value


S3Location = Annotated[str, AfterValidator(_location)]


class TrustStore(Resource):
    """A trust store. AWS reads the files when it gets their locations, and never again.

    So a new file at the same location has no effect until the spec names another location or version.
    """

    kind: ClassVar[str] = "trust_store"
    name: Annotated[
        str | None,
        IMMUTABLE,
        Field(max_length=32, pattern=r"^([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$", description="the name in AWS"),
    ] = None
    bundle: Annotated[S3Location, Field(description="the CA certificates: s3://bucket/key, or ...?versionId=VERSION")]
    revocations: Annotated[
        tuple[S3Location, ...], Field(max_length=MOST_REVOCATIONS, description="lists of revoked certificates (CRL)")
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Revocation lists are a set."""
        if isinstance(data, Mapping) and isinstance(data.get("revocations"), list | tuple):
            return {**data, "revocations": tuple(sorted(set(map(str, data["revocations"]))))}
        return data


def read(scope: Scope) -> ReadProgram[Found[TrustStore]]:
    """The stacks' trust stores; the names of others are in use. Asks only if the stacks can have any."""
    if not (yield from _may_have_some(scope)):
        return Found({})
    needed = scope.wants(TrustStore.kind)
    (answer,) = yield [replace(unless_denied(TRUST_STORES, needed=needed), has_fallback=not needed)]
    if answer in (DENIED_ANSWER, FAILED_ANSWER):
        return Found({}, unread=(denied_text("trust stores", TRUST_STORES),) if answer == DENIED_ANSWER else ())
    raws = {raw["TrustStoreArn"]: raw for raw in answer.get("TrustStores", [])}
    (tags,) = (yield [Tags(tuple(raws))]) if raws else [{}]
    known, adopting = with_adopted(scope, tags)
    owned = {arn: found for arn in known if (found := owner(known[arn], TrustStore.kind, scope.stacks))}
    asks = [_revocations_of(arn) for arn in owned]
    lists = (yield asks) if asks else []
    ours: dict[str, list[LiveResource[TrustStore]]] = {}
    for (arn, (stack, address)), described in zip(owned.items(), lists, strict=True):
        numbers = [str(raw["RevocationId"]) for raw in described.get("TrustStoreRevocations", [])]
        ours.setdefault(stack, []).append(_live(address, raws[arn], known[arn], numbers))
    names_in_use = {raw["Name"]: arn for arn, raw in raws.items()}
    return Found(ours, names_in_use, owners_by_id(tags), adopting=adopting)


def _may_have_some(scope: Scope) -> ReadProgram[bool]:
    """A stack without inventory never had any, since a run writes the inventory before it creates anything."""
    if scope.deep or scope.alone or scope.wants(TrustStore.kind):
        return True
    known = yield from hints(scope)
    return known is None or TrustStore.kind in known.names or any(COUNTED[TrustStore.kind] in arn for arn in known.arns)


def _revocations_of(arn: str) -> Call:
    return Call("elbv2", "DescribeTrustStoreRevocations", {"TrustStoreArn": arn}, done_if=GONE)


def _live(
    address: Address, raw: Mapping[str, Any], tags: Mapping[str, str], numbers: Sequence[str]
) -> LiveResource[TrustStore]:
    revocations = revocations_in(tags, numbers)
    fields = {
        "tags": user_tags(tags),
        "name": raw["Name"],
        "bundle": bundle_in(tags),
        "revocations": tuple(revocations.values()),
    }
    facts = {"name": raw["Name"], "state": raw.get("Status") or "ACTIVE", "revocations": json.dumps(revocations)}
    facts["contents"] = json.dumps(content_tags_in(tags))
    return LiveResource(address, raw["TrustStoreArn"], from_live(TrustStore, fields), facts)


def with_live_defaults(desired: TrustStore, live: TrustStore) -> TrustStore:
    """Where the tags have only a digest of a location, the desired location with this digest is the same."""
    digests = {as_remembered(location): location for location in (desired.bundle, *desired.revocations)}
    same = {location for location in (live.bundle, *live.revocations) if location in digests}
    if all(digest == location for digest, location in digests.items()):
        return fill_unset(desired, live)
    texts = {location: digest for digest, location in digests.items() if digest in same}
    revocations = tuple(sorted(texts.get(location, location) for location in desired.revocations))
    contents = {"bundle": texts.get(desired.bundle, desired.bundle), "revocations": revocations}
    return fill_unset(desired, live).model_copy(update=contents)


def create_path(new: TrustStore, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, TrustStore]]:
    """Creates the trust store; then, when it is active, adds the revocation lists."""
    first = new.model_copy(update={"revocations": ()})
    return [("expand", first), ("expand", new)] if new.revocations else [("expand", new)]


def create(new: TrustStore, context: StepContext) -> WriteProgram:
    """One call with the tags, which also have the location of the bundle."""
    contents = content_tags(new.bundle, {})
    tags = tag_list(context.tags(new) | contents)
    params = {"Name": context.name, **bundle_params(new.bundle), "Tags": tags}
    answer = yield Call("elbv2", "CreateTrustStore", params, no_retry=True)
    raw = answer["TrustStores"][0]
    facts = {"state": raw.get("Status") or "ACTIVE", "contents": json.dumps(contents)}
    return {"id": raw["TrustStoreArn"], "name": context.name, **facts}


def update(before: TrustStore, after: TrustStore, context: StepContext) -> WriteProgram:
    """Replaces the bundle, adds revocation lists, then removes those that the spec no longer has.

    The tag of a bundle comes after its call: a killed run repeats the call, which harms nobody. The tag of a list comes
    before its call, so that a killed run does not add it twice.
    """
    arn = context.id(context.address)
    lists: dict[str, str] = json.loads(context.fact(context.address, "revocations") or "{}")
    tags: dict[str, str] = json.loads(context.fact(context.address, "contents") or "{}")
    if before.bundle != after.bundle:
        yield Call("elbv2", "ModifyTrustStore", {"TrustStoreArn": arn, **bundle_params(after.bundle)})
    for location in sorted(set(after.revocations) - set(before.revocations)):
        tags = yield from change_content_tags(arn, tags, content_tags(after.bundle, lists, location))
        params = {"TrustStoreArn": arn, "RevocationContents": [revocation_params(location)]}
        answer = yield Call("elbv2", "AddTrustStoreRevocations", params, retry_on=GONE, timeout=60, no_retry=True)
        lists[str(answer["TrustStoreRevocations"][0]["RevocationId"])] = location
    wanted = {*after.revocations, *map(as_remembered, after.revocations)}
    if gone := [number for number, location in lists.items() if location not in wanted]:
        removed = {"TrustStoreArn": arn, "RevocationIds": [int(number) for number in gone]}
        yield Call("elbv2", "RemoveTrustStoreRevocations", removed, done_if=("RevocationIdNotFound",))
    lists = {number: location for number, location in lists.items() if number not in gone}
    tags = yield from change_content_tags(arn, tags, content_tags(after.bundle, lists))
    yield from retag("elbv2", arn, before.tags, after.tags)
    return {"revocations": json.dumps(lists), "contents": json.dumps(tags)}


def change_content_tags(
    arn: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Generator[Call, Answer, dict[str, str]]:
    """Changes the tags about the contents. Returns those that the trust store has then."""
    if new := {key: value for key, value in after.items() if before.get(key) != value}:
        yield tag(arn, new)
    if gone := sorted(set(before) - set(after)):
        yield untag(arn, gone)
    return dict(after)


def release(_: TrustStore, context: StepContext) -> WriteProgram:
    """Removes every tag of elbplan, with those that name the files; the trust store serves as before."""
    id = context.id(context.address)
    answer = yield Call("elbv2", "DescribeTags", {"ResourceArns": [id]})
    tags = tag_mapping([pair for each in answer["TagDescriptions"] for pair in each.get("Tags") or ()])
    yield untag(id, sorted(key for key in tags if key.startswith(OWN)))
    return {}


def delete(_: TrustStore, context: StepContext) -> WriteProgram:
    """Deletes the trust store. A listener that no longer uses it may hold it for some seconds."""
    assert context.live is not None
    arn = context.live.id
    yield Call(
        "elbv2",
        "DeleteTrustStore",
        {"TrustStoreArn": arn},
        done_if=GONE,
        retry_on=("TrustStoreInUse",),
        timeout=300,
        probe=partial(unused, arn, context.stack),
    )
    return {}


def summary(store: TrustStore) -> str:
    """`CA certificates in s3://bucket/ca.pem (version 3sL4kqtJ), 1 revocation list`"""
    place, _, version = str(store.bundle).partition("?versionId=")
    count = len(store.revocations)
    lists = f", {count} revocation list{'s' if count > 1 else ''}" if count else ""
    return f"CA certificates in {place}{f' (version {version})' if version else ''}{lists}"


KIND = Kind(
    model=TrustStore,
    read=read,
    create=create,
    release=release,
    update=update,
    delete=delete,
    create_path=create_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    default_name=lambda stack, address, _: group_name_of(stack, address),
    pending_gate=lambda live: "active" if live.facts.get("state") == "CREATING" else "",
    gates=(Gate("active", "the trust store is active", 300, active, usual="< 1 min"),),
    permissions=PERMISSIONS,
)
