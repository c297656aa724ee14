"""What a file calls the ids of one account, both ways."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId, Lookup
from elbplan.core.resource import rewrite
from elbplan.errors import ElbplanError
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.target import Target
from elbplan.kinds.targets import Targets
from elbplan.live.batch import BatchReader
from elbplan.live.lookups import LookupFacts, look_up
from elbplan.live.portable import PortableNames

from .test_lookups import Account

REGION = "eu-west-1"
WEB, API = Lookup("instance", "tag:app=web"), Lookup("instance", "tag:app=api")
DOOR = Lookup("security_group", "name:door")
FACTS = LookupFacts(REGION, found={WEB: ["i-0a", "i-0b"], API: ["i-0c", "i-0d"], DOOR: ["sg-1"]})


def targets(*members):
    """`i-0a`, `i-0a:81` or a Find, each as a target."""
    made = []
    for member in members:
        id, _, port = member.partition(":") if isinstance(member, str) else (member, "", "")
        ref = id if isinstance(id, Lookup) else AwsId(id)
        made.append(Target(instance=ref, port=int(port) if port else 80))
    return Targets(group=Address("target_group", "web"), members=tuple(made))


def symbols(*refs, file_references=()):
    """The symbols of a spec that points at these."""
    members = tuple(Target(instance=ref, port=80) for ref in refs if getattr(ref, "what", "") != "security_group")
    groups = tuple(ref for ref in refs if getattr(ref, "what", "") == "security_group")
    spec = {
        Address("targets", "web"): Targets(group=Address("target_group", "web"), members=members),
        Address("load_balancer", "main"): LoadBalancer(subnets=(AwsId("subnet-1"),), security_groups=groups),
    }
    return PortableNames.of(FACTS, spec, file_references)


@pytest.mark.parametrize(
    ("live", "file_references"),
    [
        (["i-0a", "i-0b"], [WEB]),
        (["i-0b", "i-0a", "i-0e"], [WEB, "i-0e"]),
        (["i-0a"], ["i-0a"]),
        (["i-0a", "i-0b:81"], ["i-0a", "i-0b:81"]),
        (["i-0a:81", "i-0b:81"], None),
    ],
)
def test_servers_that_a_tag_finds_are_called_by_the_tag_only_if_all_are_there(live, file_references):
    made = symbols(WEB).to_portable(targets(*live))
    by_port = Targets(group=made.group, members=(Target(instance=WEB, port=81),))
    assert made == (by_port if file_references is None else targets(*file_references))
    assert symbols(WEB).to_ids(made) == targets(*live)


def test_what_files_call_something_goes_before_what_the_spec_calls_it_now():
    assert symbols(AwsId("i-0a"), AwsId("i-0b"), file_references=[WEB]).to_portable(targets("i-0a", "i-0b")) == targets(
        WEB
    )
    assert symbols(WEB, file_references=[AwsId("i-0a"), AwsId("i-0b")]).to_portable(targets("i-0a", "i-0b")) == targets(
        "i-0a", "i-0b"
    )


def test_a_security_group_is_called_by_the_name_that_it_was_found_by():
    live = LoadBalancer(subnets=(AwsId("subnet-1"),), security_groups=(AwsId("sg-1"),))
    assert symbols(DOOR).to_portable(live).security_groups == (DOOR,)
    assert symbols(DOOR).to_ids(symbols(DOOR).to_portable(live)) == live
    assert symbols().to_portable(live) == live, "nothing that this stack asked for"


def test_a_name_that_nothing_bears_any_more_stays():
    gone = targets(Lookup("instance", "tag:app=old"))
    assert symbols(WEB).to_ids(gone) == gone


def test_sentences_hold_no_ids_either():
    said = symbols(WEB).portable_text("members none → i-0a:80, i-0b:80; not i-0a:80, i-0e:80")
    assert said == "members none → tag:app=web:80; not tag:app=web:80, i-0e:80"


def test_what_only_files_speak_of_is_looked_up_too():
    account = Account(instances=[{"InstanceId": "i-0a", "State": {"Name": "running"}}])
    (facts,) = BatchReader(account.send).run([look_up(REGION, [], file_references=[WEB, Lookup("subnet", "a")])])
    assert facts.found == {WEB: ["i-0a"]}
    assert account.asked == ["DescribeInstances"]


def test_several_where_one_is_needed_are_named():
    made = Target(instance=WEB, port=80)
    with pytest.raises(ElbplanError, match="tag:app=web finds i-0a, i-0b, but exactly one is needed"):
        rewrite(made, lambda ref: (AwsId("i-0a"), AwsId("i-0b")))
