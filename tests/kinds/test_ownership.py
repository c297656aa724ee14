"""What is ours is written in tags, and nobody else's tag is ever touched."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address
from elbplan.kinds.aws.ownership import TAG_NAMES, owner, ownership, retag, user_tags
from elbplan.kinds.aws.queries import balancer_name, domain, zone_for

from .kit import CERTIFICATE, GROUP, operations, play

WEB = Address("target_group", "web")
TAGS = ownership("shop", WEB, {"team": "web"})


def test_a_resource_names_its_stack_and_its_address():
    assert owner(TAGS, "target_group", ["shop"]) == ("shop", WEB)


@pytest.mark.parametrize(
    ("tags", "kind", "stacks"),
    [
        (TAGS, "target_group", ["other"]),
        (TAGS, "listener", ["shop"]),
        ({}, "target_group", ["shop"]),
        ({**TAGS, "elbplan:address": "nonsense"}, "target_group", ["shop"]),
        ({"elbplan:address": "target_group.web"}, "target_group", ["shop"]),
    ],
)
def test_anything_else_is_not_ours(tags, kind, stacks):
    assert owner(tags, kind, stacks) is None


def test_only_tags_the_spec_had_set_are_the_users():
    assert user_tags({**TAGS, "cost-center": "7", "aws:cloudformation:x": "y"}) == {"team": "web"}


def test_a_tag_dropped_from_the_spec_goes_and_a_strangers_tag_stays():
    calls, _ = play(retag("elbv2", GROUP, {"team": "web", "old": "1"}, {"team": "api"}))
    assert operations(calls) == ["RemoveTags", "AddTags"]
    assert calls[0].params["TagKeys"] == ["old"]
    assert {tag["Key"]: tag["Value"] for tag in calls[1].params["Tags"]} == {"team": "api", TAG_NAMES: "team"}


def test_with_the_last_tag_goes_the_memory_of_tags():
    calls, _ = play(retag("elbv2", GROUP, {"team": "web"}, {}))
    assert operations(calls) == ["RemoveTags"]
    assert set(calls[0].params["TagKeys"]) == {"team", TAG_NAMES}


def test_equal_tags_need_no_call():
    assert play(retag("elbv2", GROUP, {"team": "web"}, {"team": "web"}))[0] == []


@pytest.mark.parametrize(
    ("service", "id", "expected"),
    [
        ("ec2", "sg-1", ["DeleteTags", "CreateTags"]),
        ("elbv2", GROUP, ["RemoveTags", "AddTags"]),
        ("acm", CERTIFICATE, ["RemoveTagsFromCertificate", "AddTagsToCertificate"]),
    ],
)
def test_each_service_has_its_own_words_for_tags(service, id, expected):
    assert operations(play(retag(service, id, {"a": "1"}, {"b": "2"}))[0]) == expected


MANY = {f"a-rather-long-key-of-a-tag-{number:02}": "x" for number in range(40)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"team": "x"}, {"cost": "y"}),
        ({"team": "x", "kept": "z"}, {"kept": "z"}),
        ({"team": "x"}, {}),
        (MANY, {"kept": "z"}),
        (MANY | {"team": "x"}, MANY),
    ],
)
def test_a_run_that_dies_while_tags_change_leaves_no_tag_that_nobody_remembers(before, after):
    tags = ownership("shop", WEB, before)
    calls, _ = play(retag("elbv2", GROUP, before, after))
    for call in calls:
        tags |= {tag["Key"]: tag["Value"] for tag in call.params.get("Tags", ())}
        tags = {key: value for key, value in tags.items() if key not in call.params.get("TagKeys", ())}
        written = {key for key in tags if not key.startswith("elbplan:")}
        assert set(user_tags(tags)) == written, call.operation
    assert tags == ownership("shop", WEB, after)


LONG = {f"{n:03}" + "k=" * 62: "v" for n in range(45)}
KOREAN = {"가" * 125 + f"{n:03}": "값" * 256 for n in range(45)}


@pytest.mark.parametrize("user", [LONG, KOREAN, {" " * 128: "v"}], ids=["long", "korean", "spaces"])
def test_45_tags_with_long_keys_fit(user):
    tags = ownership("shop", WEB, user)
    assert len(tags) <= 48
    assert all(len(key) <= 128 and len(value) <= 256 for key, value in tags.items())
    assert user_tags({**tags, "somebody": "else", "aws:x": "y"}) == user


def test_many_user_tags_are_all_remembered():
    assert user_tags(ownership("shop", WEB, MANY)) == MANY


@pytest.mark.parametrize("key", ["with space", "with,comma"])
def test_a_tag_with_an_unusual_key_is_remembered(key):
    tags = {key: "1", "plain": "2"}
    assert user_tags(ownership("shop", WEB, tags)) == tags


def test_names_have_one_spelling():
    assert domain("\\052.Example.com.") == "*.example.com"
    assert balancer_name("dualstack.Web-1.elb.amazonaws.com.") == "web-1.elb.amazonaws.com"


def zone(id, name, private=False):
    return {"Id": f"/hostedzone/{id}", "Name": name, "Config": {"PrivateZone": private}}


def test_the_zone_of_a_name_is_the_longest_public_one_by_whole_labels():
    zones = [
        zone("Z1", "example.com."),
        zone("Z2", "api.example.com."),
        zone("Z3", "ple.com."),
        zone("Z4", "v1.api.example.com.", private=True),
    ]
    assert zone_for("v1.api.example.com", zones) == "Z2"
    assert zone_for("example.com", zones) == "Z1"
    assert zone_for("sample.com", zones) is None


def test_two_public_zones_of_one_name_cannot_be_told_apart():
    with pytest.raises(ValueError, match="Z1, Z2"):
        zone_for("api.example.com", [zone("Z1", "example.com."), zone("Z2", "example.com.")])
