"""Elastic Load Balancing (version 2), after its API reference and not after moto's model.

moto knows targets only by instance, and neither provisioning nor health nor interfaces. It compares a listener's port
with its table of ARNs. That is too much for patches, so this service is implemented here.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html
"""

from collections.abc import Callable
from typing import Any

from ..account import CallContext
from ..params import Params
from . import (
    attributes,
    balancers,
    capacity,
    certificates,
    groups,
    health,
    listener_attributes,
    listener_changes,
    listener_rules,
    listeners,
    network_groups,
    policies,
    pools,
    tags,
    targets,
    trust_stores,
    zones,
)

ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "CreateLoadBalancer": balancers.create_load_balancer,
    "DescribeLoadBalancers": balancers.describe_load_balancers,
    "DeleteLoadBalancer": balancers.delete_load_balancer,
    "SetSecurityGroups": network_groups.set_security_groups,
    "SetSubnets": zones.set_subnets,
    "SetIpAddressType": zones.set_ip_address_type,
    "ModifyIpPools": pools.modify_ip_pools,
    "ModifyCapacityReservation": capacity.modify_capacity_reservation,
    "DescribeCapacityReservation": capacity.describe_capacity_reservation,
    "ModifyLoadBalancerAttributes": attributes.modify_load_balancer_attributes,
    "DescribeLoadBalancerAttributes": attributes.describe_load_balancer_attributes,
    "ModifyTargetGroupAttributes": attributes.modify_target_group_attributes,
    "DescribeTargetGroupAttributes": attributes.describe_target_group_attributes,
    "ModifyListenerAttributes": listener_attributes.modify_listener_attributes,
    "DescribeListenerAttributes": listener_attributes.describe_listener_attributes,
    "CreateTargetGroup": groups.create_target_group,
    "DescribeTargetGroups": groups.describe_target_groups,
    "ModifyTargetGroup": groups.modify_target_group,
    "DeleteTargetGroup": groups.delete_target_group,
    "RegisterTargets": targets.register_targets,
    "DeregisterTargets": targets.deregister_targets,
    "DescribeTargetHealth": health.describe_target_health,
    "CreateListener": listeners.create_listener,
    "DescribeListeners": listeners.describe_listeners,
    "ModifyListener": listener_changes.modify_listener,
    "DeleteListener": listeners.delete_listener,
    "AddListenerCertificates": certificates.add_listener_certificates,
    "RemoveListenerCertificates": certificates.remove_listener_certificates,
    "DescribeListenerCertificates": certificates.describe_listener_certificates,
    "CreateRule": listener_rules.create_rule,
    "DescribeRules": listener_rules.describe_rules,
    "ModifyRule": listener_rules.modify_rule,
    "DeleteRule": listener_rules.delete_rule,
    "SetRulePriorities": listener_rules.set_rule_priorities,
    "AddTags": tags.add_tags,
    "RemoveTags": tags.remove_tags,
    "DescribeTags": tags.describe_tags,
    "DescribeAccountLimits": tags.describe_account_limits,
    "CreateTrustStore": trust_stores.create_trust_store,
    "DescribeTrustStores": trust_stores.describe_trust_stores,
    "ModifyTrustStore": trust_stores.modify_trust_store,
    "DescribeTrustStoreAssociations": trust_stores.describe_trust_store_associations,
    "DeleteTrustStore": trust_stores.delete_trust_store,
    "AddTrustStoreRevocations": trust_stores.add_trust_store_revocations,
    "RemoveTrustStoreRevocations": trust_stores.remove_trust_store_revocations,
    "DescribeTrustStoreRevocations": trust_stores.describe_trust_store_revocations,
    "DeleteSharedTrustStoreAssociation": trust_stores.delete_shared_trust_store_association,
    "DescribeSSLPolicies": policies.describe_ssl_policies,
}
