"""The error codes of AWS that elbplan knows, from the tables with which it judges and explains answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.call import DENIED, OUTCOME_UNKNOWN
from ..kinds.quotas import REACHED
from ..live.denials import NOT_SUBSCRIBED, WRONG_CREDENTIALS
from ..live.errors import EXPIRED, HINTS, HINTS_OF_OPERATION
from ..live.failures import NO_CAPACITY, TIMEOUTS
from ..live.pacing import THROTTLED
from .explanation import Explanation, lines

GROUP = "error codes"
EC2_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"
ELB_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html"
QUOTA_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"

FAMILIES: tuple[tuple[tuple[str, ...], str, str, str, str], ...] = (
    (
        DENIED,
        "The credentials lack a permission, or a policy forbids the call.",
        """
        the policies of the user or role do not allow the action that the message names
        a Deny in a policy, a permissions boundary or a service control policy of the organization
        """,
        "the message names the action; aws sts get-caller-identity names the user or role",
        "allow the action in IAM; if a service control policy denies it, ask its administrator",
    ),
    (
        WRONG_CREDENTIALS,
        "AWS does not know these credentials, or not in this region.",
        """
        AWS_PROFILE names another account, or the keys are mistyped or deleted
        the region is not enabled in this account
        the clock of this machine is wrong
        """,
        "aws sts get-caller-identity; aws account get-region-opt-status --region-name REGION",
        "aws configure, or export AWS_PROFILE=NAME; enable the region in the account settings",
    ),
    (
        EXPIRED,
        "The credentials have expired.",
        "the session of `aws sso login` or of an assumed role is over",
        "aws sts get-caller-identity",
        "aws sso login, then run the same command again",
    ),
    (
        NOT_SUBSCRIBED,
        "The account cannot use this service or region yet.",
        "the sign-up of a new account is not complete\nthe region is not enabled",
        "aws account get-region-opt-status --region-name REGION",
        "complete the sign-up in the console (payment, phone), or enable the region",
    ),
    (
        THROTTLED,
        "AWS limits the rate of calls, and did nothing. elbplan waits and tries again by itself.",
        "many tools or people use the account at once",
        "the screen shows the tries: AWS limits the rate",
        "wait, or use a smaller --parallel",
    ),
    (
        NO_CAPACITY,
        "AWS has no free machines of this instance type in this zone now.",
        "the type is large or new, or the zone is full",
        "aws ec2 describe-instance-type-offerings --location-type availability-zone",
        "run apply again later, or write another type or other zones (type:, zones:)",
    ),
    (
        (OUTCOME_UNKNOWN, *TIMEOUTS),
        "The answer of AWS was lost, so it is unknown whether the call had an effect.",
        "the network broke, or AWS did not answer in time",
        "elbplan plan shows what AWS has",
        "run the same command again: elbplan finds what exists and goes on",
    ),
    (
        ("Unreachable",),
        "elbplan could not connect to AWS.",
        """
        no network, or a proxy in between: HTTPS_PROXY, AWS_CA_BUNDLE
        the region is mistyped
        AWS_ENDPOINT_URL leads elsewhere
        """,
        "curl -I https://sts.amazonaws.com",
        "check the network and the region, then run the same command again",
    ),
    (
        ("NoCredentials", "NoProfile"),
        "There are no usable AWS credentials.",
        "AWS_PROFILE is not set, or names no profile\nonly one of the two access keys is set",
        "aws configure list, aws configure list-profiles",
        "aws configure, or export AWS_PROFILE=NAME; --sandbox needs no account",
    ),
    (
        ("NotImplemented",),
        "The AWS simulator behind AWS_ENDPOINT_URL does not have this call. AWS has it.",
        "another simulator than elbplan's",
        "echo $AWS_ENDPOINT_URL",
        "elbplan sandbox start, or use AWS",
    ),
)
"""Codes with one explanation together: their meaning, causes, how to see which one it is, and what to do."""

IN_USE = "wait: elbplan tries again by itself; what holds it is named by elbplan plan"
SINGLE: Mapping[str, tuple[str, str, str]] = {
    "HealthCheckInUse": (
        "Something still uses the health check, so AWS does not delete it.",
        "a routing control of Application Recovery Controller uses it",
        IN_USE,
    ),
    "ResourceInUse": (
        "Something still uses the resource, so AWS does not delete it.",
        "a listener or rule that was deleted some seconds ago still holds its target group\nanother stack uses it",
        IN_USE,
    ),
    "ResourceInUseException": (
        "Something still uses the certificate, so AWS does not delete it.",
        "a listener that was deleted or changed some seconds ago\na listener of others, CloudFront or API Gateway",
        "aws acm describe-certificate --certificate-arn ARN lists what uses it (InUseBy)",
    ),
    "CapacityReservationPending": (
        "AWS is still working on the last change of the load balancer's reserved capacity.",
        "its capacity (minimum_capacity_units) was changed some minutes ago",
        "aws elbv2 describe-capacity-reservation --load-balancer-arn ARN shows the state in each zone",
    ),
    "IncorrectState": (
        "AWS does not change the volume in its present state.",
        "the volume was created or changed some moments ago: elbplan tries again",
        "aws ec2 describe-volumes-modifications --volume-ids VOLUME shows the last change",
    ),
    "ResourceContention": (
        "AWS is still working on another change of the Auto Scaling group.",
        "another program changes the group at the same time\na change some seconds ago is not finished",
        "wait: elbplan tries again by itself",
    ),
    "OperationAborted": (
        "S3 is still working on another request for the bucket.",
        "a bucket of this name was deleted some minutes ago\nanother program changes the bucket at the same time",
        "wait: elbplan tries again by itself",
    ),
    "DependencyViolation": (
        "Something still uses the security group or subnet, so AWS does not delete it.",
        """
        the network interfaces of a load balancer that was deleted some minutes ago
        a rule of another security group names it as its source
        an instance or function of others has the group
        """,
        "aws ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP",
    ),
    "InvalidGroup.InUse": (
        "Something still uses the security group, so AWS does not delete it.",
        "the network interfaces of a load balancer that was deleted some minutes ago\na rule of another group names it",
        "aws ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP",
    ),
    "InvalidTarget": (
        "AWS does not register the instance or address as a target.",
        """
        the instance is not running: elbplan starts only servers of its own
        it is in another VPC than the target group
        it was created some seconds ago, and not every part of AWS knows it
        """,
        "aws ec2 describe-instances --instance-ids INSTANCE",
    ),
    "InvalidGroup.NotFound": (
        "AWS does not know the security group.",
        "it was created some seconds ago: elbplan tries again\nit was deleted, or is in another region",
        "aws ec2 describe-security-groups --group-ids GROUP",
    ),
    "InvalidPermission.Duplicate": (
        "The security group has this rule already.",
        "somebody added the same rule by hand: the port is open",
        "elbplan plan",
    ),
    "InvalidParameterValue": (
        "AWS does not accept a value of the call.",
        "the message names the value\nsomething was created some seconds ago, and not every part of AWS knows it",
        "elbplan validate, then run the same command again",
    ),
    "CertificateNotFound": (
        "The load balancer does not know the certificate.",
        "it was issued some seconds ago: elbplan tries again\nit is in another region than the load balancer",
        "aws acm describe-certificate --region REGION --certificate-arn ARN",
    ),
    "UnsupportedCertificate": (
        "The load balancer cannot use the certificate.",
        "it is not issued yet: elbplan tries again\nits key is one that load balancers do not support",
        "elbplan explain certificate.main specs/web.yaml",
    ),
    "TrustStoreInUse": (
        "A listener still uses the trust store, so AWS does not delete it.",
        "a listener that was deleted or changed some seconds ago\na listener of another stack, or of another account",
        "aws elbv2 describe-trust-store-associations --trust-store-arn ARN lists the listeners",
    ),
    "TrustStoreNotFound": (
        "AWS does not know the trust store.",
        "it was created some seconds ago: elbplan tries again\nsomebody deleted it, or no longer shares it",
        "elbplan plan shows what is missing, elbplan apply creates it",
    ),
    "TrustStoreNotReady": (
        "AWS has not read the CA certificates of the trust store yet, so no listener can use it.",
        "it was created some seconds ago: elbplan tries again",
        "",
    ),
    "TargetGroupNotFound": (
        "AWS does not know the target group.",
        "it was created some seconds ago: elbplan tries again\nsomebody deleted it",
        "elbplan plan shows what is missing, elbplan apply creates it",
    ),
    "LoadBalancerNotFound": (
        "AWS does not know the load balancer.",
        "it was created some seconds ago: elbplan tries again\nsomebody deleted it",
        "elbplan plan shows what is missing, elbplan apply creates it",
    ),
    "ListenerNotFound": (
        "AWS does not know the listener.",
        "it was created some seconds ago: elbplan tries again\nsomebody deleted it",
        "elbplan plan shows what is missing, elbplan apply creates it",
    ),
    "RuleNotFound": (
        "AWS does not know the rule.",
        "it was created some seconds ago: elbplan tries again\nsomebody deleted it",
        "elbplan plan shows what is missing, elbplan apply creates it",
    ),
    "InvalidSecurityGroup": (
        "The load balancer does not know its security group.",
        "it was created some seconds ago: elbplan tries again\nit is in another VPC than the subnets",
        "aws ec2 describe-security-groups --group-ids GROUP",
    ),
    "InvalidAllocationID.NotFound": (
        "AWS does not know the Elastic IP.",
        "it was allocated some seconds ago: elbplan tries again\nsomebody released it",
        "aws ec2 describe-addresses --allocation-ids ALLOCATION",
    ),
    "InvalidIPAddress.InUse": (
        "Something still uses the Elastic IP, so AWS does not release it.",
        "an instance or load balancer that ends just now: elbplan tries again",
        "aws ec2 describe-addresses --allocation-ids ALLOCATION names what has it",
    ),
    "InvalidInstanceID.NotFound": (
        "AWS does not know the instance.",
        "it was created some seconds ago: elbplan tries again\nit was terminated, or is in another region",
        "aws ec2 describe-instances --instance-ids INSTANCE",
    ),
    "IncorrectInstanceState": (
        "The instance is between two states, or in one that does not allow the call.",
        "it starts or stops just now: elbplan tries again",
        "aws ec2 describe-instances --instance-ids INSTANCE",
    ),
}
"""Codes that elbplan meets and waits for: their meaning, their causes, and what to type."""


def _family(codes: Iterable[str], means: str, causes: str, see: str, do: str) -> Explanation:
    first, *others = dict.fromkeys(codes)
    return Explanation(first, GROUP, means, lines(causes), (see,), (do,), EC2_PAGE, tuple(others))


def _single(code: str) -> Explanation:
    means, causes, do = SINGLE[code]
    return Explanation(code, GROUP, means, lines(causes), (), (do,), EC2_PAGE)


def _hinted(code: str) -> Explanation:
    """A code whose only explanation is the hint that every message has."""
    hints = [f"{operation}: {hint}" for (known, operation), hint in HINTS_OF_OPERATION.items() if known == code]
    own = HINTS.get(code)
    quota = code in REACHED or "quota" in (own or "")
    means = "A quota of the account is reached. Nothing was created." if quota else "AWS refused the call."
    see = ("aws service-quotas list-service-quotas --service-code elasticloadbalancing",) if quota else ()
    do = [text for text in (own, *hints) if text] or ["ask AWS for a higher quota (Service Quotas)"]
    return Explanation(code, GROUP, means, (), see, tuple(do), QUOTA_PAGE if quota else ELB_PAGE)


def _known() -> set[str]:
    return {*SINGLE, *(code for codes, *_ in FAMILIES for code in codes)}


HINTED = sorted(({*HINTS, *(code for code, _ in HINTS_OF_OPERATION), *REACHED}) - _known())
EXPLANATIONS = (
    *(_family(*family) for family in FAMILIES),
    *map(_single, SINGLE),
    *map(_hinted, HINTED),
)
