"""ModifyListener: omitted parameters keep their values.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
"""

from ..account import CallContext
from ..errors import misconfigured
from ..params import Params
from ..rules import rule
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener
from . import actions, certificates, find, trust_stores
from .attribute_tables import LISTENER
from .listeners import (
    alpn_of,
    description,
    existing,
    note_attachments,
    policy_of,
    protocol_and_port,
    settings_of,
)


def modify_listener(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    balancer = context.elb.balancers[listener.balancer]
    protocol, port = _new_protocol_and_port(balancer, listener, params)
    existing(context, balancer, port, None, except_for=listener.arn)
    _check_certificate_list(listener, protocol)
    policy = policy_of(protocol, params.get("SslPolicy") or (listener.ssl_policy if protocol in SECURE else None))
    certificate = _new_certificate(context, listener, params, protocol)
    default_actions = _new_actions(context, listener, params, protocol, port)
    mutual = _new_mutual(context, listener, params, protocol)
    alpn = alpn_of(protocol, params.get("AlpnPolicy"))
    if listener.certificate and certificate != listener.certificate:
        certificates.mark_released(context, listener.certificate)
    if listener.mutual.get("TrustStoreArn") != mutual.get("TrustStoreArn"):
        trust_stores.mark_released(context, listener.mutual)
    if listener.protocol != protocol:
        listener.attributes = {key: v for key, v in listener.attributes.items() if key in LISTENER.get(protocol, {})}
    listener.protocol, listener.port, listener.ssl_policy = protocol, port, policy
    listener.more_certificates = _additional_certificates(listener, certificate)
    listener.certificate, listener.default.actions, listener.mutual = certificate, default_actions, mutual
    if params.get("AlpnPolicy") is not None or protocol != "TLS":
        listener.alpn = alpn
    listener.settings = _settings_after(listener)
    note_attachments(context)
    return {"Listeners": [description(listener)]}


def _new_protocol_and_port(balancer: StoredBalancer, listener: StoredListener, params: Params) -> tuple[str, int]:
    if balancer.type == "gateway":
        return listener.protocol, listener.port
    new = {key: value for key, value in params.items() if value is not None}
    return protocol_and_port(balancer, {"Protocol": listener.protocol, "Port": listener.port, **new})


@rule(8)
def _check_certificate_list(listener: StoredListener, protocol: str) -> None:
    """A listener that leaves HTTPS or TLS must have no additional certificates: the stricter reading.

    AWS documents that this change "removes the security policy and default certificate properties", and says nothing
    of the certificate list, which only HTTPS and TLS listeners have.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
    """
    if protocol not in SECURE and listener.more_certificates:
        raise misconfigured(f"A listener of protocol {protocol} cannot have certificates")


def _new_certificate(context: CallContext, listener: StoredListener, params: Params, protocol: str) -> str:
    if protocol in SECURE and not params.get("Certificates") and listener.certificate:
        return listener.certificate
    return certificates.default_certificate(context, params.get("Certificates"), protocol)


def _new_mutual(context: CallContext, listener: StoredListener, params: Params, protocol: str) -> Params:
    """A protocol without TLS has no client certificates."""
    if not params.get("MutualAuthentication"):
        return listener.mutual if protocol in SECURE else {}
    mutual = trust_stores.mutual_authentication(context, params["MutualAuthentication"], protocol)
    trust_stores.check_verify_quota(context, listener.balancer, listener.arn, mutual)
    return mutual


def _new_actions(
    context: CallContext, listener: StoredListener, params: Params, protocol: str, port: int
) -> list[Params]:
    before, balancer = listener.default.actions, context.elb.balancers[listener.balancer]
    if not params.get("DefaultActions") and (protocol, port) == (listener.protocol, listener.port):
        return before
    wanted = params.get("DefaultActions") or _with_existing_secrets(before)
    return actions.checked(context, balancer, protocol, port, wanted, before)


def _with_existing_secrets(default_actions: list[Params]) -> list[Params]:
    """Unchanged actions keep their client secrets, which AWS never returns."""
    config, secret = "AuthenticateOidcConfig", {"UseExistingClientSecret": True}
    return [
        {**action, config: {**action[config], **secret}} if action.get(config) else action for action in default_actions
    ]


@rule(8)
def _additional_certificates(listener: StoredListener, certificate: str) -> list[str]:
    """A new default certificate does not change the additional ones, which are a separate list.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
    ("The default certificate for the listener"; "Any properties that you do not specify remain unchanged"), and
    API_AddListenerCertificates ("adds the specified SSL server certificate to the certificate list").
    """
    return [more for more in listener.more_certificates if more != certificate]


def _settings_after(listener: StoredListener) -> Params:
    params: Params = {
        "Certificates": [{"CertificateArn": listener.certificate}] if listener.certificate else [],
        "AlpnPolicy": listener.alpn,
        "MutualAuthentication": listener.mutual,
    }
    return settings_of(params, listener.protocol, listener.port, listener.ssl_policy, listener.default.actions)
