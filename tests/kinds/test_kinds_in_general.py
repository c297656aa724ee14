"""What holds for every kind: calls that AWS understands, permissions to the letter, ownership in the create call.

A stack with everything in it lives its life on the sandbox, with kinds that write down every call they make; what no
such life needs is played by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from elbplan.core.address import AwsId
from elbplan.core.call import Call, Tags
from elbplan.core.kind import Kind, Kinds
from elbplan.core.resource import Part, from_live, rebuilt
from elbplan.kinds import KINDS
from elbplan.kinds.aws.ingress_rules import IngressRule
from elbplan.kinds.aws.ownership import ADDRESS, STACK
from elbplan.kinds.aws.pem import PemFiles
from elbplan.kinds.aws.secret_references import SecretReference, existence_call
from elbplan.kinds.certificate import Certificate
from elbplan.kinds.elastic_ip import ElasticIp
from elbplan.kinds.hosted_zone import HostedZone
from elbplan.kinds.ingress_rules import IngressRules
from elbplan.kinds.instance import Instance, stop
from elbplan.kinds.listener import Listener
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.permissions.listener import TEMPORARY_RULE
from elbplan.kinds.permissions.load_balancer import LOST_PROTECTIONS
from elbplan.kinds.permissions.targets import END_SERVERS
from elbplan.kinds.record import Record
from elbplan.kinds.route53_health_check import Route53HealthCheck
from elbplan.kinds.security_group import SecurityGroup
from elbplan.kinds.target import Target
from elbplan.kinds.targets import Targets
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from ..e2e.stage import REGION, Stage
from ..pem import Issuer, write
from .kit import BALANCER, CERTIFICATE, GROUP, LISTENER, RULE, SECOND, at, play, problems
from .test_rule import rule
from .test_secret_references import with_secret

BEFORE = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain:
  - {name: api.example.com, policy: latency, health_check: /health}
  - {name: app.own.net, zone: {name: own.net, create: true}}
tags: {team: web, old: "1"}
remove_validation: true
web_acl: edge
shield: true
logs: true
servers:
  web: {count: 2, elastic_ip: true, key: me}
  api: {count: 1}
groups:
  web: {servers: web, port: 80, health: /health}
  api: {servers: api, port: 81}
  scaled: {auto_scaling_group: fleet, port: 83}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: web
    rules:
      - {name: api, path: /api/*, forward: api}
      - {name: old, path: /old/*, respond: 410}
      - {name: scaled, path: /scaled/*, forward: scaled}
trust_store:
  clients: {bundle: s3://bucket/ca.pem, revocations: [s3://bucket/a.crl, s3://bucket/b.crl]}
overrides:
  listener.443:
    mutual_authentication: {mode: verify, trust_store: clients}
    attributes: {routing.http.response.server.enabled: "false"}
"""
AFTER = """
name: my-web
region: ap-northeast-2
zones: [a, b]
domain:
  - {name: api.example.com, policy: latency, health_check: /ready}
  - {name: app.own.net, zone: {name: own.net, create: true, comment: ours}}
  - {name: "*.example.com", take_over: true, restore: true}
tags: {team: api}
remove_validation: true
allow: [10.0.0.0/8]
web_acl: other
shield: true
logs: {access: true, keep: 30d}
servers:
  web: {count: 1, key: me}
  api: {count: 1}
groups:
  web: {servers: web, port: 80, health: /ready, drain: 30s}
  api: {servers: api, port: 82}
  scaled: {auto_scaling_group: next, port: 83}
trust_store: {clients: {bundle: s3://bucket/new.pem, revocations: [s3://bucket/b.crl]}}
overrides:
  load_balancer:
    attributes: {idle_timeout.timeout_seconds: 120}
    minimum_capacity_units: 100
    ipv4_ipam_pool: ipam-pool-0a
  listener.443: {mutual_authentication: {mode: verify, trust_store: clients}}
  instance.api-1:
    cpu_credits: standard
    monitoring: true
    volumes: [{size: 20}, {device: /dev/sdf, size: 5}]
    associate_public_ip_address: true
listeners:
  - {listen: 80/http, redirect: {to: 443/https, code: 302}}
  - listen: 443/https
    forward: {web: 1, api: 1}
    rules:
      - {name: old, path: /old/*, respond: 404}
      - {name: api, path: /api/*, forward: api}
      - {name: scaled, path: /scaled/*, forward: scaled}
"""

SETTINGS = {
    "cpu_credits: standard": "cpu_credits: unlimited",
    "    monitoring: true\n": "    auto_recovery: disabled\n    http_tokens: optional\n",
    "size: 20": "size: 30",
    "associate_public_ip_address: true": "associate_public_ip_address: false",
}
"""What changes in place of a server."""


def with_other_settings(spec: str) -> str:
    """The spec with other settings of a server."""
    for old, new in SETTINGS.items():
        spec = spec.replace(old, new)
    return spec


def with_opened(spec: str, server: str) -> str:
    """The spec with a group for a server that elbplan did not create."""
    group = f"  foreign: {{instances: [{server}], port: 90, open: true}}\ntrust_store: {{"
    return spec.replace("trust_store: {", group).replace("{web: 1, api: 1}", "{web: 1, api: 1, foreign: 1}")


def with_own_certificate(spec: str, folder: Path) -> str:
    """The spec with a domain whose certificate elbplan imports."""
    authority = Issuer()
    certificate, key = authority.issue("own.example.com")
    files = write(folder, "own", certificate, key, authority.certificate)
    return spec.replace("domain:\n", f"domain:\n  - {{name: own.example.com, pem: {files}}}\n")


PEM = PemFiles(
    certificate="a.pem", key="a.key", certificate_text="-----BEGIN CERTIFICATE-----YQ==-----END CERTIFICATE-----"
)


@dataclass
class Journal:
    """Every call, with the kind that made it and the verb it was made for."""

    entries: list[tuple[str, str, Call]] = field(default_factory=list)
    creations: list[tuple[str, Call]] = field(default_factory=list)

    def of(self, kind: str) -> list[Call]:
        return [call for name, _, call in self.entries if name == kind]

    def heard(self, kind: str, verb: str, program: Callable[..., Any], *args: Any) -> Any:
        """The program, written down as it goes."""
        made = program(*args)
        answer: Any = None
        made_already = False
        while True:
            try:
                asked = made.send(answer)
            except StopIteration as done:
                return done.value
            for call in [asked] if isinstance(asked, Call) else asked:
                self.entries.append((kind, verb, DESCRIBE_TAGS if isinstance(call, Tags) else call))
                if isinstance(call, Call) and call.probe is not None:
                    self.entries.append((kind, "look", next(call.probe())))
            if verb == "create" and not made_already and isinstance(asked, Call) and creates(asked):
                self.creations.append((kind, asked))
                made_already = True
            answer = yield asked

    def kinds(self) -> Kinds:
        return {name: self.listening(kind) for name, kind in KINDS.items()}

    def listening(self, kind: Kind[Any]) -> Kind[Any]:
        verbs = {
            verb: partial(self.heard, kind.name, verb, getattr(kind, verb))
            for verb in ("read", "create", "update", "delete", "reorder")
        }
        gates = tuple(replace(g, probe=partial(self.heard, kind.name, "look", g.probe)) for g in kind.gates)
        return replace(kind, gates=gates, **verbs)


DESCRIBE_TAGS = Call("elbv2", "DescribeTags", {"ResourceArns": [BALANCER]})


def reads(call: Call) -> bool:
    return call.operation.startswith(("Describe", "Get", "List"))


def creates(call: Call) -> bool:
    """A protection by Shield is first noted in the tags of its load balancer, and a bucket asks whose it is."""
    return not reads(call) and call.operation != "AddTags"


PUBLIC = {"PublicIp": "203.0.113.7"}


def of_address(allocation: str) -> Record:
    """One address of a multivalue answer."""
    fields = {"set_identifier": "a", "multi_value_answer": True, "elastic_ip": AwsId(allocation)}
    return Record(name="a.org", zone=AwsId("Z0123456789ABC"), load_balancer=AwsId(BALANCER), **fields)


BY_HAND: list[tuple[str, str, tuple[Part, Part]]] = [
    (
        "security_group",
        "sg-1",
        (
            SecurityGroup(vpc=AwsId("vpc-1"), ingress=(IngressRule(port=1, cidr="10.0.0.0/8"),), egress=()),
            SecurityGroup(
                vpc=AwsId("vpc-1"),
                ingress=(IngressRule(port=1, cidr="10.0.0.0/8", description="said"),),
                egress=(IngressRule(port=1, cidr="10.0.0.0/8"),),
            ),
        ),
    ),
    (
        "security_group",
        "sg-1",
        (
            SecurityGroup(
                vpc=AwsId("vpc-1"),
                egress=(IngressRule(port=1, cidr="10.0.0.0/8"), IngressRule(port=2, cidr="::/0")),
            ),
            SecurityGroup(vpc=AwsId("vpc-1"), egress=(IngressRule(port=1, cidr="10.0.0.0/8", description="said"),)),
        ),
    ),
    (
        "ingress_rules",
        "shop#ingress_rules.servers",
        (
            IngressRules(rules=({"security_group": AwsId("sg-1"), "port": 1, "group": AwsId("sg-2")},)),
            IngressRules(rules=({"security_group": AwsId("sg-1"), "port": 2, "group": AwsId("sg-2")},)),
        ),
    ),
    (
        "load_balancer",
        BALANCER,
        (
            LoadBalancer(subnets=(AwsId("subnet-a"),), security_groups=(AwsId("sg-1"),)),
            LoadBalancer(subnets=(AwsId("subnet-a"),), security_groups=(AwsId("sg-2"),), ip_address_type="dualstack"),
        ),
    ),
    (
        "load_balancer",
        BALANCER,
        (
            LoadBalancer(type="network", subnets=(AwsId("subnet-a"),), security_groups=(AwsId("sg-1"),)),
            LoadBalancer(type="network", subnets=(AwsId("subnet-c"),), security_groups=(AwsId("sg-1"),)),
        ),
    ),
    (
        "listener",
        LISTENER,
        (
            Listener(load_balancer=AwsId(BALANCER), port=443, protocol="HTTPS", certificate=AwsId(CERTIFICATE),
                     more_certificates=(AwsId(f"{SECOND}0"),), action={"type": "fixed-response", "status": 404}),
            Listener(load_balancer=AwsId(BALANCER), port=443, protocol="HTTPS", certificate=AwsId(CERTIFICATE),
                     more_certificates=(AwsId(SECOND),), action={"type": "fixed-response", "status": 404}),
        ),
    ),
    ("elastic_ip", "eipalloc-1", (ElasticIp(instance=AwsId("i-1"), tags={"a": "1"}), ElasticIp())),
    (
        "instance",
        "i-1",
        (
            from_live(Instance, {"image": "ami-1", "subnet": AwsId("subnet-a"), "state": "stopped"}),
            Instance(image="ami-1", subnet=AwsId("subnet-a"), security_groups=(AwsId("sg-2"),)),
        ),
    ),
    (
        "targets",
        f"{GROUP}#targets",
        (
            Targets(group=AwsId(GROUP), members=(Target(address="arn:aws:lambda:eu-west-1:123456789012:function:a"),)),
            Targets(group=AwsId(GROUP), members=(Target(address="arn:aws:lambda:eu-west-1:123456789012:function:b"),)),
        ),
    ),
    (
        "hosted_zone",
        "Z0123456789ABC",
        (HostedZone(name="a.org", vpcs=(AwsId("vpc-1"),)), HostedZone(name="a.org", vpcs=(AwsId("vpc-2"),))),
    ),
    (
        "route53_health_check",
        "0a1b",
        (
            Route53HealthCheck(type="HTTP", elastic_ip=AwsId("eipalloc-1")),
            Route53HealthCheck(type="HTTP", elastic_ip=AwsId("eipalloc-2")),
        ),
    ),
    ("record", "Z0123456789ABC/a.org/A/a", (of_address("eipalloc-1"), of_address("eipalloc-2"))),
    ("certificate", CERTIFICATE, (Certificate(domains=("a.org",), tags={"a": "1"}), Certificate(domains=("a.org",)))),
    (
        "certificate",
        CERTIFICATE,
        (Certificate(domains=("a.org",), fingerprints=("ab",)), Certificate(domains=("a.org",), pem=PEM)),
    ),
]  # fmt: skip
"""Updates that the life below does not need: kind, id, before and after."""

SECRETS = ("ssm:/web/oidc", "secretsmanager:web/oidc")
BY_HAND += [("rule", RULE, (rule(), rule(leading_actions=(with_secret(text),)))) for text in SECRETS]
HTTPS = Listener(load_balancer=AwsId(BALANCER), port=443, protocol="HTTPS", certificate=AwsId(CERTIFICATE),
                 action={"type": "fixed-response", "status": 404})  # fmt: skip
BY_HAND += [("listener", LISTENER, (HTTPS, rebuilt(HTTPS, leading_actions=(with_secret(text),)))) for text in SECRETS]

IMPLIED = {
    "listener": {"kms:Decrypt"},
    "rule": {"kms:Decrypt"},
    "instance": {"iam:PassRole"},
    "load_balancer": {"iam:CreateServiceLinkedRole"},
    "web_acl_association": {"elasticloadbalancing:SetWebACL", "wafv2:GetWebACL"},
}
"""What AWS asks for without a call of that name."""
TAGGING = {"ec2": "ec2:CreateTags", "elbv2": "elasticloadbalancing:AddTags", "acm": "acm:AddTagsToCertificate",
           "s3": "s3:TagResource", "shield": "shield:TagResource"}  # fmt: skip
"""What AWS asks for as well when a create call carries tags."""


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    told, folder = Journal(), tmp_path_factory.mktemp("files")
    with Box(slow=0) as box:
        stage = Stage(box)
        stage.client("ec2").create_key_pair(KeyName="me")
        for number in range(100):
            stage.client("route53").create_hosted_zone(Name=f"z{number}.net", CallerReference=str(number))
        record = {"Name": "*.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch=batch)
        stage.box.switch("shield", True)
        for name in ("edge", "other"):
            stage.box.create_fixture("web_acl", region=REGION, name=name)
        server = stage.box.create_fixture("instance", region=REGION, zone="a")
        for name in ("fleet", "next"):
            stage.box.create_fixture("auto_scaling_group", name, region=REGION, zones="a")
        after = with_own_certificate(with_opened(AFTER, server), folder)
        other = with_other_settings(after)
        monitored = other.replace("auto_recovery: disabled", "monitoring: true")
        live(stage, told.kinds(), BEFORE, after, other, monitored)
    for name, id, (before, after) in BY_HAND:
        calls, _ = play(
            KINDS[name].update(before, after, at(KINDS[name], id=id)),
            {
                "DescribeAddresses": {"Addresses": [{"AllocationId": id, "AssociationId": "eipassoc-1", **PUBLIC}]},
                "ChangeResourceRecordSets": {"ChangeInfo": {"Id": "/change/C1"}},
                "DescribeLoadBalancers": {"LoadBalancers": [{}]},
                "DescribeSubnets": {"Subnets": []},
                "DescribeSecurityGroupRules": {"SecurityGroupRules": []},
                "GetParameter": {"Parameter": {"Value": "a secret"}},
                "GetSecretValue": {"SecretString": "a secret"},
            },
        )
        told.entries += [(name, "update", call) for call in calls]
    for name, text in product(("rule", "listener"), SECRETS):
        if (call := existence_call(SecretReference.parse(text))) is not None:
            told.entries.append((name, "update", call))
    stopped, _ = play(stop(at(KINDS["instance"], id="i-0abc1234")), {})
    told.entries += [("instance", "stop", call) for call in stopped]
    return told


def live(stage: Stage, kinds: Kinds, *specs: str) -> None:
    """A stack is made, changed and ended."""
    for spec in specs:
        (plan,) = workflow.plan(stage.aws, stage.stacks(spec), kinds)
        run(stage, plan, kinds)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(specs[-1]), kinds)
    run(stage, plan, kinds)


def run(stage: Stage, plan: Any, kinds: Kinds) -> None:
    outcome = workflow.apply(stage.aws, plan, kinds, lambda event: None, stage.clock)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_is_one_that_aws_knows_with_parameters_that_aws_takes(journal: Journal, kind: str) -> None:
    wrong = {problem for call in journal.of(kind) if (problem := problems(call))}
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
def test_permissions_are_complete(journal: Journal, kind: str) -> None:
    assert needed(journal, kind) - declared(kind) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_permissions_are_declared_for_the_verb_that_needs_them(journal: Journal, kind: str) -> None:
    verbs = {"reorder": "update", "look": "create"}
    made = {(verbs.get(verb, verb), call.permission) for name, verb, call in journal.entries if name == kind}
    reading = {action for verb, action in given(kind) if verb in ("read", "compare")}
    looking = {("create", action) for action in declared(kind)} if KINDS[kind].gates else set()
    made = {(verb, action) for verb, action in made if verb != "stop" and action not in reading | ELSEWHERE}
    assert made - given(kind) - looking == set()


def given(kind: str) -> set[tuple[str, str]]:
    return {(verb, permission.action) for permission in KINDS[kind].permissions for verb in permission.verbs}


def declared(kind: str) -> set[str]:
    return {permission.action for permission in KINDS[kind].permissions}


@pytest.mark.parametrize("kind", KINDS)
def test_permissions_hold_nothing_that_is_not_needed(journal: Journal, kind: str) -> None:
    elsewhere = {permission.action for permission in END_SERVERS} if kind == "targets" else set()
    elsewhere |= {permission.action for permission in TEMPORARY_RULE} if kind == "listener" else set()
    elsewhere |= {permission.action for permission in LOST_PROTECTIONS} if kind == "load_balancer" else set()
    elsewhere |= OF_ANY_LISTENER if kind == "log_bucket" else set()
    unused = declared(kind) - needed(journal, kind) - elsewhere
    assert unused == set()


OF_ANY_LISTENER = {"elasticloadbalancing:DescribeListenerAttributes"}
"""Every kind of ELB reads the same, but this one is played without a listener."""

OF_LISTENERS = {"elasticloadbalancing:DescribeListenerCertificates"}
"""Every kind of ELB reads the same; a stack with listeners that have certificates has the kind that declares it."""


ELSEWHERE = OF_LISTENERS | {"sts:GetCallerIdentity"}
"""Who asks for its own identity needs no permission."""


def needed(journal: Journal, kind: str) -> set[str]:
    calls = journal.of(kind)
    tagging = {TAGGING[call.service] for name, call in journal.creations if name == kind and tags_of(call)}
    elsewhere = {permission.action for permission in END_SERVERS}
    others = elsewhere if kind == "targets" else {"ec2:StopInstances"} if kind == "instance" else set()
    others |= {"sts:GetCallerIdentity"} if kind == "listener" else ELSEWHERE
    return ({call.permission for call in calls} | tagging | IMPLIED.get(kind, set())) - others


def tags_of(call: Call) -> dict[str, str]:
    """The tags a call carries, in whichever of AWS's forms."""
    listed = list(call.params.get("Tags", []) or call.params.get("CreateBucketConfiguration", {}).get("Tags", []))
    for one in call.params.get("TagSpecifications", []):
        listed += one["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


BY_REFERENCE = {"hosted_zone", "route53_health_check"}
"""The create calls of Route 53 take no tags. Their caller reference is of the stack."""
WITHOUT_TAGS = {
    "targets",
    "auto_scaling_attachment",
    "record",
    "ingress_rules",
    "web_acl_association",
    *BY_REFERENCE,
}
"""Neither registrations nor records can carry tags. The rules in groups of others have only the ownership tags."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WITHOUT_TAGS])
def test_ownership_is_written_by_the_create_call_itself(journal: Journal, kind: str) -> None:
    made = [call for name, call in journal.creations if name == kind]
    assert made
    for call in made:
        tags = tags_of(call)
        assert tags[STACK] == "my-web"
        assert tags[ADDRESS].startswith(f"{kind}.")
        assert tags["team"] in ("web", "api")


@pytest.mark.parametrize("kind", sorted(BY_REFERENCE))
def test_a_caller_reference_is_of_the_stack(journal: Journal, kind: str) -> None:
    (made,) = [call for name, call in journal.creations if name == kind]
    assert made.params["CallerReference"].startswith(f"elbplan/my-web/{REGION}/")
    assert len(made.params["CallerReference"]) <= 64


IDEMPOTENT = {
    "CreateLoadBalancer",
    "CreateTargetGroup",
    "CreateListener",
    "CreateTags",
    "CreateBucket",
    "CreateProtection",
}
"""AWS answers to the same request with the same resource."""
TOKENS = {"ClientToken", "IdempotencyToken", "CallerReference"}


def test_once_are_exactly_the_calls_that_would_make_a_second_thing(journal: Journal) -> None:
    makes = ("Create", "Run", "Allocate", "Request", "Copy", "Import", "AddTrustStore")
    once, harmful = set(), set()
    for _, _, call in journal.entries:
        if call.no_retry and call.service != "ssm":  # botocore would try an endpoint without connection 25 times
            once.add(call.operation)
        if call.operation.startswith(makes) and call.operation not in IDEMPOTENT and not TOKENS & set(call.params):
            harmful.add(call.operation)
    assert once == harmful == {
        "AddTrustStoreRevocations", "AllocateAddress", "CreateRule", "CreateSecurityGroup", "CreateTrustStore",
        "ImportCertificate",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_reading_writes_nothing(journal: Journal, kind: str) -> None:
    assert [call for name, verb, call in journal.entries if name == kind and verb in ("read", "look")]
    assert all(reads(call) for name, verb, call in journal.entries if name == kind and verb in ("read", "look"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_gone_already_is_no_failure_of_a_delete(journal: Journal, kind: str) -> None:
    ends = ("Delete", "Terminate", "Release", "Deregister", "Revoke", "Disassociate", "Detach")
    deletes = [
        c for name, verb, c in journal.entries if (name, verb) == (kind, "delete") and c.operation.startswith(ends)
    ]
    assert deletes or kind == "record"
    assert all(call.done_if for call in deletes)


def models() -> Iterator[type[Part]]:
    """Every model of a kind, and every part of one."""
    seen: set[type[Part]] = set()
    left: list[Any] = [kind.model for kind in KINDS.values()]
    while left:
        one = left.pop()
        if isinstance(one, type) and issubclass(one, Part) and one not in seen:
            seen.add(one)
            yield one
            left += [field.annotation for field in one.model_fields.values()]
        left += get_args(one)


@pytest.mark.parametrize("model", sorted(models(), key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_an_editor_has_something_to_say_of_every_field(model: type[Part]) -> None:
    schema = model.model_json_schema()
    assert schema["description"]
    parts = schema.get("$defs", {})
    assert not [name for name, entry in schema["properties"].items() if not says(entry, parts)]


def says(entry: dict[str, Any], parts: dict[str, Any]) -> bool:
    """Is there a description, or a list of all that is possible, here or in what this is made of?"""
    if "$ref" in entry:
        return says(parts[entry["$ref"].rsplit("/", 1)[-1]], parts)
    inner = [entry["items"]] if "items" in entry else entry.get("anyOf", entry.get("oneOf", []))
    return bool({"description", "enum", "const"} & set(entry)) or any(says(one, parts) for one in inner)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_tells_itself_in_few_words(kind: str) -> None:
    assert KINDS[kind].title == kind.replace("_", " ")
    names = [gate.name for gate in KINDS[kind].gates]
    assert len(names) == len(set(names))
