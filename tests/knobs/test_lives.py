"""The lives of all knob specs: what they send, whether AWS is as simulated, and which permissions they need.

One test lives them all, since each answers every question.
"""

from __future__ import annotations

from pathlib import Path

from elbplan.permissions.policy import policy
from elbplan.sandbox.box import Box
from website.reference.members import MEMBERS

from .lives import Lives
from .sent import SPECS
from .surroundings import write_files
from .test_every_member import operations

SELDOM = {
    "cloudwatch:GetMetricData": "only for a load balancer that has existed for an hour",
    "ec2:DescribeInstanceTypeOfferings": "only if elbplan chooses zones for an internal load balancer with servers",
    "ec2:DescribeNatGateways": "what AWS bills after a destroy is listed by the command line",
    "ec2:DescribeSpotInstanceRequests": "only for servers of others that a destroy ends",
    "ec2:StartInstances": "only for a server that somebody stopped",
    "ec2:StopInstances": "only for servers of others that a destroy stops",
    "elasticloadbalancing:DescribeTrustStoreAssociations": "only while AWS still associates the store",
    "iam:CreateServiceLinkedRole": "only for the first load balancer of an account",
    "kms:Decrypt": "only if a key of the account encrypts the client secret",
    "route53:ListHostedZonesByName": "only in an account with more than 100 hosted zones",
}
"""Actions that the life of no knob spec needs, and when elbplan needs them."""


def test_what_the_lives_of_the_specs_show(tmp_path: Path) -> None:
    write_files(tmp_path)
    with Box(slow=0) as box:
        lives = Lives(box, tmp_path)
        lived = {name: lives.of(name) for name in SPECS}
    _each_member_is_sent(lives)
    assert {name: life.differing for name, life in lived.items() if life.differing} == {}, "AWS is not as simulated"
    assert {name: life.repeated for name, life in lived.items() if life.repeated} == {}, "a state occurs twice"
    assert {name: life.denied for name, life in lived.items() if life.denied} == {}, "the printed policy is too small"
    used = {action for life in lived.values() for actions in life.used.values() for action in actions}
    unused = set(policy(None).actions) - used
    assert unused - set(SELDOM) == set(), "no life needs these permissions"
    assert set(SELDOM) - unused == set(), "a life needs these permissions now"


def _each_member_is_sent(lives: Lives) -> None:
    """Every member for which the reference has a key of the spec was sent, and no other."""
    assert set(lives.recorder.sent) <= operations(), "an operation without a permission"
    promised = {
        (service, operation, member)
        for service, rest in MEMBERS.items()
        for operation, rows in rest.items()
        for member, row in rows.items()
        if not row.reason
    }
    sent = {(*operation, member) for operation, found in lives.recorder.sent.items() for member in found}
    assert sorted(promised - sent) == [], "no knob spec sends it"
    assert sorted(sent - promised) == [], "sent, but docs/reference names no key"
