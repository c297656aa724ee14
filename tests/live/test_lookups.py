"""What a spec only describes is found in the account, and all that is missing is named at once."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId, Lookup
from elbplan.kinds.aws.acm_validation import DnsValidation
from elbplan.kinds.certificate import Certificate
from elbplan.kinds.external_servers import ExternalServer, ExternalServers
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.record import Record
from elbplan.kinds.security_group import SecurityGroup
from elbplan.kinds.target import Target
from elbplan.kinds.targets import Targets
from elbplan.live.batch import BatchReader
from elbplan.live.lookups import LookupFacts, look_up
from elbplan.live.resolve import NotFound, missing_instances, resolve
from elbplan.live.server_network import network_hint

REGION = "eu-west-1"


def subnet(zone, id=None, vpc="vpc-0d", state="available"):
    id = id or f"subnet-{zone}"
    return {"SubnetId": id, "VpcId": vpc, "AvailabilityZone": f"{REGION}{zone}", "State": state}


DEFAULT = [subnet("a"), subnet("b"), subnet("c")]
ZONES = [{"Id": "/hostedzone/ZEXAMPLE1", "Name": "example.com."}]


class Account:
    """Answers with what it was given, and remembers what it was asked."""

    def __init__(self, **has):
        self.has = {"default": DEFAULT, "zones": ZONES, **has}
        self.asked: list[str] = []

    def send(self, call):
        self.asked.append(call.operation)
        wanted = {f["Name"]: f["Values"] for f in call.params.get("Filters", [])}
        return getattr(self, call.operation)(wanted)

    def DescribeSubnets(self, wanted):  # noqa: N802
        if "default-for-az" in wanted:
            return {"Subnets": self.has["default"]}
        if "tag:Name" in wanted:
            return {"Subnets": self.has.get("named_subnets", [])}
        return {"Subnets": [s for s in self.has.get("subnets", []) if s["VpcId"] in wanted["vpc-id"]]}

    def DescribeVpcs(self, wanted):  # noqa: N802
        return {"Vpcs": self.has.get("vpcs", [])}

    def DescribeRouteTables(self, wanted):  # noqa: N802
        return {"RouteTables": self.has.get("tables", [])}

    def DescribeInstances(self, wanted):  # noqa: N802
        return {"Reservations": [{"Instances": self.has.get("instances", [])}]}

    def DescribeSecurityGroups(self, wanted):  # noqa: N802
        return {"SecurityGroups": self.has.get("groups", [])}

    def ListHostedZones(self, wanted):  # noqa: N802
        return {"HostedZones": self.has["zones"]}


def found(account, **resources):
    """The resources with everything looked up, by name."""
    desired = {Address(one.kind, name): one for name, one in resources.items()}
    (facts,) = BatchReader(account.send).run([look_up(REGION, list(desired.values()))])
    return {address.name: one for address, one in resolve(desired, facts, "web.yaml").items()}


def targets_of(instance):
    return Targets(group="web", members=(Target(instance=AwsId(instance), port=80),))


def missing(account):
    """The refusals for a stack that names the instance i-0a."""
    desired = {Address("targets", "web"): targets_of("i-0a")}
    (facts,) = BatchReader(account.send).run([look_up(REGION, list(desired.values()))])
    return missing_instances(desired, facts)


def balancer(*queries):
    return LoadBalancer(subnets=tuple(Lookup("subnet", query) for query in queries))


def group(vpc="default"):
    return SecurityGroup(vpc=Lookup("vpc", vpc))


def test_the_default_network_costs_one_question():
    account = Account()
    assert found(account, lb=balancer("a", "c"), sg=group())["lb"].subnets == (AwsId("subnet-a"), AwsId("subnet-c"))
    assert account.asked == ["DescribeSubnets"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("*", ["subnet-a", "subnet-b", "subnet-c"]),
        ("a", ["subnet-a"]),
        ("eu-west-1b", ["subnet-b"]),
        ("#0", ["subnet-a"]),
        ("#4", ["subnet-b"]),
    ],
)
def test_subnets_by_zone_and_by_number(query, ids):
    assert [str(one) for one in found(Account(), lb=balancer(query))["lb"].subnets] == ids


def test_a_subnet_that_is_not_available_is_none():
    account = Account(default=[subnet("a", state="pending"), subnet("a", "subnet-a2"), subnet("c")])
    assert [str(one) for one in found(account, lb=balancer("*"))["lb"].subnets] == ["subnet-a2", "subnet-c"]


def test_the_network_is_what_default_stands_for():
    assert found(Account(), sg=group())["sg"].vpc == AwsId("vpc-0d")


def table(*subnets, gateway="igw-1", vpc="vpc-0e", main=False):
    associations = [{"SubnetId": one} for one in subnets] + ([{"Main": True}] if main else [])
    return {"VpcId": vpc, "Associations": associations, "Routes": [{"GatewayId": "local"}, {"GatewayId": gateway}]}


MINE = [
    subnet("a", "subnet-public", "vpc-0e"),
    subnet("b", "subnet-private", "vpc-0e"),
    subnet("c", "subnet-main", "vpc-0e"),
]


def test_in_a_named_network_public_is_what_is_routed_to_an_internet_gateway():
    tables = [table("subnet-public"), table("subnet-private", gateway="nat-1"), table(main=True)]
    account = Account(vpcs=[{"VpcId": "vpc-0e"}], subnets=MINE, tables=tables)
    resources = found(account, lb=balancer("*"), sg=group("name:prod"))
    assert [str(one) for one in resources["lb"].subnets] == ["subnet-main", "subnet-public"]
    assert resources["sg"].vpc == AwsId("vpc-0e")


def test_where_nothing_is_public_all_subnets_count():
    account = Account(vpcs=[{"VpcId": "vpc-0e"}], subnets=MINE, tables=[table(main=True, gateway="nat-1")])
    assert len(found(account, lb=balancer("*"), sg=group("name:prod"))["lb"].subnets) == 3


def test_an_account_that_lost_its_default_subnets_still_has_its_default_network():
    own = [subnet("a", "subnet-new")]
    account = Account(default=[], vpcs=[{"VpcId": "vpc-0d"}], subnets=own, tables=[table(main=True, vpc="vpc-0d")])
    resources = found(account, lb=balancer("*"), sg=group())
    assert resources["lb"].subnets == (AwsId("subnet-new"),)


def test_a_certificate_is_proved_in_the_zone_of_each_name():
    certificate = Certificate(domains=("*.example.com", "example.com"))
    proofs = found(Account(), main=certificate)["main"].proofs
    assert [(proof.domain, str(proof.zone)) for proof in proofs] == [
        ("*.example.com", "ZEXAMPLE1"),
        ("example.com", "ZEXAMPLE1"),
    ]


def test_a_balancer_remembers_the_names_that_point_at_it():
    lb = Address("load_balancer", "main")
    record = Record(name="*.example.com", zone=Lookup("hosted_zone", "example.com"), load_balancer=lb)
    assert found(Account(), main=balancer("a"), www=record)["main"].records == ("ZEXAMPLE1/@.example.com/A",)


def test_a_tag_stands_for_all_instances_that_have_it_and_live():
    instances = [
        {"InstanceId": f"i-{n}", "State": {"Name": state}}
        for n, state in enumerate(["running", "stopped", "terminated", "shutting-down"])
    ]
    targets = Targets(group="web", members=(Target(instance=Lookup("instance", "tag:app=web"), port=80),))
    members = found(Account(instances=instances), web=targets)["web"].members
    assert [str(member.instance) for member in members] == ["i-0", "i-1"]


def test_an_instance_named_by_its_id_must_be_there():
    """The rest of the spec can be compared all the same."""
    (refusal,) = missing(Account())
    assert refusal.what.endswith(f"there is no instance i-0a in {REGION}")
    assert "check the region, the account and the spelling" in refusal.hint


def test_a_terminated_instance_is_called_terminated_while_aws_lists_it():
    (refusal,) = missing(Account(instances=[{"InstanceId": "i-0a", "State": {"Name": "terminated"}}]))
    assert refusal.what.endswith("i-0a does not exist any more (terminated)")
    assert "a terminated instance cannot start again" in refusal.hint


def test_only_the_stack_that_names_a_missing_instance_is_refused():
    account = Account()
    desired = {Address("targets", "web"): targets_of("i-0a")}
    (facts,) = BatchReader(account.send).run([look_up(REGION, list(desired.values()))])
    assert missing_instances({Address("targets", "web"): targets_of("i-0b")}, facts) == []


TWINS = [*ZONES, {"Id": "/hostedzone/ZEXAMPLE2", "Name": "example.com."}]


def test_of_two_public_zones_of_one_name_nobody_guesses():
    with pytest.raises(NotFound) as missing:
        found(Account(zones=TWINS), main=Certificate(domains=("api.example.com",)))
    assert "ZEXAMPLE1, ZEXAMPLE2" in missing.value.what
    assert "zone: Z..." in missing.value.what


def test_a_private_twin_is_no_twin():
    private = {**TWINS[1], "Config": {"PrivateZone": True}}
    certificate = found(Account(zones=[*ZONES, private]), main=Certificate(domains=("api.example.com",)))["main"]
    assert str(certificate.proofs[0].zone) == "ZEXAMPLE1"


PRIVATE = {"Id": "/hostedzone/ZPRIVATE", "Name": "api.example.com.", "Config": {"PrivateZone": True}}


def in_zone(name, zone):
    return Certificate(domains=(name,), proofs=(DnsValidation(domain=name, zone=AwsId(zone)),))


def test_a_certificate_is_validated_in_the_public_zone_although_the_spec_names_a_private_zone():
    """https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html: the DNS must be public."""
    account = Account(zones=[*ZONES, PRIVATE])
    certificate = found(account, main=in_zone("*.api.example.com", "ZPRIVATE"))["main"]
    assert certificate.proofs[0].zone == AwsId("ZEXAMPLE1")


def test_a_private_zone_without_a_public_zone_for_the_name_is_refused():
    private = {**PRIVATE, "Name": "corp.internal."}
    with pytest.raises(NotFound) as missing:
        found(Account(zones=[*ZONES, private]), main=in_zone("api.corp.internal", "ZPRIVATE"))
    assert "the hosted zone ZPRIVATE of api.corp.internal is private" in missing.value.what
    assert "certificate: arn:..." in missing.value.what


def test_a_public_zone_by_id_and_a_zone_that_is_not_listed_stay_as_they_are():
    account = Account(zones=TWINS)
    assert found(account, main=in_zone("api.example.com", "ZEXAMPLE2"))["main"].proofs[0].zone == AwsId("ZEXAMPLE2")
    assert found(account, main=in_zone("api.example.com", "ZOTHER"))["main"].proofs[0].zone == AwsId("ZOTHER")


def test_everything_that_is_missing_is_named_at_once_with_what_there_is():
    targets = Targets(
        group="web",
        members=(
            Target(instance=Lookup("instance", "tag:app=web"), port=80),
            Target(instance=Lookup("instance", "tag:app=api"), port=80),
        ),
    )
    with pytest.raises(NotFound) as missing:
        found(Account(), lb=balancer("a", "d"), web=targets, main=Certificate(domains=("api.example.org",)))
    lines = missing.value.what.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("web.yaml: there is no ") for line in lines)
    assert "zones that have one: eu-west-1a, eu-west-1b, eu-west-1c" in missing.value.what
    assert "zones of this account: example.com" in missing.value.what
    assert "nothing was changed" in missing.value.hint


def test_without_a_network_it_is_said_once():
    with pytest.raises(NotFound, match="no public subnet") as missing:
        found(Account(default=[]), lb=balancer("*", "#0"))
    assert len(missing.value.what.splitlines()) == 1


def hinted(*servers, network="default", default=()):
    """The hint for a spec with servers in these VPCs, found by a tag and by id."""
    instances = {f"i-{number}": ExternalServer(f"i-{number}", REGION, vpc=vpc) for number, vpc in enumerate(servers)}
    tag = Lookup("instance", "tag:app=web")
    members = (Target(instance=tag), Target(instance=AwsId("i-0")))
    targets = Targets(group=Address("target_group", "web"), members=members)
    spec = {Address("targets", "web"): targets, Address("security_group", "lb"): group(network)}
    facts = LookupFacts(REGION, default, found={tag: list(instances)})
    hint = network_hint(spec, facts, ExternalServers(instances))
    if hint:
        with pytest.raises(NotFound) as missing:
            resolve(spec, facts, "web.yaml", hint=hint)
        assert missing.value.hint == f"{hint}; nothing was changed"
    return hint


def test_without_a_default_network_the_hint_is_the_network_of_the_servers():
    assert hinted("vpc-0e", "vpc-0e") == "the servers are in vpc-0e: write `network: {vpc: vpc-0e}`"


def test_only_one_network_can_be_the_hint():
    assert hinted("vpc-0e", "vpc-0f") == hinted("") == hinted("vpc-0e", network="prod") == ""
    assert hinted("vpc-0d", default=DEFAULT) == ""


def test_a_load_balancer_of_another_stack_that_does_not_exist_yet_names_the_order():
    behind = Target(load_balancer=Lookup("load_balancer", "inner"))
    wanted = {Address("targets", "alb"): Targets(group=Address("target_group", "alb"), members=(behind,))}
    with pytest.raises(NotFound, match=f"there is no load balancer inner in {REGION}; .* apply that stack first"):
        resolve(wanted, LookupFacts(REGION), "front.yaml")
