"""The settings of a log bucket: who writes, how long logs are kept, encryption, public access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...core.call import WriteProgram
from .bucket_calls import BucketPlace, lifecycle, policy, put
from .log_delivery import WRITERS, is_own, policy_text, statements, statements_in

RULE = "elbplan-logs"
"""The id of elbplan's lifecycle rule. Rules of others stay."""

BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


class Settings(NamedTuple):
    """The settings, as the model has them. A public bucket has `public_access: open`."""

    writers: tuple[str, ...]
    keep_days: int | None
    encryption: str
    public_access: str


def settings_of(answers: Sequence[Mapping[str, Any]]) -> Settings:
    """The settings in the answers to `bucket_calls.settings`."""
    policy_answer, lifecycle_answer, encryption, access = answers
    own = [statement for statement in statements_in(policy_answer.get("Policy", "")) if is_own(statement)]
    services = [(statement.get("Principal") or {}).get("Service") for statement in own]
    writers = tuple(sorted(writer for writer, service in WRITERS.items() if service in services))
    days = [_days(rule) for rule in lifecycle_answer.get("Rules") or () if rule.get("ID") == RULE]
    blocked = access.get("PublicAccessBlockConfiguration") == BLOCKED
    return Settings(writers, days[0] if days else None, algorithm_of(encryption), "blocked" if blocked else "open")


def _days(rule: Mapping[str, Any]) -> int | None:
    on = rule.get("Status") == "Enabled"
    days: int | None = (rule.get("Expiration") or {}).get("Days") if on else None
    return days


def algorithm_of(encryption: Mapping[str, Any]) -> str:
    """The algorithm in an answer of GetBucketEncryption: AES256, or one with keys of KMS."""
    rules = (encryption.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or [{}]
    return str((rules[0].get("ApplyServerSideEncryptionByDefault") or {}).get("SSEAlgorithm", "AES256"))


def setting_calls(place: BucketPlace, before: Settings | None, after: Settings) -> WriteProgram:
    """Writes the settings that differ; all of them for a new bucket. It closes the bucket before it opens it to ELB."""
    if before is None or before.public_access != after.public_access:
        yield put(place, "PutPublicAccessBlock", PublicAccessBlockConfiguration=BLOCKED)
    if before is None or before.encryption != after.encryption:
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": after.encryption}}
        yield put(place, "PutBucketEncryption", ServerSideEncryptionConfiguration={"Rules": [default]})
    if (before.keep_days if before else None) != after.keep_days:
        yield from _keep(place, after.keep_days)
    if before is None or before.writers != after.writers:
        current = (yield policy(place.bucket)).get("Policy", "")
        own = statements(place.bucket, place.partition, place.account, place.region, after.writers)
        yield put(place, "PutBucketPolicy", Policy=policy_text(current, own))
    return {}


def _keep(place: BucketPlace, days: int | None) -> WriteProgram:
    """Writes or removes elbplan's lifecycle rule. S3 has no call for one rule of a bucket."""
    rules = [rule for rule in (yield lifecycle(place.bucket)).get("Rules") or () if rule.get("ID") != RULE]
    if days is not None:
        rules.append({"ID": RULE, "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days}})
    if rules:
        yield put(place, "PutBucketLifecycleConfiguration", LifecycleConfiguration={"Rules": rules})
    else:
        yield put(place, "DeleteBucketLifecycle")
    return {}
