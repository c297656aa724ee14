"""Elastic IPs: allocated once, moved in one call, released so that nothing is billed."""

from __future__ import annotations

from elbplan.core.address import AwsId
from elbplan.core.resource import differing_fields
from elbplan.kinds.elastic_ip import KIND, ElasticIp

from .kit import at, one, operations, owned, play, read

WEB, API = AwsId("i-0000000000000000a"), AwsId("i-0000000000000000b")
ID = "eipalloc-0000000000000000a"


def live(**rest):
    raw = {"AllocationId": ID, "PublicIp": "203.0.113.7", "Tags": owned("elastic_ip.web-1"), **rest}
    return one(read(KIND, {"DescribeAddresses": {"Addresses": [raw]}}))


def test_an_address_somebody_detached_by_hand_is_seen():
    found = live().model
    assert differing_fields(found, KIND.with_live_defaults(ElasticIp(instance=WEB), found)) == ("instance",)


def test_an_address_for_nobody_is_not_the_same_as_one_that_is_attached():
    found = live(InstanceId=WEB.value).model
    assert differing_fields(found, KIND.with_live_defaults(ElasticIp(), found)) == ("instance",)


def test_allocated_once_then_associated():
    answers = {"AllocateAddress": {"AllocationId": ID, "PublicIp": "203.0.113.7"}}
    calls, facts = play(KIND.create(ElasticIp(instance=WEB), at(KIND)), answers)
    assert operations(calls) == ["AllocateAddress", "AssociateAddress"]
    assert [call.no_retry for call in calls] == [True, False]
    assert facts == {"id": ID, "address": "203.0.113.7"}


def test_it_moves_to_another_server_in_one_call_when_traffic_does():
    calls, _ = play(KIND.update(ElasticIp(instance=WEB), ElasticIp(instance=API), at(KIND, id=ID)))
    assert operations(calls) == ["AssociateAddress"]
    assert calls[0].params["AllowReassociation"] is True
    assert KIND.update_path(ElasticIp(instance=WEB), ElasticIp(instance=API), set())[0][0] == "switch"


def test_it_is_detached_by_the_association_that_stands_now():
    answers = {"DescribeAddresses": {"Addresses": [{"AllocationId": ID, "AssociationId": "eipassoc-2"}]}}
    calls, _ = play(KIND.delete(ElasticIp(), at(KIND, id=ID)), answers)
    assert operations(calls) == ["DescribeAddresses", "DisassociateAddress", "ReleaseAddress"]
    assert calls[1].params == {"AssociationId": "eipassoc-2"}


def test_one_that_is_released_already_is_done():
    calls, _ = play(KIND.delete(ElasticIp(), at(KIND, id=ID)), {"DescribeAddresses": {"Addresses": []}})
    assert operations(calls) == ["DescribeAddresses", "ReleaseAddress"]
    assert calls[-1].done_if == ("InvalidAllocationID.NotFound",)
