"""Instances: secrets are remembered by a digest only, and one that is on its way out is gone."""

from __future__ import annotations

import re

import pytest

from elbplan.core.address import AwsId
from elbplan.core.resource import differing_fields, digest, immutable, plain
from elbplan.kinds.aws.instance_fields import IMAGE, USER_DATA
from elbplan.kinds.instance import KIND, Instance

from .kit import at, one, operations, owned, play, read

IMAGE_PATH = "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
ID = "i-0000000000000000a"
SECRET = "#!/bin/sh\nexport PASSWORD=tulip"


def instance(**rest):
    return Instance.model_validate({"image": IMAGE_PATH, "subnet": AwsId("subnet-a"), **rest})


def raw(state="running", **rest):
    return {
        "InstanceId": ID, "ImageId": "ami-1", "InstanceType": "t3.micro", "SubnetId": "subnet-a",
        "State": {"Name": state}, "SecurityGroups": [{"GroupId": "sg-1"}],
        "Tags": [*owned("instance.web-1"), {"Key": IMAGE, "Value": IMAGE_PATH}], **rest,
    }  # fmt: skip


def live(*instances):
    return read(KIND, {"DescribeInstances": {"Reservations": [{"Instances": [i]} for i in instances]}})


def test_the_image_is_compared_by_what_the_spec_said_not_by_todays_newest():
    found = one(live(raw())).model
    assert immutable(instance()) == immutable(found)


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_one_on_its_way_out_is_gone(state):
    assert live(raw(state)).ours == {}


def test_one_that_does_not_run_yet_is_there_but_not_ready():
    assert KIND.pending_gate(one(live(raw("pending")))) == "running"


@pytest.mark.parametrize("state", ["stopping", "stopped"])
def test_a_stopped_one_differs_and_is_started(state):
    found = one(live(raw(state)))
    assert KIND.pending_gate(found) == ""
    want = instance(security_groups=(AwsId("sg-1"),))
    assert differing_fields(found.model, want) == ("state",)
    calls, _ = play(KIND.update(found.model, want, at(KIND, id=ID)))
    assert operations(calls) == ["StartInstances"]
    running = KIND.gates[0]
    assert running.needed(found.model, want)
    assert not running.needed(want, instance(tags={"team": "web"}, security_groups=(AwsId("sg-1"),)))


def test_a_profile_is_told_by_its_name():
    found = one(live(raw(IamInstanceProfile={"Arn": "arn:aws:iam::123456789012:instance-profile/team/web"})))
    assert found.model.profile == "web"


def test_a_script_is_remembered_by_its_digest_and_neither_shown_nor_compared():
    secret = instance(user_data=SECRET)
    assert "tulip" not in repr(secret) + str(plain(secret)) + digest(secret)
    tags = [*raw()["Tags"], {"Key": USER_DATA, "Value": secret.user_data_digest}]
    assert immutable(one(live(raw(Tags=tags))).model) == immutable(secret)
    assert immutable(instance(user_data=SECRET + "2")) != immutable(secret)


def test_a_server_is_made_once_by_its_token_and_tagged_as_it_is_made():
    answers = {
        "GetParameter": {"Parameter": {"Value": "ami-7"}},
        "RunInstances": {"Instances": [{"InstanceId": ID}]},
    }
    place = at(KIND, "web-1", token="another token in each run")
    want = instance(user_data=SECRET, key="me", profile="web", security_groups=(AwsId("sg-1"),))
    calls, facts = play(KIND.create(want, place), answers)
    assert operations(calls) == ["GetParameter", "RunInstances", "DescribeInstances"]
    params = calls[1].params
    assert (params["ImageId"], params["UserData"]) == ("ami-7", SECRET)
    assert re.fullmatch("[0-9a-f]{32}", params["ClientToken"])
    assert play(KIND.create(want, at(KIND, "web-1")), answers)[0][1].params["ClientToken"] == params["ClientToken"]
    tags = {tag["Key"]: tag["Value"] for tag in params["TagSpecifications"][0]["Tags"]}
    assert tags[IMAGE] == IMAGE_PATH
    assert tags[USER_DATA].startswith("sha256:")
    assert "tulip" not in str(tags)
    assert facts == {"id": ID}


def test_an_image_by_its_id_is_not_looked_up():
    calls, _ = play(
        KIND.create(instance(image="ami-1"), at(KIND)), {"RunInstances": {"Instances": [{"InstanceId": ID}]}}
    )
    assert operations(calls) == ["RunInstances", "DescribeInstances"]


@pytest.mark.parametrize(
    "other",
    [raw("terminated"), raw("shutting-down"), raw(Tags=owned("instance.web-2")), raw(Tags=[])],
    ids=["terminated", "ending", "moved", "released"],
)
def test_an_instance_that_is_not_this_server_any_more_is_not_taken_for_it(other):
    launched = [{"Instances": [{"InstanceId": id}]} for id in (ID, "i-2")]
    described = [{"Reservations": [{"Instances": [found]}]} for found in (other, raw())]
    calls, facts = play(
        KIND.create(instance(image="ami-1"), at(KIND, "web-1")),
        {"RunInstances": launched, "DescribeInstances": described},
    )
    tokens = [call.params["ClientToken"] for call in calls if call.operation == "RunInstances"]
    assert len(set(tokens)) == 2
    assert facts == {"id": "i-2"}


def test_groups_change_in_place_and_are_joined_before_they_are_left():
    before, after = instance(security_groups=(AwsId("sg-1"),)), instance(security_groups=(AwsId("sg-2"),))
    (first, both), (last, alone) = KIND.update_path(before, after, set())
    assert (first, both.security_groups) == ("expand", (AwsId("sg-1"), AwsId("sg-2")))
    assert (last, alone) == ("contract", after)
    calls, _ = play(KIND.update(before, after, at(KIND, id=ID)))
    assert calls[0].params == {"InstanceId": ID, "Groups": ["sg-2"]}


def test_tags_elbplan_keeps_for_itself_are_nobodys_business():
    found = one(live(raw())).model
    assert found.tags == {}
    assert differing_fields(found, instance(security_groups=(AwsId("sg-1"),))) == ()


def gate(name, *instances):
    look = next(gate for gate in KIND.gates if gate.name == name).probe
    answer = {"DescribeInstances": {"Reservations": [{"Instances": list(instances)}]}}
    return play(look(instance(), at(KIND, id=ID)), answer)[1]


def test_a_server_that_stopped_will_not_run_by_waiting():
    assert gate("running", raw("running")).state == "ready"
    assert gate("running", raw("pending")).state == "waiting"
    assert gate("running").state == "waiting"
    sight = gate("running", raw("terminated", StateReason={"Message": "Client.InvalidSnapshot"}))
    assert (sight.state, sight.cause) == ("failed", "Client.InvalidSnapshot")


def test_a_server_is_gone_when_it_is_terminated_or_nowhere():
    assert gate("terminated", raw("shutting-down")).state == "waiting"
    assert gate("terminated", raw("terminated")).state == "ready"
    assert gate("terminated").state == "ready"
