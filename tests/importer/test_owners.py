"""The owner of a load balancer, by tags."""

from __future__ import annotations

import pytest

from elbplan.importer.owners import force_hint, owner_of

CASES = [
    ({"aws:cloudformation:stack-name": "shop"}, "CloudFormation stack shop"),
    (
        {"aws:cloudformation:stack-name": "awseb-e-1", "elasticbeanstalk:environment-name": "shop-env"},
        "CloudFormation stack awseb-e-1 (Elastic Beanstalk environment shop-env)",
    ),
    (
        {"aws:cloudformation:stack-name": "app-test", "copilot-environment": "test"},
        "CloudFormation stack app-test (AWS Copilot environment test)",
    ),
    (
        {"elbv2.k8s.aws/cluster": "prod", "ingress.k8s.aws/stack": "shop/web"},
        "Kubernetes cluster prod, Ingress shop/web",
    ),
    ({"elbv2.k8s.aws/cluster": "prod", "service.k8s.aws/stack": "a/b"}, "Kubernetes cluster prod, Service a/b"),
    (
        {"eks:eks-cluster-name": "auto", "ingress.eks.amazonaws.com/stack": "a/b"},
        "Kubernetes cluster auto, Ingress a/b",
    ),
    ({"kubernetes.io/ingress-name": "web", "ingress.k8s.aws/cluster": "v1"}, "Kubernetes cluster v1, Ingress web"),
    (
        {"kubernetes.io/cluster/old": "owned", "kubernetes.io/service-name": "default/web"},
        "Kubernetes cluster old, Service default/web",
    ),
    ({"AmazonECSManaged": "true"}, "Amazon ECS"),
]


@pytest.mark.parametrize(("tags", "name"), CASES, ids=[name for _, name in CASES])
def test_the_owner_has_a_name(tags: dict[str, str], name: str) -> None:
    owner = owner_of([{"team": "web"}, tags])
    assert owner is not None
    assert owner.name == name


@pytest.mark.parametrize(
    "tags",
    [{}, {"Name": "shop"}, {"kubernetes.io/cluster/prod": "shared"}, {"AmazonECSManaged": "false"}],
    ids=["none", "of a person", "a subnet that a cluster may use", "not managed"],
)
def test_other_tags_name_nobody(tags: dict[str, str]) -> None:
    assert owner_of([tags]) is None


def test_a_cluster_comes_before_the_stack_that_made_the_cluster() -> None:
    tags = {"aws:cloudformation:stack-name": "eksctl-prod", "elbv2.k8s.aws/cluster": "prod"}
    owner = owner_of([tags])
    assert owner is not None
    assert owner.name == "Kubernetes cluster prod"


def test_the_hint_says_what_happens_and_what_to_do_first() -> None:
    owner = owner_of([{"aws:cloudformation:stack-name": "shop"}])
    assert owner is not None
    hint = force_hint(owner)
    assert hint.startswith("the next update of stack shop can change it back, and deleting the stack deletes it")
    assert "(1) add `DeletionPolicy: Retain`" in hint
    assert hint.endswith("Then add --force: the tags stay")
