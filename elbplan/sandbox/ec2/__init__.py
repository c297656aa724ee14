"""EC2: moto's, with corrections before and after where moto is more tolerant or stricter than AWS.

`before` may refuse a call, change it, or answer it. `after` puts moto's objects into the state that they have in AWS.
"""

from collections.abc import Callable
from typing import Any

from ..account import CallContext
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest, answer
from . import (
    addresses,
    capacity_reservations,
    images,
    instance_endings,
    instances,
    nat_gateways,
    network,
    protocols,
    regions,
    rule_descriptions,
    security_groups,
    server_settings,
    setting_changes,
    speed,
    tag_filters,
    volumes,
)
from .common import well_formed, within_filter_limits

speed.install()
protocols.install()
rule_descriptions.install()
server_settings.install()

Before = Callable[[CallContext, LoggedCall, HttpRequest], HttpRequest | HttpReply | None]
After = Callable[[CallContext, LoggedCall, HttpReply], HttpReply]
Own = Callable[[CallContext, dict[str, Any]], dict[str, Any]]

BEFORE: dict[str, Before] = {
    "RunInstances": instances.before_run,
    "ModifyInstanceAttribute": instances.before_modify,
    "ModifyNetworkInterfaceAttribute": setting_changes.before_interface,
    "StartInstances": instances.before_start,
    "StopInstances": instance_endings.before_stop,
    "DescribeInstances": instances.before_describe,
    "DescribeImages": images.before_describe,
    "CreateSecurityGroup": security_groups.before_create,
    "DeleteSecurityGroup": security_groups.before_delete,
    "DescribeSecurityGroups": security_groups.before_describe,
    "AuthorizeSecurityGroupIngress": security_groups.before_authorize,
    "AuthorizeSecurityGroupEgress": security_groups.before_authorize,
    "RevokeSecurityGroupIngress": security_groups.before_revoke,
    "RevokeSecurityGroupEgress": security_groups.before_revoke,
    "AllocateAddress": addresses.before_allocate,
    "AssociateAddress": addresses.before_associate,
    "ReleaseAddress": addresses.before_release,
    "DeleteSubnet": network.before_delete_subnet,
    "DeleteNetworkInterface": network.before_delete_interface,
    "DetachInternetGateway": network.before_detach_gateway,
    "CreateTags": network.before_create_tags,
}
AFTER: dict[str, After] = {
    "AllocateAddress": addresses.after_allocate,
    "CreateSecurityGroup": security_groups.after_create,
    "CreateNatGateway": nat_gateways.after_create,
    "DeleteNatGateway": nat_gateways.after_delete,
    "RunInstances": instances.after_run,
    "StartInstances": instances.after_start,
    "StopInstances": instance_endings.after_stop,
    "ModifyInstanceAttribute": instances.after_modify,
    "ModifyNetworkInterfaceAttribute": instances.after_modify_interface,
}
OWN: dict[str, Own] = {
    "TerminateInstances": instance_endings.terminate,
    "DescribeRegions": regions.describe,
    "ModifyInstanceMetadataOptions": setting_changes.metadata,
    "MonitorInstances": setting_changes.monitor,
    "UnmonitorInstances": setting_changes.unmonitor,
    "ModifyInstanceMaintenanceOptions": setting_changes.maintenance,
    "ModifyInstanceCreditSpecification": setting_changes.modify_credits,
    "DescribeInstanceCreditSpecifications": setting_changes.describe_credits,
    "ModifyVolume": volumes.modify,
    "DescribeVolumesModifications": volumes.describe_modifications,
    "CreateCapacityReservation": capacity_reservations.create,
    "DescribeCapacityReservations": capacity_reservations.describe,
    "CancelCapacityReservation": capacity_reservations.cancel,
}


def before(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | HttpReply | None:
    well_formed(call.params)
    within_filter_limits(call.params)
    if call.action in OWN and not call.params.get("DryRun"):
        return answer(call, OWN[call.action](context, call.params), incoming)
    check = BEFORE.get(call.action)
    changed = check(context, call, incoming) if check else None
    if changed is None and call.action == "ModifyInstanceAttribute":
        changed = setting_changes.before_attribute(context, call, incoming)
    if changed is None and call.action.startswith("Describe"):
        changed = tag_filters.describe_late(context, call, incoming)
    if call.action in rule_descriptions.UPDATES and not call.params.get("DryRun"):
        return answer(call, rule_descriptions.update(context, call.action, call.params), incoming)
    if call.action in security_groups.AUTHORIZE and not call.params.get("DryRun"):
        reply = security_groups.authorize(context, call, changed if isinstance(changed, HttpRequest) else incoming)
        if reply.status < 300:
            rule_descriptions.remember(context, call.action, call.params)
        return reply
    return changed


def after(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    correct = AFTER.get(call.action)
    return correct(context, call, reply) if correct else reply
