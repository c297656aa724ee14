"""What a new record replaces is kept before it goes, and nothing untrue stays."""

from __future__ import annotations

import pytest

from elbplan.kinds.aws.alias_tags import RecordPlace
from elbplan.kinds.aws.replaced_records import KeptRecords, Replaced, parameter, parameters
from elbplan.kinds.record import KIND

from .kit import ZONE, operations, play
from .test_record import NAME, alias, ends, plain, record

CNAME = plain("CNAME", "x.example.org")
PARAMETERS = f"/elbplan/shop/replaced/{ZONE}/{NAME}"


def kept(raw, restore=False):
    text = Replaced((raw,), restore).text
    return {"Parameters": [{"Name": f"{PARAMETERS}/{raw['Type']}", "Value": text}]}


def stored(*there, already=None, **rest):
    """The calls to Parameter Store of a create, each with the name of its parameter; and all operations."""
    place, answers = ends(*there)
    answers["GetParametersByPath"] = already or {"Parameters": []}
    calls, _ = play(KIND.create(record(take_over=True, **rest), place), answers)
    changed = [call for call in calls if call.operation in ("PutParameter", "DeleteParameters")]
    return [(c.operation[:3], str(c.params.get("Name") or c.params["Names"][0])) for c in changed], operations(calls)


def test_a_record_is_kept_before_it_is_replaced():
    changed, every = stored(CNAME)
    assert changed == [("Put", f"{PARAMETERS}/CNAME")]
    assert every[-2:] == ["PutParameter", "ChangeResourceRecordSets"]


@pytest.mark.parametrize(
    ("there", "already", "expected"),
    [
        ((), kept(CNAME), []),
        ((alias(),), kept(CNAME), []),
        ((alias(), plain("AAAA", "2001:db8::1")), kept(CNAME), []),
        ((CNAME,), kept(CNAME), []),
        ((CNAME,), kept(CNAME, restore=True), [("Put", "CNAME")]),
        ((CNAME,), kept(plain()), [("Put", "CNAME"), ("Del", "A")]),
        ((plain(),), kept(CNAME), [("Put", "A"), ("Del", "CNAME")]),
        ((plain(), plain("AAAA", "2001:db8::1")), kept(CNAME), [("Put", "A")]),
        ((plain("TXT", '"x"'),), None, []),
    ],
    ids=[
        "nothing",
        "ours",
        "ours and another",
        "known",
        "restore is new",
        "was an address",
        "was a CNAME",
        "both",
        "text",
    ],
)
def test_what_is_kept_is_true(there, already, expected):
    changed, _ = stored(*there, already=already)
    assert changed == [(verb, f"{PARAMETERS}/{type}") for verb, type in expected]


def test_a_record_that_is_too_large_is_not_kept_nor_is_an_older_one_of_its_type():
    large = {**plain(), "ResourceRecords": [{"Value": f"203.0.113.{number}"} for number in range(200)]}
    assert stored(large, already=kept(plain()))[0] == [("Del", f"{PARAMETERS}/A")]


def test_a_star_is_no_letter_of_a_parameter():
    assert parameter("shop", RecordPlace(ZONE, "*.example.com", "A"), "A").endswith(f"/{ZONE}/X2A.example.com/A")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": 2, "records": [{"Name": "a", "Type": "A"}]}', '{"records": 1}']
)
def test_a_parameter_that_cannot_be_read_counts_as_nothing(text):
    kept = KeptRecords({"shop": parameters({"Parameters": [{"Name": f"{PARAMETERS}/A", "Value": text}]})})
    assert kept.replaced_by("shop", RecordPlace(ZONE, NAME, "A")) is None


def test_only_a_spec_that_says_restore_needs_permission_to_keep():
    place, answers = ends(CNAME)
    for restore in (False, True):
        calls, _ = play(KIND.create(record(take_over=True, restore=restore), place), answers)
        (put,) = [call for call in calls if call.operation == "PutParameter"]
        assert ("AccessDeniedException" in put.done_if) is not restore
