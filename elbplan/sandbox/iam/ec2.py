"""What EC2 checks for each call.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..account import CallContext
from ..admin.tags import EC2_KINDS
from ..params import Params
from ..partitions import partition_of
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.moto_bridge import backend
from .policies import Need
from .tag_keys import key_names, request_tags, resource_tags

Needs = Iterator[Need]


def needs(context: CallContext, call: LoggedCall) -> Needs:
    """The authorizations of a call of EC2. AWS limits hardly any Describe call to resources."""
    own = OWN.get(call.action)
    if own:
        yield from own(context, f"ec2:{call.action}", call.params)
    else:
        yield Need(f"ec2:{call.action}")


def _arn(context: CallContext, id: str, kind: str = "") -> str:
    kind = kind or EC2_KINDS.get(id.split("-")[0], "*")
    arn = context.arn("ec2", f"{kind}/{id}")
    return arn.replace(f":{context.account_id}:", "::") if kind == "image" else arn


def _existing(context: CallContext, action: str, ids: Iterable[str], keys: dict[str, list[str]] | None = None) -> Needs:
    """The action on each of these resources."""
    for id in ids:
        tags = resource_tags(context.ec2.tags.get(id), "ec2")
        yield Need(action, _arn(context, id), {**(keys or {}), **tags})


def _specified(params: Params) -> dict[str, dict[str, list[str]]]:
    """By type of resource, the condition keys of the tags in the request."""
    return {
        str(given["ResourceType"]): request_tags(given.get("Tags"))
        for given in params.get("TagSpecifications") or params.get("TagSpecification") or ()
    }


@rule(39)
def _tagged_at_creation(context: CallContext, action: str, params: Params) -> Needs:
    """A create call with tags also needs ec2:CreateTags on each type that it tags, with the key ec2:CreateAction.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    """
    for kind, keys in _specified(params).items():
        if keys:
            yield Need(
                "ec2:CreateTags", _arn(context, "*", kind), {**keys, "ec2:CreateAction": [action.partition(":")[2]]}
            )


def _new(context: CallContext, action: str, kind: str, params: Params) -> Need:
    """A resource that the call makes. Only the tags that the request gives this type are its request tags."""
    return Need(action, _arn(context, "*", kind), _specified(params).get(kind, {}))


@rule(39)
def run_instances(context: CallContext, action: str, params: Params) -> Needs:
    """RunInstances is checked on the image, the subnet, the security groups, the key pair and the launch template, and
    on the instance, the network interface, the volume and the Spot request that it makes. With an instance profile, it
    also needs iam:PassRole.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    for kind in ("instance", "network-interface", "volume"):
        yield _new(context, action, kind, params)
    if params.get("ImageId"):
        yield Need(action, _arn(context, str(params["ImageId"]), "image"))
    if template := params.get("LaunchTemplate"):
        yield Need(action, _arn(context, _template_id(context, template), "launch-template"))
    if (params.get("InstanceMarketOptions") or {}).get("MarketType") == "spot":
        yield _new(context, action, "spot-instances-request", params)
    interfaces = params.get("NetworkInterfaces") or ()
    named = [params.get("SubnetId"), *(params.get("SecurityGroupIds") or ())]
    named += [id for interface in interfaces for id in (interface.get("SubnetId"), *(interface.get("Groups") or ()))]
    yield from _existing(context, action, [id for id in named if id])
    if params.get("KeyName"):
        yield Need(action, _arn(context, params["KeyName"], "key-pair"))
    yield from _tagged_at_creation(context, action, params)
    if profile := params.get("IamInstanceProfile"):
        yield _pass_role(context, str(profile.get("Name") or profile.get("Arn", "").rpartition("/")[2]))


def _template_id(context: CallContext, given: Params) -> str:
    names: dict[str, str] = context.ec2.launch_template_name_to_ids
    return str(given.get("LaunchTemplateId") or names.get(given.get("LaunchTemplateName") or "", "*"))


def _pass_role(context: CallContext, name: str) -> Need:
    """The role of an instance profile; without such a profile, a role with its name."""
    profiles = backend("iam", context.account_id, partition_of(context.region).id).instance_profiles.values()
    roles = [role.name for profile in profiles if profile.name == name for role in profile.roles]
    partition = context.arn("iam", "").split(":")[1]
    arn = f"arn:{partition}:iam::{context.account_id}:role/{roles[0] if roles else name}"
    return Need("iam:PassRole", arn, {"iam:PassedToService": ["ec2.amazonaws.com"]})


@rule(39)
def create_security_group(context: CallContext, action: str, params: Params) -> Needs:
    """CreateSecurityGroup is checked on the group and on its VPC.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html
    """
    yield _new(context, action, "security-group", params)
    if params.get("VpcId"):
        yield from _existing(context, action, [params["VpcId"]])
    yield from _tagged_at_creation(context, action, params)


@rule(39)
def change_rules(context: CallContext, action: str, params: Params) -> Needs:
    """A change of rules is checked on the security group; with tags for the new rules, also on the rules.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-policy-examples.html#vpc-security-groups-iam
    """
    yield from _existing(context, action, [str(params.get("GroupId"))])
    if _specified(params):
        yield _new(context, action, "security-group-rule", params)
    yield from _tagged_at_creation(context, action, params)


def allocate_address(context: CallContext, action: str, params: Params) -> Needs:
    yield _new(context, action, "elastic-ip", params)
    yield from _tagged_at_creation(context, action, params)


@rule(39)
def associate_address(context: CallContext, action: str, params: Params) -> Needs:
    """AssociateAddress is checked on the address, the instance and its network interface.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (AssociateAddress: three
    optional types of resources; the sandbox checks each that the request names)
    """
    instance = params.get("InstanceId")
    yield from _existing(context, action, [id for id in (params.get("AllocationId"), instance) if id])
    for found in context.ec2.all_instances():
        if found.id == instance and found.nics:
            yield from _existing(context, action, [found.nics[0].id])


def disassociate_address(context: CallContext, action: str, params: Params) -> Needs:
    for address in context.ec2.addresses:
        if address.association_id == params.get("AssociationId"):
            interfaces = [address.eni.id] if address.eni is not None else []
            yield from _existing(context, action, [address.allocation_id, *interfaces])
            return
    yield Need(action, _arn(context, "*", "elastic-ip"))


def change_instance(context: CallContext, action: str, params: Params) -> Needs:
    yield from _existing(context, action, [str(params.get("InstanceId")), *(params.get("Groups") or ())])


def change_credits(context: CallContext, action: str, params: Params) -> Needs:
    wanted = params.get("InstanceCreditSpecifications") or ()
    yield from _existing(context, action, [str(given["InstanceId"]) for given in wanted])


def change_tags(context: CallContext, action: str, params: Params) -> Needs:
    given = params.get("Tags") or ()
    keys = request_tags(given) if action == "ec2:CreateTags" else dict(key_names(str(tag["Key"]) for tag in given))
    yield from _existing(context, action, params.get("Resources") or (), {k: list(v) for k, v in keys.items()})


def _by_id(name: str) -> Callable[[CallContext, str, Params], Needs]:
    def on(context: CallContext, action: str, params: Params) -> Needs:
        value: Any = params.get(name)
        yield from _existing(context, action, value if isinstance(value, list) else [str(value)])

    return on


OWN: dict[str, Callable[[CallContext, str, Params], Needs]] = {
    "RunInstances": run_instances,
    "CreateSecurityGroup": create_security_group,
    **dict.fromkeys(
        (f"{verb}SecurityGroup{side}" for verb in ("Authorize", "Revoke") for side in ("Ingress", "Egress")),
        change_rules,
    ),
    "UpdateSecurityGroupRuleDescriptionsIngress": change_rules,
    "UpdateSecurityGroupRuleDescriptionsEgress": change_rules,
    "DeleteSecurityGroup": _by_id("GroupId"),
    "AllocateAddress": allocate_address,
    "AssociateAddress": associate_address,
    "DisassociateAddress": disassociate_address,
    "ReleaseAddress": _by_id("AllocationId"),
    "ModifyInstanceAttribute": change_instance,
    "DescribeInstanceAttribute": _by_id("InstanceId"),
    "ModifyInstanceMetadataOptions": _by_id("InstanceId"),
    "ModifyInstanceMaintenanceOptions": _by_id("InstanceId"),
    "ModifyNetworkInterfaceAttribute": _by_id("NetworkInterfaceId"),
    "ModifyVolume": _by_id("VolumeId"),
    **dict.fromkeys(("MonitorInstances", "UnmonitorInstances"), _by_id("InstanceIds")),
    "ModifyInstanceCreditSpecification": change_credits,
    **dict.fromkeys(("StartInstances", "StopInstances", "TerminateInstances"), _by_id("InstanceIds")),
    "CreateTags": change_tags,
    "DeleteTags": change_tags,
}
