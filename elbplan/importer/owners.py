"""Who made a load balancer, as far as its tags tell. Terraform leaves no tag, so nobody can know it from AWS.

CloudFormation  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
Kubernetes      https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/use_cases/ (tags of the
                controller), https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html (EKS Auto Mode)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Owner:
    """A tool that manages a load balancer.

    name     for a person: `CloudFormation stack shop`
    happens  what the tool does to a load balancer that elbplan manages too
    first    what to do before an import, one step each
    """

    name: str
    happens: str
    first: tuple[str, ...]


def force_hint(owner: Owner) -> str:
    """What the owner does otherwise, what to do first, and the option."""
    steps = "; ".join(f"({number}) {step}" for number, step in enumerate(owner.first, 1))
    return f"{owner.happens}. Before the import: {steps}. Then add --force: the tags stay"


def owner_of(tags: Iterable[Tags]) -> Owner | None:
    """The owner by the tags of a load balancer, its target groups and its security groups; the first that has one."""
    for resource in tags:
        for find in FINDERS:
            if owner := find(resource):
                return owner
    return None


CLOUDFORMATION = "aws:cloudformation:stack-name"
NAMED_BY: Mapping[str, str] = {
    "elasticbeanstalk:environment-name": "Elastic Beanstalk environment",
    "copilot-environment": "AWS Copilot environment",
    "alpha.eksctl.io/cluster-name": "eksctl cluster",
}
"""Tools that work through CloudFormation, by a tag that they add."""


def _cloudformation(tags: Tags) -> Owner | None:
    stack = tags.get(CLOUDFORMATION)
    if not stack:
        return None
    through = next((f" ({what} {tags[key]})" for key, what in NAMED_BY.items() if key in tags), "")
    happens = f"the next update of stack {stack} can change it back, and deleting the stack deletes it"
    first = (
        "add `DeletionPolicy: Retain` to the load balancer, its listeners, rules, target groups and security groups"
        " in the template, and update the stack",
        "remove them from the template and update the stack again: CloudFormation forgets them and deletes nothing",
    )
    return Owner(f"CloudFormation stack {stack}{through}", happens, first)


CONTROLLER = ("elbv2.k8s.aws/cluster", "ingress.k8s.aws/cluster", "eks:eks-cluster-name")
"""Tags with the name of the cluster: of the controller, of its first version, and of EKS Auto Mode."""
SOURCES: Mapping[str, str] = {
    "ingress.k8s.aws/stack": "Ingress",
    "service.k8s.aws/stack": "Service",
    "gateway.k8s.aws/stack": "Gateway",
    "ingress.eks.amazonaws.com/stack": "Ingress",
    "service.eks.amazonaws.com/stack": "Service",
    "kubernetes.io/ingress-name": "Ingress",
}


def _controller(tags: Tags) -> Owner | None:
    cluster = next((tags[key] for key in CONTROLLER if tags.get(key)), "")
    source = next((f"{what} {tags[key]}" for key, what in SOURCES.items() if tags.get(key)), "")
    if not cluster and not source:
        return None
    where = f"Kubernetes cluster {cluster}" if cluster else "Kubernetes"
    what = source or "its Kubernetes object"
    happens = (
        f"the AWS Load Balancer Controller changes it back and removes elbplan's tags at the next change of {what},"
        " at the latest after its resync of 10 hours, and deletes it with that object"
    )
    first = (
        "give the pods another way in, such as a Service of type NodePort: the controller also registers the targets",
        "stop the controller: kubectl -n kube-system scale deployment aws-load-balancer-controller --replicas=0",
        f"remove the finalizers of {what} and delete it, then start the controller again",
    )
    return Owner(f"{where}, {source}" if source else where, happens, first)


SERVICE = "kubernetes.io/service-name"
CLUSTER = "kubernetes.io/cluster/"


def _in_tree(tags: Tags) -> Owner | None:
    """The cloud provider inside Kubernetes, which makes Classic and network load balancers for Services."""
    cluster = next((key.removeprefix(CLUSTER) for key, value in tags.items() if _owns(key, value)), "")
    service = tags.get(SERVICE, "")
    if not cluster and not service:
        return None
    where = f"Kubernetes cluster {cluster}" if cluster else "Kubernetes"
    what = f"Service {service}" if service else "its Service"
    happens = f"Kubernetes changes it back when {what} or the nodes change, and deletes it with {what}"
    first = (
        f"change {what} to `type: NodePort` only after the import serves: Kubernetes then deletes its load balancer",
        "a network load balancer cannot be kept: let elbplan make a new one beside it",
    )
    return Owner(f"{where}, {what}" if service else where, happens, first)


def _owns(key: str, value: str) -> bool:
    """True for `kubernetes.io/cluster/NAME: owned`; `shared` marks subnets and resources that a person made."""
    return key.startswith(CLUSTER) and value == "owned"


MANAGED_BY_ECS = "AmazonECSManaged"


def _ecs(tags: Tags) -> Owner | None:
    if tags.get(MANAGED_BY_ECS, "false").lower() == "false":
        return None
    happens = "Amazon ECS changes it back at the next deployment, and deletes it with its last service"
    return Owner("Amazon ECS", happens, ("create the service again with a target group of your own",))


FINDERS: tuple[Callable[[Tags], Owner | None], ...] = (_controller, _in_tree, _ecs, _cloudformation)
"""In this order: a cluster's resources can also have the tags of the CloudFormation stack that made the cluster."""

TERRAFORM = (
    "Terraform leaves no tag. If Terraform made it, run `terraform state rm` for these resources after the import."
)
