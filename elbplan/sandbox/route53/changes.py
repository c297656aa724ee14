"""Changes of records. They are applied to a copy, which replaces the zone's records only if all are valid."""

from ..account import CallContext
from ..acm.validation import note_all_records
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.route53 import HostedZone, Key, canonical, order
from . import checks
from .checks import Records
from .policies import check_policy, policy_conflicts
from .zones import new_change, zone_of


@rule(11)
def change_resource_record_sets(context: CallContext, params: Params) -> Params:
    """Applies a batch completely or not at all.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    ("transactional"; InvalidChangeBatch, whose message lists every problem in brackets, as public logs show).
    """
    zone = zone_of(context, params["HostedZoneId"])
    check_no_change_pending(context, zone)
    changes = params["ChangeBatch"]["Changes"]
    checks.check_size(changes)
    _check_no_repetition(changes)
    after, problems = dict(zone.records), []
    for change in changes:
        record = normalized(change["ResourceRecordSet"])
        checks.check_shape(record)
        check_policy(context, record)
        problems += checks.record_problems(zone, record) or _apply(context, zone, after, change["Action"], record)
    problems += [*checks.cname_conflicts(zone, after), *policy_conflicts(zone, after)]
    if problems:
        raise AwsError("InvalidChangeBatch", f"[{', '.join(problems)}]")
    zone.records = after
    note_all_records(context.account)
    return {"ChangeInfo": new_change(context, zone)}


@rule(13)
def check_no_change_pending(context: CallContext, zone: HostedZone) -> None:
    """One change of a zone at a time, if the option `zone_busy` gives changes a duration.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    (PriorRequestNotComplete)
    """
    if context.timing.zone_busy and context.now < zone.changed + context.timing.zone_busy:
        words = "The request was rejected because Route 53 was still processing a prior request."
        raise AwsError("PriorRequestNotComplete", words)


def key_of(record: Params) -> Key:
    return record["Name"], record["Type"], record.get("SetIdentifier") or ""


def _check_no_repetition(changes: list[Params]) -> None:
    keys = [(change["Action"], key_of(normalized(change["ResourceRecordSet"]))) for change in changes]
    for action, (name, kind, identifier) in keys:
        if keys.count((action, (name, kind, identifier))) > 1:
            words = f"The request contains an invalid set of changes for a resource record set '{kind} {name}'"
            raise AwsError("InvalidChangeBatch", f"[{words}]")


@rule(24)
def normalized(record: Params) -> Params:
    """Names in lower case with a dot at the end and `*` as `\\052`: the developer guide.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html"""
    normal = {key: value for key, value in record.items() if value is not None}
    normal["Name"] = canonical(normal["Name"])
    if target := normal.get("AliasTarget"):
        normal["AliasTarget"] = {**target, "DNSName": canonical(target["DNSName"])}
    return normal


def _apply(context: CallContext, zone: HostedZone, after: Records, action: str, record: Params) -> list[str]:
    """Applies one change and returns its problems."""
    key = key_of(record)
    name = f"[name='{record['Name'].rstrip('.')}.', type='{record['Type']}']"
    if action == "DELETE":
        return _delete(after, key, record, name)
    if action == "CREATE" and key in after:
        return [f"Tried to create resource record set {name} but it already exists"]
    if problem := checks.alias_problem(context, zone, after, record):
        return [problem]
    after[key] = record
    return []


@rule(11)
def _delete(after: Records, key: Key, record: Params, name: str) -> list[str]:
    """A deletion must repeat every value and the TTL: API_Change (DELETE)."""
    if key not in after:
        return [f"Tried to delete resource record set {name} but it was not found"]
    if _comparable(after[key]) != _comparable(record):
        return [f"Tried to delete resource record set {name} but the values provided do not match the current values"]
    del after[key]
    return []


def _comparable(record: Params) -> Params:
    return {**record, "ResourceRecords": sorted(value["Value"] for value in record.get("ResourceRecords") or [])}


def list_resource_record_sets(context: CallContext, params: Params) -> Params:
    zone = zone_of(context, params["HostedZoneId"])
    records = zone.sorted_records()
    if params.get("StartRecordName"):
        first = (
            order(params["StartRecordName"]),
            params.get("StartRecordType") or "",
            params.get("StartRecordIdentifier") or "",
        )
        records = [item for item in records if (order(item[0][0]), item[0][1], item[0][2]) >= first]
    size = min(int(params.get("MaxItems") or 300), 300, context.account.quota("page"))
    page, rest = records[:size], records[size:]
    answer: Params = {
        "ResourceRecordSets": [record for _, record in page],
        "IsTruncated": bool(rest),
        "MaxItems": str(size),
    }
    if rest:
        name, kind, identifier = rest[0][0]
        answer.update(NextRecordName=name, NextRecordType=kind, NextRecordIdentifier=identifier or None)
    return answer
