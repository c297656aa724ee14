"""Listeners."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener, StoredRule
from . import actions, certificates, find, tags, trust_stores
from .find import new_id
from .policies import POLICIES

PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
    "gateway": ("GENEVE",),
}
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"


def create_listener(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    given_tags = tags.checked(params.get("Tags"))
    protocol, port = protocol_and_port(balancer, params)
    policy = policy_of(protocol, params.get("SslPolicy"))
    settings = settings_of(params, protocol, port, policy, params.get("DefaultActions") or [])
    if listener := existing(context, balancer, port, settings):
        return {"Listeners": [description(listener)]}
    check_beside_quic(context, balancer, protocol)
    check_quota(context, balancer)
    certificate = certificates.default_certificate(context, params.get("Certificates"), protocol)
    alpn = alpn_of(protocol, params.get("AlpnPolicy"))
    mutual = trust_stores.mutual_authentication(context, params.get("MutualAuthentication") or {}, protocol)
    trust_stores.check_verify_quota(context, balancer.arn, "", mutual)
    default_actions = actions.checked(context, balancer, protocol, port, params.get("DefaultActions") or [])
    suffix = f"{balancer.arn_suffix}/{new_id(context, 'listener', balancer.arn)}"
    default = StoredRule(
        rule_arn(context, suffix, new_id(context, "rule", suffix)), 0, [], default_actions, default=True
    )
    listener = StoredListener(
        arn=context.arn("elasticloadbalancing", f"listener/{suffix}"),
        balancer=balancer.arn, protocol=protocol, port=port, ssl_policy=policy, certificate=certificate,
        alpn=alpn, mutual=mutual, rules={}, default=default,
        settings=settings,
    )  # fmt: skip
    context.elb.listeners[listener.arn] = listener
    context.elb.tags[listener.arn] = given_tags
    context.elb.tags[default.arn] = {}
    find.mark_new(context, listener.arn)
    note_attachments(context)
    return {"Listeners": [description(listener)]}


def rule_arn(context: CallContext, listener_suffix: str, id: str) -> str:
    return context.arn("elasticloadbalancing", f"listener-rule/{listener_suffix}/{id}")


@rule(22)
def protocol_and_port(balancer: StoredBalancer, params: Params) -> tuple[str, int]:
    """Protocols by type of balancer: API_CreateListener (Protocol, Port). Gateway listeners have neither."""
    protocol, port = params.get("Protocol"), params.get("Port")
    if balancer.type == "gateway":
        if protocol or port:
            raise validation("A protocol or port cannot be specified for gateway listeners")
        return "GENEVE", 6081
    if not protocol:
        raise validation("A listener protocol must be specified")
    if port is None:
        raise validation("A listener port must be specified")
    if not 1 <= port <= 65535:
        raise validation(f"Port '{port}' must be between '1' and '65535'")
    if protocol not in PROTOCOLS[balancer.type]:
        allowed = ", ".join(PROTOCOLS[balancer.type])
        raise validation(f"Listener protocol '{protocol}' must be one of '{allowed}'")
    check_source_nat(balancer.ip_type, [protocol], on=balancer.source_nat)
    check_quic(balancer, protocol)
    return protocol, port


QUIC = ("QUIC", "TCP_QUIC")


@rule(22)
def check_quic(balancer: StoredBalancer, protocol: str) -> None:
    """QUIC needs a balancer without security groups and with the address type ipv4.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html (Prerequisites). The page does
    not name the error code.
    """
    if protocol in QUIC and (balancer.security_groups or balancer.ip_type != "ipv4"):
        raise misconfigured(f"{protocol} listeners need a load balancer of type ipv4 without security groups")


@rule(22)
def check_beside_quic(context: CallContext, balancer: StoredBalancer, protocol: str) -> None:
    """A balancer has one QUIC listener at most, and no UDP listener beside it.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html"""
    others = {listener.protocol for listener in context.elb.listeners_of(balancer.arn)}
    if (protocol in QUIC and others & {*QUIC, "UDP", "TCP_UDP"}) or (
        protocol in ("UDP", "TCP_UDP") and others & {*QUIC}
    ):
        raise misconfigured("A load balancer can have one QUIC listener, and no UDP listener beside it")


@rule(22)
def check_source_nat(ip_type: str, protocols: list[str], *, on: bool) -> None:
    """A dualstack balancer with a UDP listener needs IPv6 targets and an IPv6 prefix for source NAT.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html ("You can't use an IPv4 target
    group with a UDP listener for a dualstack load balancer"); API_CreateLoadBalancer (EnablePrefixForIpv6SourceNat),
    https://github.com/aws/aws-cdk/pull/32184. No page names the error code.
    """
    if not on and ip_type.startswith("dualstack") and {"UDP", "TCP_UDP"} & set(protocols):
        raise misconfigured("UDP listeners of a dualstack load balancer need a prefix for IPv6 source NAT")


@rule(24)
def policy_of(protocol: str, asked: str | None) -> str:
    """Secure listeners have a policy, others have none: API_CreateListener (SslPolicy, SSLPolicyNotFound)."""
    if protocol not in SECURE:
        if asked:
            raise validation(f"An SSL policy cannot be specified for {protocol} listeners")
        return ""
    if asked and asked not in POLICIES:
        raise AwsError("SSLPolicyNotFound", f"SSL policy '{asked}' not found")
    return asked or DEFAULT_POLICY


ALPN = ("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None")


@rule(22)
def alpn_of(protocol: str, asked: list[str] | None) -> list[str]:
    """One policy, for TLS listeners only: API_CreateListener (AlpnPolicy, ALPNPolicyNotSupported)."""
    if not asked:
        return []
    if protocol != "TLS" or len(asked) > 1 or asked[0] not in ALPN:
        raise AwsError("ALPNPolicyNotSupported", f"The ALPN policy '{', '.join(asked)}' is not supported")
    return list(asked)


def settings_of(params: Params, protocol: str, port: int, policy: str, wanted: list[Params]) -> dict[str, Any]:
    """Returns the settings that make two requests the same, in the form in which AWS returns them."""
    certificates_given = [certificate.get("CertificateArn") for certificate in params.get("Certificates") or []]
    several = len(wanted) > 1
    normal = [actions.normalized(action, number if several else None) for number, action in enumerate(wanted, 1)]
    given = {key: params.get(key) or None for key in ("AlpnPolicy", "MutualAuthentication")}
    return {
        **given,
        "Actions": normal,
        "Certificates": certificates_given,
        "Protocol": protocol,
        "Port": port,
        "SslPolicy": policy,
    }


@rule(3)
def existing(
    context: CallContext, balancer: StoredBalancer, port: int, settings: dict[str, Any] | None, except_for: str = ""
) -> StoredListener | None:
    """A port has one listener; the same settings give the same listener.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    ("This operation is idempotent"; DuplicateListener), and API_ModifyListener (DuplicateListener).
    """
    for listener in context.elb.listeners_of(balancer.arn):
        if listener.arn != except_for and (listener.port == port or balancer.type == "gateway"):
            if settings is not None and listener.settings == settings:
                return listener
            raise AwsError("DuplicateListener", "A listener already exists on this port for this load balancer")
    return None


@rule(23)
def check_quota(context: CallContext, balancer: StoredBalancer) -> None:
    """50 on a load balancer: API_CreateListener (TooManyListeners)."""
    if len(context.elb.listeners_of(balancer.arn)) >= context.account.quota("listeners_per_lb"):
        raise AwsError("TooManyListeners", "You've reached the limit on the number of listeners per load balancer")


@rule(24)
def description(listener: StoredListener) -> Params:
    """Plain listeners have no SslPolicy or Certificates, gateway listeners no port or protocol: API_Listener."""
    answer: Params = {
        "ListenerArn": listener.arn,
        "LoadBalancerArn": listener.balancer,
        "DefaultActions": listener.default.actions,
    }
    if listener.protocol != "GENEVE":
        answer.update(Protocol=listener.protocol, Port=listener.port)
    if listener.certificate:
        answer.update(Certificates=[{"CertificateArn": listener.certificate}], SslPolicy=listener.ssl_policy)
    if listener.alpn:
        answer["AlpnPolicy"] = listener.alpn
    if listener.protocol in SECURE:
        answer["MutualAuthentication"] = {"Mode": "off", **listener.mutual}
    return answer


def describe_listeners(context: CallContext, params: Params) -> Params:
    arns, balancer = params.get("ListenerArns") or [], params.get("LoadBalancerArn")
    if bool(arns) == bool(balancer):
        raise validation("You must specify either listener ARNs or a load balancer ARN")
    if balancer:
        listeners = context.elb.listeners_of(find.balancer(context, balancer).arn)
    else:
        for arn in arns:
            find.listener(context, arn)
        listeners = find.all_of("listener", context.elb.listeners, arns)
    page, marker = find.page(context, params, listeners)
    return {"Listeners": [description(listener) for listener in page], "NextMarker": marker}


def delete_listener(context: CallContext, params: Params) -> Params:
    """Not while a network load balancer has this balancer as a target on this port: API_DeleteListener."""
    listener = find.listener(context, params["ListenerArn"])
    for group in context.elb.groups.values():
        for target in group.targets.values():
            if target.id == listener.balancer and target.port == listener.port and target.drained_at is None:
                raise AwsError(
                    "ResourceInUse",
                    f"Listener port '{listener.port}' is in use by target group '{group.arn}'",
                )
    remove(context, listener)
    return {}


def remove(context: CallContext, listener: StoredListener) -> None:
    for listener_rule in listener.all_rules():
        context.elb.tags.pop(listener_rule.arn, None)
    for certificate in listener.certificates:
        certificates.mark_released(context, certificate)
    trust_stores.mark_released(context, listener.mutual)
    context.elb.tags.pop(listener.arn, None)
    del context.elb.listeners[listener.arn]
    note_attachments(context)


def note_attachments(context: CallContext) -> None:
    """Notes for every target group since when a listener or rule forwards to it, or when the last one stopped."""
    usage = context.elb.usage()
    for group in context.elb.groups.values():
        using = usage.get(group.arn, [])
        if using:
            group.attached = group.attached or context.now
            group.last_balancer = using[0]
        elif group.attached is not None:
            group.attached, group.detached = None, context.now


def require_application(context: CallContext, listener: StoredListener) -> StoredBalancer:
    balancer = context.elb.balancers[listener.balancer]
    if balancer.type != "application":
        raise misconfigured("Rules can be created for application load balancers only")
    return balancer
