"""What ACM, Route 53, Parameter Store, Lambda and the other services check for each call."""

from collections.abc import Iterator

from ..account import CallContext
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from .policies import Need
from .tag_keys import key_names, request_tags, resource_tags

PREFIXES = {"resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas", "elb": "elasticloadbalancing"}
"""The names of services in IAM, if they differ from those of boto3."""


def plain(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A service for which the sandbox knows no resources."""
    yield Need(f"{PREFIXES.get(call.service, call.service)}:{call.action}")


@rule(39)
def acm(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A request or import with tags also needs acm:AddTagsToCertificate.

    All other calls but the list are checked on the certificate.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html
    https://github.com/hashicorp/terraform-provider-aws/issues/11903 (AddTagsToCertificate at the request)
    """
    action, params = f"acm:{call.action}", call.params
    if call.action in ("RequestCertificate", "ImportCertificate") and not params.get("CertificateArn"):
        keys = request_tags(params.get("Tags"))
        yield Need(action, "*", keys)
        if keys:
            yield Need("acm:AddTagsToCertificate", context.arn("acm", "certificate/*"), keys)
    elif arn := params.get("CertificateArn"):
        stored = context.account.certificates.get(arn)
        keys = request_tags(params.get("Tags")) if call.action.startswith("Add") else {}
        if call.action.startswith("Remove"):
            keys = {k: list(v) for k, v in key_names(tag["Key"] for tag in params.get("Tags") or ()).items()}
        yield Need(action, arn, {**keys, **resource_tags(stored.tags if stored else {})})
    else:
        yield Need(action)


def octal(name: str) -> str:
    """A name in the form of condition keys: lower case, no final dot, other characters in octal."""
    plain_characters = "abcdefghijklmnopqrstuvwxyz0123456789-_."
    text = name.lower().rstrip(".").replace("\\052", "*")
    return "".join(c if c in plain_characters else f"\\{ord(c):03o}" for c in text)


@rule(39)
def route53(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A change of records has their names, types and actions as condition keys; names are normalized.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    action, params = f"route53:{call.action}", call.params
    zone = str(params.get("HostedZoneId") or params.get("Id") or "").rpartition("/")[2]
    partition = context.arn("route53", "").split(":")[1]
    if call.action == "GetChange":
        yield Need(action, f"arn:{partition}:route53:::change/{zone}")
    elif call.action == "ChangeResourceRecordSets":
        changes = params["ChangeBatch"]["Changes"]
        sets = [change["ResourceRecordSet"] for change in changes]
        keys = {
            f"{action}NormalizedRecordNames": sorted({octal(each["Name"]) for each in sets}),
            f"{action}RecordTypes": sorted({each["Type"] for each in sets}),
            f"{action}Actions": sorted({change["Action"] for change in changes}),
        }
        yield Need(action, f"arn:{partition}:route53:::hostedzone/{zone}", keys)
    else:
        ids = params.get("ResourceIds") or [params.get("ResourceId") or params.get("HealthCheckId")]
        kind = params.get("ResourceType") or "healthcheck"
        on = [f"arn:{partition}:route53:::{kind}/{id}" for id in ids if id]
        zones = [f"arn:{partition}:route53:::hostedzone/{zone}"] if zone and "ZonesBy" not in call.action else []
        yield from (Need(action, arn) for arn in on or zones or ["*"])


@rule(39)
def ssm(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """Parameters are checked by their names, and a path as a parameter of its name. Amazon's have no account.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    """
    params = call.params
    names = params.get("Names") or [params.get("Name") or params.get("Path")]
    if not names[0] or "Parameter" not in call.action:
        yield Need(f"ssm:{call.action}")
        return
    for name in names:
        arn = context.arn("ssm", f"parameter/{name.lstrip('/')}")
        public = arn.replace(f":{context.account_id}:", "::") if name.startswith("/aws/") else arn
        yield Need(f"ssm:{call.action}", public)


@rule(39)
def secretsmanager(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A secret is checked by its ARN, which ends with six characters after the name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    name = str(call.params.get("SecretId") or call.params.get("Name") or "*")
    arn = name if name.startswith("arn:") else context.arn("secretsmanager", f"secret:{name}-a1B2c3")
    yield Need(f"secretsmanager:{call.action}", arn)


@rule(39)
def functions(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """The policy of a function is checked on the function; a new statement also has the principal as a condition key.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    params: Params = call.params
    name = str(params.get("FunctionName") or "*")
    arn = name if name.startswith("arn:") else context.arn("lambda", f"function:{name}")
    keys = {"lambda:Principal": [params["Principal"]]} if params.get("Principal") else {}
    yield Need(f"lambda:{call.action}", arn, keys)


@rule(39)
def autoscaling(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A change of an Auto Scaling group is checked on the group; reads have no resource.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
    """
    name = call.params.get("AutoScalingGroupName")
    arn = context.arn("autoscaling", f"autoScalingGroup:1:autoScalingGroupName/{name}")
    yield Need(f"autoscaling:{call.action}", arn if name and not call.action.startswith("Describe") else "*")
