"""Security groups: rules are one set, told alike whatever AWS makes of them, and never missing for a moment."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from elbplan.core.address import Address, AwsId
from elbplan.kinds.aws.ingress_rules import IngressRule, ingress_rule_text
from elbplan.kinds.security_group import EVERYTHING_OUT, KIND, SecurityGroup

from .kit import at, one, operations, owned, play, read

VPC = AwsId("vpc-1")
WEB = IngressRule(from_port=80, to_port=80, cidr="0.0.0.0/0")
TLS = IngressRule(from_port=443, to_port=443, cidr="0.0.0.0/0")
OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def group(*ingress, **rest):
    return SecurityGroup(vpc=VPC, ingress=ingress, **rest)


def raw(*permissions, out=(OUT,), **rest):
    return {
        "GroupId": "sg-1", "GroupName": "shop-lb", "Description": "made by elbplan", "VpcId": "vpc-1",
        "OwnerId": "123456789012", "Tags": owned("security_group.lb"), "IpPermissions": list(permissions),
        "IpPermissionsEgress": list(out), **rest,
    }  # fmt: skip


def live(*permissions, **rest):
    return one(read(KIND, {"DescribeSecurityGroups": {"SecurityGroups": [raw(*permissions, **rest)]}}))


def test_aws_merges_sources_into_one_permission_and_we_take_them_apart():
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "office"}, {"CidrIp": "0.0.0.0/0"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "123456789012"}],
    }
    ports = {"from_port": 80, "to_port": 80}
    assert (
        live(permission).model.ingress
        == group(
            IngressRule(**ports, cidr="::/0"),
            WEB,
            IngressRule(**ports, prefix_list="pl-1"),
            IngressRule(**ports, group=AwsId("sg-2")),
            IngressRule(**ports, cidr="10.0.0.0/8", description="office"),
        ).ingress
    )


def test_every_protocol_has_no_ports():
    assert live(out=[{**OUT, "FromPort": -1, "ToPort": -1}]).model.egress == EVERYTHING_OUT
    assert IngressRule(protocol="-1", cidr="0.0.0.0/0") == IngressRule(
        protocol="all", from_port=1, to_port=2, cidr="0.0.0.0/0"
    )


def test_ping_has_a_type_and_a_code_instead_of_ports():
    ping = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    assert live(ping).model.ingress == (IngressRule(protocol="icmp", from_port=8, to_port=-1, cidr="10.0.0.0/8"),)


def test_networks_are_told_in_one_spelling():
    assert IngressRule(port=80, cidr="2001:DB8::/32") == IngressRule(port=80, cidr="2001:0db8::/32")
    assert IngressRule(port=80, cidr="0.0.0.0/0") == WEB


@pytest.mark.parametrize(
    "fields",
    [
        {"port": 80},
        {"port": 80, "cidr": "10.0.0.0/8", "group": "sg-1"},
        {"cidr": "10.0.0.0/8"},
        {"from_port": 90, "to_port": 80, "cidr": "10.0.0.0/8"},
        {"port": 80, "cidr": "10.0.0.1/8"},
    ],
)
def test_what_aws_would_refuse_is_no_opening(fields):
    with pytest.raises(ValidationError):
        IngressRule.model_validate(fields)


def test_rules_are_a_set():
    assert group(WEB, TLS) == group(TLS, WEB, TLS)


def test_what_is_new_is_opened_before_what_is_old_is_closed():
    calls, _ = play(KIND.update(group(WEB), group(TLS), at(KIND, id="sg-1")))
    assert operations(calls) == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    opened, closed = (call.params["IpPermissions"] for call in calls)
    assert (opened[0]["FromPort"], closed[0]["FromPort"]) == (443, 80)


def test_the_way_leads_over_both():
    (first, wide), (last, narrow) = KIND.update_path(group(WEB), group(TLS), set())
    assert (first, wide) == ("expand", group(WEB, TLS))
    assert (last, narrow) == ("contract", group(TLS))


def test_one_rule_a_call_since_aws_refuses_all_for_one():
    calls, _ = play(KIND.update(group(), group(WEB, TLS), at(KIND, id="sg-1")))
    assert operations(calls) == ["AuthorizeSecurityGroupIngress"] * 2
    assert all("InvalidPermission.Duplicate" in call.done_if for call in calls)


def test_a_description_changes_in_place():
    said = WEB.model_copy(update={"description": "the world"})
    calls, _ = play(KIND.update(group(WEB), group(said), at(KIND, id="sg-1")))
    assert operations(calls) == ["UpdateSecurityGroupRuleDescriptionsIngress"]


@pytest.mark.parametrize(
    ("opening", "permission"),
    [
        (IngressRule(protocol="all", cidr="0.0.0.0/0"), {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        (
            IngressRule(port=80, cidr="::/0", description="all"),
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 80,
                "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "all"}],
            },
        ),
        (
            IngressRule(port=80, prefix_list="pl-1"),
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        ),
        (
            IngressRule(port=80, group=Address("security_group", "lb")),
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": "sg-9"}]},
        ),
    ],
)
def test_each_source_has_its_own_words_in_aws(opening, permission):
    place = at(KIND, id="sg-1", ids={Address("security_group", "lb"): "sg-9"})
    calls, _ = play(KIND.update(group(), group(opening), place))
    assert calls[0].params["IpPermissions"] == [permission]


def standing(permission):
    return {"DescribeSecurityGroups": {"SecurityGroups": [raw(IpPermissions=[permission])]}}


ESP = {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "10.9.0.0/16", "Description": "vpn"}]}
HTTP = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
PEER = {"GroupId": "sg-0f", "UserId": "111122223333", "VpcPeeringConnectionId": "pcx-1"}


@pytest.mark.parametrize(
    ("told", "revoked"),
    [
        (ESP, {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}),
        (
            {**ESP, "FromPort": -1, "ToPort": -1},
            {"IpProtocol": "50", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ),
        (
            {**HTTP, "UserIdGroupPairs": [{**PEER, "PeeringStatus": "active"}]},
            {**HTTP, "UserIdGroupPairs": [PEER]},
        ),
    ],
)
def test_a_rule_that_elbplan_would_not_write_is_revoked_as_it_stands(told, revoked):
    first, *rest = live(told).model.ingress
    calls, _ = play(KIND.update(group(first, *rest), group(*rest), at(KIND, id="sg-1")), standing(told))
    assert operations(calls) == ["DescribeSecurityGroups", "RevokeSecurityGroupIngress"]
    assert calls[1].params["IpPermissions"] == [revoked]


def test_a_rule_that_is_gone_meanwhile_is_revoked_in_vain():
    (esp, _) = live(ESP).model.ingress
    calls, _ = play(KIND.update(group(esp), group(), at(KIND, id="sg-1")))
    assert calls[-1].params["IpPermissions"] == [{"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]


@pytest.mark.parametrize(("number", "name"), [("6", "tcp"), (17, "udp"), ("1", "icmp"), (58, "icmpv6")])
def test_a_protocol_has_one_name(number, name):
    assert IngressRule(protocol=number, port=80, cidr="::/0") == IngressRule(protocol=name, port=80, cidr="::/0")


def test_a_protocol_without_ports_can_be_said():
    assert IngressRule(protocol=50, cidr="10.0.0.0/8") == IngressRule(protocol="50", port=1, cidr="10.0.0.0/8")


def test_a_new_group_is_tagged_as_it_is_made_and_then_opened():
    calls, facts = play(KIND.create(group(WEB), at(KIND, "lb")), {"CreateSecurityGroup": {"GroupId": "sg-1"}})
    assert operations(calls) == ["CreateSecurityGroup", "AuthorizeSecurityGroupIngress"]
    assert calls[0].no_retry
    assert facts == {"id": "sg-1", "name": "shop-name"}


def test_without_a_word_on_egress_everything_may_go_out():
    calls, _ = play(KIND.create(group(), at(KIND)), {"CreateSecurityGroup": {"GroupId": "sg-1"}})
    assert operations(calls) == ["CreateSecurityGroup"]
    assert KIND.with_live_defaults(group(), live().model).egress == EVERYTHING_OUT


def test_a_group_that_lets_nothing_out_loses_what_aws_gave_it():
    calls, _ = play(KIND.create(group(egress=()), at(KIND)), {"CreateSecurityGroup": {"GroupId": "sg-1"}})
    revoked = [call.params["IpPermissions"][0] for call in calls[1:]]
    assert revoked == [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    ]
    assert set(operations(calls[1:])) == {"RevokeSecurityGroupEgress"}


def test_the_group_of_a_balancer_that_is_just_going_cannot_go_yet():
    calls, _ = play(KIND.delete(group(), at(KIND, id="sg-1")))
    assert "DependencyViolation" in calls[0].retry_on
    assert "InvalidGroup.NotFound" in calls[0].done_if


def test_who_holds_a_wanted_name_is_known_by_vpc_and_name():
    def answer(params):
        by_name = params["Filters"][0]["Name"] == "group-name"
        return {"SecurityGroups": [raw(Tags=[], GroupId="sg-7")] if by_name else []}

    found = read(KIND, {"DescribeSecurityGroups": answer}, {Address("security_group", "lb"): group()})
    assert found.ours == {}
    assert found.names_in_use == {"vpc-1/shop-lb": "sg-7"}


def test_openings_are_told_in_few_words():
    assert ingress_rule_text(TLS) == "443 from anywhere"
    assert ingress_rule_text(IngressRule(protocol=50, cidr="10.0.0.0/8")) == "protocol 50 from 10.0.0.0/8"
    assert ingress_rule_text(IngressRule(protocol="icmp", port=-1, cidr="10.0.0.0/8")) == "icmp from 10.0.0.0/8"
    assert (
        ingress_rule_text(IngressRule(protocol="icmp", from_port=8, to_port=0, prefix_list="pl-1"))
        == "icmp type 8 from pl-1"
    )
    assert ingress_rule_text(IngressRule(from_port=80, to_port=90, cidr="::/0")) == "80-90 from anywhere (IPv6)"
    assert ingress_rule_text(IngressRule(protocol="udp", port=53, prefix_list="pl-1")) == "53/udp from pl-1"
