"""Classic Load Balancers: Elastic Load Balancing, version 2012-06-01. They share the endpoint of version 2.

Implemented here and not by moto, which accepts listeners, policies and subnets that AWS refuses, and gives Classic
Load Balancers neither network interfaces nor a hosted zone of their own.
https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/Welcome.html
"""

from collections.abc import Callable
from typing import Any

from ..account import CallContext
from ..params import Params
from . import attributes, balancers, instances, listeners, policies, tags

ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "CreateLoadBalancer": balancers.create_load_balancer,
    "DescribeLoadBalancers": balancers.describe_load_balancers,
    "DeleteLoadBalancer": balancers.delete_load_balancer,
    "ApplySecurityGroupsToLoadBalancer": balancers.apply_security_groups,
    "CreateLoadBalancerListeners": listeners.create_listeners,
    "DeleteLoadBalancerListeners": listeners.delete_listeners,
    "SetLoadBalancerListenerSSLCertificate": listeners.set_certificate,
    "ConfigureHealthCheck": instances.configure_health_check,
    "RegisterInstancesWithLoadBalancer": instances.register,
    "DeregisterInstancesFromLoadBalancer": instances.deregister,
    "DescribeInstanceHealth": instances.describe_health,
    "DescribeLoadBalancerAttributes": attributes.describe,
    "ModifyLoadBalancerAttributes": attributes.modify,
    "CreateAppCookieStickinessPolicy": policies.create_app_cookie,
    "CreateLBCookieStickinessPolicy": policies.create_balancer_cookie,
    "CreateLoadBalancerPolicy": policies.create,
    "DescribeLoadBalancerPolicies": policies.describe,
    "SetLoadBalancerPoliciesOfListener": policies.set_of_listener,
    "SetLoadBalancerPoliciesForBackendServer": policies.set_for_backend,
    "AddTags": tags.add_tags,
    "RemoveTags": tags.remove_tags,
    "DescribeTags": tags.describe_tags,
}
