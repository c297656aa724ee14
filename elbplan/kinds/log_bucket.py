"""The S3 bucket that elbplan makes for the logs of a stack's load balancers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Scope, StepContext
from ..core.resource import Resource, from_live
from .aws import bucket_calls as s3
from .aws.bucket_settings import Settings, setting_calls, settings_of
from .aws.bucket_tags import DELETES_LOGS, LOGS_OF, bucket_owner, new_tags
from .aws.candidates import hints
from .aws.denied_reads import denied_text
from .aws.elb_reader import owned_balancers
from .aws.log_delivery import own_bucket_name, own_bucket_of
from .aws.log_objects import delete_objects, has_logs, objects_call
from .aws.ownership import ADDRESS, owner, tag_mapping, user_tags
from .aws.queries import balancer_attributes
from .permissions.log_bucket import PERMISSIONS

Writer = Literal["application", "network"]


class LogBucket(Resource):
    """The bucket that elbplan makes for the logs of the stack: `STACK-logs-ACCOUNT-REGION`.

    It is private, has the encryption of S3 itself (Elastic Load Balancing cannot write to a bucket with KMS keys), and
    its policy lets Elastic Load Balancing write. A destroy keeps a bucket with logs, unless `on_destroy` is `delete`.
    """

    kind: ClassVar[str] = "log_bucket"
    writers: Annotated[
        tuple[Writer, ...], Field(description="the types of load balancers that may write; at first nobody may")
    ] = ()
    keep_days: Annotated[int | None, Field(ge=1, le=36500, description="days after which S3 deletes a log")] = None
    on_destroy: Annotated[
        Literal["keep", "delete"], Field(description="what a destroy does with a bucket that has logs")
    ] = "keep"
    encryption: Annotated[Literal["AES256"], Field(description="the encryption; ELB allows only that of S3")] = "AES256"
    public_access: Annotated[Literal["blocked"], Field(description="public access, which elbplan blocks")] = "blocked"

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """The writers are a set."""
        if isinstance(data, Mapping) and isinstance(data.get("writers"), list | tuple):
            return {**data, "writers": tuple(sorted(set(data["writers"])))}
        return data


def base_name(stack: str) -> str:
    """The name without account and region."""
    return f"{stack}-logs"


def read(scope: Scope) -> ReadProgram[Found[LogBucket]]:
    """The stacks' buckets. Asks for those that specs want, and for those that the stacks can have."""
    stacks = yield from _stacks_with_buckets(scope)
    if not stacks:
        return Found({})
    (identity,) = yield [s3.IDENTITY]
    names = {stack: own_bucket_name(stack, identity["Account"], scope.region) for stack in stacks}
    answers = yield [call(name) for name in names.values() for call in (s3.location, s3.tags)]
    places = dict(zip(names, zip(answers[::2], answers[1::2], strict=True), strict=True))
    return (yield from _found(scope, names, places))


def _stacks_with_buckets(scope: Scope) -> ReadProgram[list[str]]:
    """The stacks whose specs or files want a bucket, and those that can have one by tag index, inventory or their logs.

    Without tag index and inventory, the logs of the load balancers tell: AWS keeps the bucket of a log that is off.
    """
    wanted = {stack for stack, _, _ in scope.wanted(LogBucket)}
    if any(isinstance(ref, Address) and ref.kind == LogBucket.kind for ref in scope.file_references):
        return list(scope.stacks)
    known = yield from hints(scope)
    if known is None:
        listed = yield from _stacks_with_logs(scope)
    else:
        names = known.names.get(LogBucket.kind, frozenset())
        buckets = [arn.rpartition(":::")[2] for arn in known.arns if ":s3:::" in arn]
        listed = {s for s in scope.stacks if base_name(s) in names or any(b.startswith(base_name(s)) for b in buckets)}
    return [stack for stack in scope.stacks if stack in wanted | listed]


def _stacks_with_logs(scope: Scope) -> ReadProgram[set[str]]:
    """The stacks whose load balancers write, or wrote, their logs to the stack's own bucket."""
    owned = yield from owned_balancers(scope)
    calls = [balancer_attributes(raw["LoadBalancerArn"]) for _, _, raw, _ in owned]
    answers = (yield calls) if calls else []
    return {
        stack
        for (stack, _, raw, _), answer in zip(owned, answers, strict=True)
        if own_bucket_of(stack, raw["LoadBalancerArn"]) in {a.get("Value") for a in answer.get("Attributes") or ()}
    }


def _found(
    scope: Scope, names: Mapping[str, str], places: Mapping[str, tuple[Any, Any]]
) -> ReadProgram[Found[LogBucket]]:
    ours: dict[str, Address] = {}
    taken: dict[str, str] = {}
    unread = []
    wanted = {stack for stack, _, _ in scope.wanted(LogBucket)}
    for stack, (location, tagging) in places.items():
        if s3.is_denied(location, tagging) and stack not in wanted:
            unread.append(denied_text(f"the log bucket {names[stack]}", s3.tags(names[stack])))
        elif s3.exists(location):
            tags = tag_mapping(tagging.get("TagSet"))
            if known := owner(tags, LogBucket.kind, [stack]):
                ours[stack] = known[1]
            elif bucket_owner(tags) != stack:
                taken[base_name(stack)] = f"s3://{names[stack]}"
    asks = [call for stack in ours for call in (*s3.settings(names[stack]), objects_call(names[stack]))]
    answers = (yield asks) if asks else []
    count = len(asks) // len(ours) if ours else 1
    found: dict[str, list[LiveResource[LogBucket]]] = {}
    stays: dict[str, list[str]] = {}
    for index, (stack, address) in enumerate(ours.items()):
        *settings, objects = answers[index * count : (index + 1) * count]
        tags = tag_mapping(places[stack][1].get("TagSet"))
        live = _live(address, names[stack], tags, settings_of(settings))
        found[stack] = [live]
        if has_logs(objects) and live.model.on_destroy == "keep":
            stays[live.id] = [kept_text(live.id)]
    return Found(found, taken, stays=stays, unread=unread)


def kept_text(bucket: str) -> str:
    """What a person reads of a bucket that stays, because it has logs."""
    return f"s3://{bucket} has logs and stays; S3 bills them. To delete it: aws s3 rb --force s3://{bucket}"


def _live(address: Address, name: str, tags: Mapping[str, str], settings: Settings) -> LiveResource[LogBucket]:
    fields = {
        "tags": user_tags(tags),
        "on_destroy": "delete" if DELETES_LOGS in tags else "keep",
        **settings._asdict(),
    }
    return LiveResource(address, name, from_live(LogBucket, fields), {"name": base_name_in(name)})


def base_name_in(bucket: str) -> str:
    """The name without account and region: `my-web-logs`."""
    stack, logs, _ = bucket.rpartition("-logs-")
    return f"{stack}{logs[:-1]}"


def create(new: LogBucket, context: StepContext) -> WriteProgram:
    """Creates the bucket with its tags, closes it, and lets Elastic Load Balancing write to it.

    A bucket that this stack left behind with its logs becomes the stack's again. Raises Refused for one of others.
    """
    place = yield from s3.place_of(context.stack, context.region)
    tags = new_tags(context.tags(new), deletes_logs=new.on_destroy == "delete")
    present = yield from s3.own_tags(place, context.stack)
    if present is None:
        yield s3.create(place, tags)
        present = yield from s3.created_tags(place, tags)
        written = None
    else:
        written = yield from _written(place)
    if present != tags:
        yield s3.put_tags(place, tags)
    yield from setting_calls(place, written, _settings(new))
    return {"id": place.bucket, "name": base_name(context.stack)}


def _written(place: s3.BucketPlace) -> Generator[Call, Answer, Settings]:
    """The settings that the bucket has: an interrupted run may have written some."""
    answers = []
    for call in s3.settings(place.bucket):
        answers.append((yield call))
    return settings_of(answers)


def adopt(bucket: LogBucket, context: StepContext) -> WriteProgram:
    """Writes the tags that a bucket of the stack has."""
    new = new_tags(context.tags(bucket), deletes_logs=bucket.on_destroy == "delete")
    id = yield from s3.retag(context.stack, context.region, new)
    return {"id": id, "name": base_name(context.stack)}


def release(_: LogBucket, context: StepContext) -> WriteProgram:
    """Removes elbplan's tags; the bucket gets logs as before."""
    yield from s3.retag(context.stack, context.region, {})
    return {}


def moved(old: Address, context: StepContext) -> WriteProgram:
    """Writes the new address."""
    name = {ADDRESS: f"{context.address.kind}.{context.address.name}"}
    yield from s3.retag(context.stack, context.region, name, keeping=True)
    return {"id": context.id(old), "name": context.fact(old, "name")}


def update(before: LogBucket, after: LogBucket, context: StepContext) -> WriteProgram:
    """Changes the settings that differ, and the tags."""
    place = yield from s3.place_of(context.stack, context.region)
    yield from setting_calls(place, _settings(before), _settings(after))
    if before.tags != after.tags or before.on_destroy != after.on_destroy:
        present = tag_mapping((yield s3.tags(place.bucket)).get("TagSet"))
        gone = {*before.tags} - {*after.tags}
        kept = {key: value for key, value in present.items() if key not in gone and not key.startswith("elbplan:")}
        new = new_tags(context.tags(after), deletes_logs=after.on_destroy == "delete")
        yield s3.put_tags(place, kept | new)
    return {}


def delete(old: LogBucket, context: StepContext) -> WriteProgram:
    """Deletes the bucket if it has no logs, or with them if the spec said so. Else it stays, without its owner's tags.

    The test files of Elastic Load Balancing are no logs.
    """
    place = yield from s3.place_of(context.stack, context.region)
    emptied = yield from delete_objects(place, everything=old.on_destroy == "delete")
    if emptied:
        yield s3.delete(place)
        if not s3.exists((yield s3.location(place.bucket))):
            return {}
    present = tag_mapping((yield s3.tags(place.bucket)).get("TagSet"))
    kept = {key: value for key, value in present.items() if not key.startswith("elbplan:")}
    yield s3.put_tags(place, {**kept, LOGS_OF: context.stack})
    return {}


def _settings(bucket: LogBucket) -> Settings:
    return Settings(tuple(bucket.writers), bucket.keep_days, bucket.encryption, bucket.public_access)


def summary(bucket: LogBucket) -> str:
    """`S3 bucket, logs are kept 30 days`"""
    kept = f"logs are deleted after {bucket.keep_days} days" if bucket.keep_days else "logs are kept for ever"
    return f"S3 bucket, {kept}"


def with_live_defaults(desired: LogBucket, _: LogBucket) -> LogBucket:
    """The desired bucket: no field is AWS's decision, and `keep_days: None` means that logs are kept."""
    return desired


KIND = Kind(
    model=LogBucket,
    read=read,
    create=create,
    adopt=adopt,
    release=release,
    moved=moved,
    update=update,
    delete=delete,
    with_live_defaults=with_live_defaults,
    summary=summary,
    default_name=lambda stack, *_: base_name(stack),
    permissions=PERMISSIONS,
)
