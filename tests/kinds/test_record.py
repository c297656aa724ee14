"""Records: an alias is ours if a tag recorded it; anything else at that name is a stranger's."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.resource import differing_fields
from elbplan.kinds.record import KIND, Record, record_mark

from .kit import BALANCER, DNS, ZONE, ZONES, at, one, operations, owned, play, read

MAIN = Address("load_balancer", "main")
NAME = "api.example.com"


def record(name=NAME, **rest):
    return Record(name=name, zone=AwsId(ZONE), load_balancer=MAIN, **rest)


def alias(name=f"{NAME}.", dns=f"dualstack.{DNS}.", **rest):
    target = {"HostedZoneId": "Z1", "DNSName": dns, "EvaluateTargetHealth": True}
    return {"Name": name, "Type": "A", "AliasTarget": target, **rest}


def plain(type="A", value="203.0.113.7", **rest):
    return {"Name": f"{NAME}.", "Type": type, "TTL": 60, "ResourceRecords": [{"Value": value}], **rest}


def live(*sets, wanted=None, marked="", memory=None):
    tags = [*owned("load_balancer.main"), *([{"Key": "elbplan:records", "Value": marked}] if marked else [])]
    answers = {
        "ListHostedZones": ZONES,
        "ListResourceRecordSets": {"ResourceRecordSets": list(sets)},
        "DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "DNSName": DNS}]},
        "DescribeSecurityGroups": {"SecurityGroups": [{"GroupId": "sg-1", "Tags": remembering(memory)}]},
        "tags": {BALANCER: tags},
    }
    desired = {Address("record", NAME): record()} if wanted is None else wanted
    return read(KIND, answers, desired)


def remembering(memory):
    """The tags of a security group of the stack that remembers balancers."""
    more = [{"Key": f"elbplan:balancer/{dns}", "Value": value} for dns, value in (memory or {}).items()]
    return [*owned("security_group.lb"), *more]


@pytest.mark.parametrize("dns", [f"dualstack.{DNS}.", DNS, DNS.upper() + "."])
def test_an_alias_to_our_balancer_is_ours_however_it_is_spelled(dns):
    found = one(live(alias(dns=dns)))
    assert found.address == Address("record", NAME)
    wanted = KIND.with_live_defaults(record().model_copy(update={"load_balancer": AwsId(BALANCER)}), found.model)
    assert differing_fields(found.model, wanted) == ()


def test_a_star_is_a_star_though_route_53_writes_052():
    wanted = {Address("record", "*.example.com"): record("*.example.com")}
    found = one(live(alias("\\052.example.com."), wanted=wanted))
    assert found.model.name == "*.example.com"


def test_a_name_has_one_spelling():
    assert record("API.Example.com.") == record(NAME)
    assert record("\\052.example.com").name == "*.example.com"


def test_a_record_bears_the_address_the_spec_gives_it():
    assert one(live(alias(), wanted={Address("record", "front"): record()})).address == Address("record", "front")


def test_a_name_dropped_from_the_spec_is_found_by_the_balancers_memory():
    found = one(live(alias(), wanted={}, marked=record_mark(record().model_copy(update={"zone": AwsId(ZONE)}))))
    assert found.address == Address("record", NAME)


def test_a_star_is_remembered_though_tags_know_none():
    text = record_mark(record("*.example.com"))
    assert "*" not in text
    assert one(live(alias("\\052.example.com."), wanted={}, marked=text)).model.name == "*.example.com"


@pytest.mark.parametrize(
    ("raw", "key", "words"),
    [
        (plain(), f"{ZONE}/{NAME}/A", "A 203.0.113.7"),
        (plain("CNAME", "old.example.org"), f"{ZONE}/{NAME}/CNAME", "CNAME old.example.org"),
        (alias(dns="other-1.eu-west-1.elb.amazonaws.com."), f"{ZONE}/{NAME}/A", "A alias to other-1"),
        (alias(SetIdentifier="blue", Weight=1), f"{ZONE}/{NAME}/A/blue\tweighted", "A alias to"),
    ],
    ids=["address", "cname", "another balancer", "weighted"],
)
def test_anything_else_at_the_name_is_a_strangers(raw, key, words):
    found = live(raw)
    assert found.ours == {}
    assert found.names_in_use[key].startswith(words)


def test_records_of_other_names_are_not_looked_at():
    found = live(plain(Name="mail.example.com."))
    assert (found.ours, found.names_in_use) == ({}, {})


GONE = "web-987654321.eu-west-1.elb.amazonaws.com"
PLACE = f"{ZONE}/{NAME}/A"


def test_an_alias_to_a_balancer_that_is_gone_is_ours_if_the_stack_remembers_the_balancer_and_the_name():
    found = one(live(alias(dns=GONE), memory={GONE: PLACE}))
    assert found.model.load_balancer == AwsId(GONE)


def test_the_name_of_a_balancer_that_is_gone_is_found_though_the_spec_wants_it_no_more():
    assert one(live(alias(dns=GONE), wanted={}, memory={GONE: PLACE})).address == Address("record", NAME)


@pytest.mark.parametrize(
    ("dns", "memory"),
    [
        (GONE, {}),
        (GONE, {"web-1.eu-west-1.elb.amazonaws.com": PLACE}),
        ("shop-987654321.eu-west-1.elb.amazonaws.com", {GONE: PLACE}),
    ],
    ids=["nothing is remembered", "another balancer is remembered", "it only bears the name of the stack"],
)
def test_an_alias_to_what_nobody_remembers_is_a_strangers(dns, memory):
    found = live(alias(dns=dns), memory=memory)
    assert found.ours == {}
    assert PLACE in found.names_in_use


def ends(*there, **rest):
    answers = {
        "ListResourceRecordSets": {"ResourceRecordSets": list(there)},
        "ChangeResourceRecordSets": {"ChangeInfo": {"Id": "/change/C1"}},
    }
    place = at(KIND, NAME, facts={"dns_name": DNS, "zone_id": "Z1"}, **rest)
    return place, answers


def actions(calls):
    (batch,) = [call for call in calls if call.operation == "ChangeResourceRecordSets"]
    return [(c["Action"], c["ResourceRecordSet"]["Type"]) for c in batch.params["ChangeBatch"]["Changes"]]


def test_a_new_name_is_created_never_overwritten():
    place, answers = ends()
    calls, facts = play(KIND.create(record(), place), answers)
    assert operations(calls) == ["ChangeResourceRecordSets"]
    assert actions(calls) == [("CREATE", "A")]
    assert facts == {"id": f"{ZONE}/{NAME}/A", "change": "/change/C1"}


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ((), [("CREATE", "A")]),
        ((plain(),), [("UPSERT", "A")]),
        ((plain("CNAME", "x.example.org"),), [("DELETE", "CNAME"), ("CREATE", "A")]),
        (
            (plain(SetIdentifier="blue", Weight=1), plain(SetIdentifier="green", Weight=1)),
            [("DELETE", "A"), ("DELETE", "A"), ("CREATE", "A")],
        ),
        ((plain("TXT", '"x"'),), [("CREATE", "A")]),
        ((plain("A", Name="z.example.com."),), [("CREATE", "A")]),
    ],
    ids=["nothing", "address", "cname", "weighted", "text", "another name"],
)
def test_taking_over_is_one_batch(there, expected):
    place, answers = ends(*there)
    calls, _ = play(KIND.create(record(take_over=True), place), answers)
    assert actions(calls) == expected


def test_a_cname_that_another_step_has_deleted_already_is_not_deleted_again():
    place, answers = ends()
    cname = plain("CNAME", "x.example.org")
    answers["ListResourceRecordSets"] = [{"ResourceRecordSets": [cname]}, {"ResourceRecordSets": []}]
    answers["ChangeResourceRecordSets"] = [{}, answers["ChangeResourceRecordSets"]]
    calls, facts = play(KIND.create(record(take_over=True), place), answers)
    first, second = [call for call in calls if call.operation == "ChangeResourceRecordSets"]
    assert first.done_if == ("InvalidChangeBatch",)
    assert actions([second]) == [("CREATE", "A")]
    assert calls[-1].done_if == ()
    assert facts["change"] == "/change/C1"


def test_an_alias_that_the_step_of_the_other_type_has_created_is_no_problem():
    place, answers = ends()
    cname = plain("CNAME", "x.example.org")
    answers["ListResourceRecordSets"] = [{"ResourceRecordSets": [cname]}, {"ResourceRecordSets": [alias()]}]
    answers["ChangeResourceRecordSets"] = [{}, answers["ChangeResourceRecordSets"]]
    calls, _ = play(KIND.create(record(take_over=True), place), answers)
    assert actions(calls[-1:]) == [("UPSERT", "A")]


def test_a_record_that_others_made_meanwhile_is_not_overwritten():
    place, answers = ends()
    cname = plain("CNAME", "x.example.org")
    answers["ListResourceRecordSets"] = [{"ResourceRecordSets": [cname]}, {"ResourceRecordSets": [plain()]}]
    answers["ChangeResourceRecordSets"] = [{}, answers["ChangeResourceRecordSets"]]
    calls, _ = play(KIND.create(record(take_over=True), place), answers)
    assert actions(calls[-1:]) == [("CREATE", "A")]


def test_a_name_answers_at_every_moment_of_an_update():
    place, answers = ends()
    calls, _ = play(KIND.update(record(), record(evaluate_target_health=False), place), answers)
    assert actions(calls) == [("UPSERT", "A")]


def test_what_is_deleted_is_what_stands_there_to_the_letter():
    place, answers = ends(alias())
    calls, _ = play(KIND.delete(record(), place), answers)
    (change,) = calls[-1].params["ChangeBatch"]["Changes"]
    assert change == {"Action": "DELETE", "ResourceRecordSet": alias()}


@pytest.mark.parametrize(
    ("second", "batches"),
    [((), 1), ((alias(),), 2), ((alias(dns="other-1.eu-west-1.elb.amazonaws.com."),), 1)],
    ids=["the record is gone", "the record still exists", "the record points elsewhere"],
)
def test_a_refused_deletion_is_no_proof_that_the_record_is_gone(second, batches):
    place, answers = ends()
    answers["ListResourceRecordSets"] = [{"ResourceRecordSets": [alias()]}, {"ResourceRecordSets": list(second)}]
    answers["ChangeResourceRecordSets"] = [{}, answers["ChangeResourceRecordSets"]]
    calls, _ = play(KIND.delete(record(), place), answers)
    sent = [call for call in calls if call.operation == "ChangeResourceRecordSets"]
    assert [call.done_if for call in sent] == [("InvalidChangeBatch",), ()][:batches]


@pytest.mark.parametrize("raw", [plain(), alias(dns="other-1.eu-west-1.elb.amazonaws.com."), alias("b.example.com.")])
def test_what_no_longer_points_at_us_is_not_deleted(raw):
    place, answers = ends(raw)
    calls, _ = play(KIND.delete(record(), place), answers)
    assert operations(calls) == ["ListResourceRecordSets"]


def test_a_name_comes_last():
    assert KIND.create_path(record(), set()) == [("switch", record())]
    assert KIND.update_path(record(), record(), set()) == [("switch", record())]


def test_in_sync_is_asked_by_the_changes_own_id():
    gate = next(gate for gate in KIND.gates if gate.name == "insync")
    place = at(KIND, NAME, facts={"change": "/change/C1"})
    calls, sight = play(gate.probe(record(), place), {"GetChange": {"ChangeInfo": {"Status": "PENDING"}}})
    assert calls[0].params == {"Id": "C1"}
    assert sight.state == "waiting"
    assert play(gate.probe(record(), at(KIND, NAME)))[1].state == "ready"


def test_a_name_with_many_weighted_records_of_others_is_read_to_the_end():
    weighted = [plain(SetIdentifier=f"s{number:03}", Weight=1) for number in range(100)]
    sets = [*weighted, alias(Type="AAAA")]
    large = {"HostedZones": [{**ZONES["HostedZones"][0], "ResourceRecordSetCount": 5000}]}
    wanted = {Address("record", f"{NAME}-aaaa"): record(type="AAAA")}
    found = read(
        KIND,
        {
            "ListHostedZones": large,
            "ListResourceRecordSets": lambda params: {"ResourceRecordSets": sets[: int(params["MaxItems"])]},
            "DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "DNSName": DNS}]},
            "DescribeSecurityGroups": {"SecurityGroups": []},
            "tags": {BALANCER: owned("load_balancer.main")},
        },
        wanted,
    )
    assert one(found).model.type == "AAAA"
