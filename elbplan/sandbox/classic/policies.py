"""Policies of Classic Load Balancers: cookies, TLS, the proxy protocol and backend authentication."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError, misconfigured
from ..params import Params
from ..rules import rule
from ..state.classic import StoredClassicBalancer, StoredPolicy
from . import find

APP_COOKIE = "AppCookieStickinessPolicyType"
BALANCER_COOKIE = "LBCookieStickinessPolicyType"
TLS = "SSLNegotiationPolicyType"
PROXY = "ProxyProtocolPolicyType"
PUBLIC_KEY = "PublicKeyPolicyType"
BACKEND_AUTH = "BackendServerAuthenticationPolicyType"
TYPES = (APP_COOKIE, BALANCER_COOKIE, TLS, PROXY, PUBLIC_KEY, BACKEND_AUTH)
OF_BACKENDS = (PROXY, BACKEND_AUTH)
DEFAULT_TLS = "ELBSecurityPolicy-2016-08"


def create_app_cookie(context: CallContext, params: Params) -> Params:
    return _add(context, params, APP_COOKIE, {"CookieName": params["CookieName"]})


def create_balancer_cookie(context: CallContext, params: Params) -> Params:
    seconds = params.get("CookieExpirationPeriod")
    return _add(context, params, BALANCER_COOKIE, {} if seconds is None else {"CookieExpirationPeriod": str(seconds)})


@rule(34)
def create(context: CallContext, params: Params) -> Params:
    """Only types that AWS has: API_CreateLoadBalancerPolicy (PolicyTypeNotFound)."""
    if params["PolicyTypeName"] not in TYPES:
        raise AwsError("PolicyTypeNotFound", f"There is no policy type named {params['PolicyTypeName']}")
    pairs = params.get("PolicyAttributes") or []
    attributes = {pair["AttributeName"]: pair.get("AttributeValue", "") for pair in pairs}
    return _add(context, params, params["PolicyTypeName"], attributes)


@rule(34)
def _add(context: CallContext, params: Params, kind: str, attributes: dict[str, str]) -> Params:
    """A policy name is unique in its load balancer: API_CreateLoadBalancerPolicy (DuplicatePolicyName)."""
    balancer, policy = find.of(context, params), StoredPolicy(params["PolicyName"], kind, attributes)
    if balancer.policies.get(policy.name, policy) != policy:
        raise AwsError("DuplicatePolicyName", f"Policy with name {policy.name} already exists")
    balancer.policies[policy.name] = policy
    return {}


@rule(34)
def attach_default(balancer: StoredClassicBalancer, port: int) -> None:
    """A new HTTPS or SSL listener has AWS's default TLS policy.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html
    ("ELBSecurityPolicy-2016-08" is the default)
    """
    attributes = {"Reference-Security-Policy": DEFAULT_TLS}
    balancer.policies.setdefault(DEFAULT_TLS, StoredPolicy(DEFAULT_TLS, TLS, attributes))
    balancer.listener_policies.setdefault(port, [DEFAULT_TLS])


def _known(balancer: StoredClassicBalancer, names: list[str]) -> list[StoredPolicy]:
    for name in names:
        if name not in balancer.policies:
            raise AwsError("PolicyNotFound", f"There is no policy with name {name} for load balancer {balancer.name}")
    return [balancer.policies[name] for name in names]


def describe(context: CallContext, params: Params) -> Params:
    balancer = find.of(context, params)
    names = params.get("PolicyNames") or list(balancer.policies)
    return {"PolicyDescriptions": [_description(policy) for policy in _known(balancer, names)]}


def _description(policy: StoredPolicy) -> Params:
    pairs = [{"AttributeName": name, "AttributeValue": value} for name, value in policy.attributes.items()]
    return {"PolicyName": policy.name, "PolicyTypeName": policy.type, "PolicyAttributeDescriptions": pairs}


@rule(34)
def set_of_listener(context: CallContext, params: Params) -> Params:
    """Cookies only on HTTP and HTTPS, TLS only on HTTPS and SSL: API_SetLoadBalancerPoliciesOfListener.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-sticky-sessions.html ("An HTTP/HTTPS load
    balancer"); ListenerNotFound, PolicyNotFound
    """
    balancer, port, names = find.of(context, params), int(params["LoadBalancerPort"]), params["PolicyNames"]
    if port not in balancer.listeners:
        raise AwsError("ListenerNotFound", f"There is no listener with port {port} for {balancer.name}")
    protocol = balancer.listeners[port]["Protocol"]
    for policy in _known(balancer, names):
        if policy.type in (APP_COOKIE, BALANCER_COOKIE) and protocol not in ("HTTP", "HTTPS"):
            raise misconfigured("Session stickiness policies can only be associated with HTTP and HTTPS listeners")
        if policy.type == TLS and protocol not in ("HTTPS", "SSL"):
            raise misconfigured("An SSL policy can only be associated with HTTPS and SSL listeners")
        if policy.type in OF_BACKENDS:
            raise misconfigured(f"{policy.type} is not a policy of listeners")
    balancer.listener_policies[port] = list(names)
    return {}


@rule(34)
def set_for_backend(context: CallContext, params: Params) -> Params:
    """Only the proxy protocol and backend authentication, on a port that a listener uses.

    API_SetLoadBalancerPoliciesForBackendServer
    """
    balancer, port, names = find.of(context, params), int(params["InstancePort"]), params["PolicyNames"]
    if port not in {listener["InstancePort"] for listener in balancer.listeners.values()}:
        raise misconfigured(f"No listener forwards to instance port {port}")
    for policy in _known(balancer, names):
        if policy.type not in OF_BACKENDS:
            raise misconfigured(f"{policy.type} is not a policy of instance ports")
    balancer.backend_policies[port] = list(names)
    return {}


def backends(balancer: StoredClassicBalancer) -> list[Params]:
    ports = balancer.backend_policies.items()
    return [{"InstancePort": port, "PolicyNames": names} for port, names in ports if names]


def summary(balancer: StoredClassicBalancer) -> Params:
    """The field Policies of DescribeLoadBalancers."""
    by_type: dict[str, list[StoredPolicy]] = {}
    for policy in balancer.policies.values():
        by_type.setdefault(policy.type, []).append(policy)
    cookies = (APP_COOKIE, BALANCER_COOKIE)
    return {
        "AppCookieStickinessPolicies": [
            {"PolicyName": policy.name, **policy.attributes} for policy in by_type.get(APP_COOKIE, [])
        ],
        "LBCookieStickinessPolicies": [_balancer_cookie(policy) for policy in by_type.get(BALANCER_COOKIE, [])],
        "OtherPolicies": [policy.name for policy in balancer.policies.values() if policy.type not in cookies],
    }


def _balancer_cookie(policy: StoredPolicy) -> dict[str, Any]:
    seconds = policy.attributes.get("CookieExpirationPeriod")
    return {"PolicyName": policy.name, **({"CookieExpirationPeriod": int(seconds)} if seconds else {})}
