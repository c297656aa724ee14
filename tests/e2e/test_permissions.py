"""The policy that `elbplan permissions` prints is enough for the life of a stack, and no action in it is needless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.permissions.policy import COMMANDS, Command, Policy, missing_statements, policy
from elbplan.sandbox.box import Box
from elbplan.sandbox.iam.policies import Need, decide

from .permissions_life import Life

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))


@pytest.fixture(scope="module", params=SPECS, ids=lambda path: path.stem)
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """The whole life of a stack of this spec: create, change, tags, drift, replace, destroy."""
    with Box() as box:
        life = Life(box, tmp_path_factory.mktemp(request.param.stem), text_of(request.param))
        lived(life)
        yield life


def text_of(spec: Path) -> str:
    """The spec with another name, since the repository has migrations of its stack, and without deletion protection."""
    text = spec.read_text(encoding="utf-8").replace("protect: true", "protect: false")
    return re.sub(r"^name: (.*)$", r"name: least-\1", text, flags=re.MULTILINE)


def lived(life: Life) -> None:
    """Creates, tags, changes by hand, replaces and destroys the stack; each command may do no more than it says."""
    life.run("plan", "plan", "--detail")
    life.apply()
    for words in (("plan", "--detail"), ("status",), ("verify",)):
        assert life.run("plan", *words).code == 0
    life.apply(f"{life.text}tags: {{team: web}}\n{replaced(life)}")
    life.apply()
    life.drift()
    life.apply()
    if "domain:" in life.text:
        life.apply(with_other_domains(life.text))
    life.apply(with_other_files(life.text))
    life.apply(without_addresses(with_other_ports(life.text)))
    life.apply()
    done = life.run("destroy", "destroy", "--confirm", life.stack.name)
    assert done.code == 0, done.err[-2000:]


def with_other_domains(text: str) -> str:
    """The spec with other domain names, so that it needs another certificate."""
    text = re.sub(r"^(  - .*?)(?=\w+\.example\.com)", r"\1other-", text, flags=re.MULTILINE)
    text = re.sub(r"^domain: .*$", "domain: [a.example.com, b.example.com]", text, flags=re.MULTILINE)
    return re.sub(r"^domain:\n  name: .*$", "domain:\n  name: other.example.com", text, flags=re.MULTILINE)


def with_other_files(text: str) -> str:
    """The spec with other files of its trust stores."""
    return re.sub(r"versionId=\w+", "versionId=another", text).replace(".crl", "-next.crl")


def with_other_ports(text: str) -> str:
    """The spec with other ports of its groups, so that it needs other groups."""
    return re.sub(r"(?<=port: )\d+", lambda port: str(int(port[0]) + 1), text)


def without_addresses(text: str) -> str:
    """The spec without Elastic IPs of its load balancer. A multivalue answer needs them."""
    if "policy: multivalue" in text:
        text = re.sub(r"^  (policy|health_check|ttl): .*\n", "", text, flags=re.MULTILINE)
    return text.replace("elastic_ip: true", "elastic_ip: false")


def replaced(life: Life) -> str:
    """Overrides that replace resources.

    With a domain, the old load balancer stays for as long as resolvers know its name.
    """
    addresses = {address.kind: str(address) for address in reversed(life.stack.resources)}
    fields = [f"  {addresses['security_group']}: {{description: another}}"]
    if "instance" in addresses:
        fields.append(f"  {addresses['instance']}: {{type: t3.large}}")
    if "trust_store" in addresses:
        fields.append(f"  {addresses['trust_store']}: {{name: another-store}}")
    if not life.stack.domains:
        fields.append("  load_balancer: {name: another-name}")
    return "\n".join(["overrides:", *fields, ""])


OF_OLD_BALANCER = {f"elasticloadbalancing:{action}" for action in ("DeleteLoadBalancer", "DeleteListener")} | {
    "ec2:DescribeNetworkInterfaces"
}

OF_REPLACED_BALANCER = dict.fromkeys(
    ("shield:DescribeProtection", "wafv2:GetWebACL", "wafv2:GetWebACLForResource"),
    "only before a load balancer is replaced: what others put in front of the old one",
)

SELDOM: dict[Command, dict[str, str]] = {
    "plan": {
        **OF_REPLACED_BALANCER,
        "acm:ListTagsForCertificate": "only if the account has certificates",
        "cloudwatch:GetMetricData": "only for a load balancer that has existed for an hour",
        "elasticloadbalancing:DescribeListenerAttributes": "for listeners of TCP, HTTP and HTTPS: one of TLS has none",
        "elasticloadbalancing:DescribeRules": "only if the stack has rules, or a migration may delete some",
    },
    "apply": {
        **OF_REPLACED_BALANCER,
        "acm:ListTagsForCertificate": "the same",
        "cloudwatch:GetMetricData": "the same",
        "elasticloadbalancing:SetIpAddressType": "needs subnets with IPv6 addresses",
        "ec2:DeleteTags": "only if a tag leaves the spec, and nothing replaces the resource",
        "elasticloadbalancing:DescribeListenerAttributes": "the same",
        "elasticloadbalancing:DescribeRules": "the same",
        "elasticloadbalancing:DeleteRule": "only if a rule leaves the spec",
        "kms:Decrypt": "only if a key of the account encrypts the client secret",
        "s3:DeleteBucket": "only if `logs: true` leaves the spec",
        "s3:DeleteObject": "the same",
        "s3:PutBucketTagging": "only for a bucket that has stayed after its stack",
        "elasticloadbalancing:DescribeTrustStoreAssociations": "only while AWS still associates the store",
        "ssm:DeleteParameters": "only after 20 runs",
    },
    "destroy": {
        "acm:ListTagsForCertificate": "the same",
        "acm:AddTagsToCertificate": "only if a stack has two certificates after an interrupted replacement",
        "acm:DescribeCertificate": "only for a certificate that is not issued",
        "ec2:DescribeInstanceAttribute": "only for servers",
        "elasticloadbalancing:DescribeListenerAttributes": "the same",
        "elasticloadbalancing:DescribeTrustStoreAssociations": "the same",
        "s3:PutBucketTagging": "only for a bucket that has logs, which stays",
    },
}
"""Actions that no such life needs, and when elbplan needs them."""


def test_the_printed_policy_is_enough(life: Life) -> None:
    assert life.denied == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_action_of_a_policy_is_needless(life: Life, command: Command) -> None:
    used = {need.action for need in life.needs[command]}
    kept = OF_OLD_BALANCER if command == "apply" and "domain:" in life.text else set()
    assert set(policy(life.stack, command).actions) - used - set(SELDOM[command]) - kept == set()


def test_each_missing_action_breaks_a_command_and_the_statement_that_is_named_mends_it(life: Life) -> None:
    """For each action: a request that AWS denies without it, and allows again with the statement that elbplan names."""
    whole = policy(life.stack)
    needs = {need.action: need for several in life.needs.values() for need in several if allowed(whole, need)}
    seldom = {action for actions in SELDOM.values() for action in actions}
    assert set(whole.actions) - set(needs) <= seldom
    for action, need in needs.items():
        rest = whole.without(action)
        assert not allowed(rest, need), action
        statements = missing_statements(action, life.stack, resource=need.resource)
        assert allowed(Policy((*rest.statements, *statements)), need), (action, need, statements)


def allowed(given: Policy, need: Need) -> bool:
    return decide([given.document], need) == "allowed"
