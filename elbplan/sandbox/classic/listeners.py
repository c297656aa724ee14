"""Listeners of Classic Load Balancers."""

from ..account import CallContext
from ..errors import AwsError, misconfigured
from ..params import Params
from ..rules import rule
from ..state.classic import StoredClassicBalancer
from . import find, policies

LAYERS = {"HTTP": 7, "HTTPS": 7, "TCP": 4, "SSL": 4}
SECURE = ("HTTPS", "SSL")


def create_listeners(context: CallContext, params: Params) -> Params:
    add(context, find.of(context, params), params["Listeners"])
    return {}


def delete_listeners(context: CallContext, params: Params) -> Params:
    balancer = find.of(context, params)
    for port in params["LoadBalancerPorts"]:
        balancer.listeners.pop(int(port), None)
        balancer.listener_policies.pop(int(port), None)
    return {}


def add(context: CallContext, balancer: StoredClassicBalancer, wanted: list[Params]) -> None:
    checked_listeners = [checked(context, listener) for listener in wanted]
    for listener in checked_listeners:
        _check_port(balancer, listener)
        balancer.listeners[listener["LoadBalancerPort"]] = listener
        if listener["Protocol"] in SECURE:
            policies.attach_default(balancer, listener["LoadBalancerPort"])


@rule(34)
def _check_port(balancer: StoredClassicBalancer, listener: Params) -> None:
    """One listener a port; the same settings succeed again: API_CreateLoadBalancerListeners (DuplicateListener)."""
    port = listener["LoadBalancerPort"]
    if balancer.listeners.get(port, listener) != listener:
        raise AwsError(
            "DuplicateListener", f"A listener already exists for {balancer.name} with LoadBalancerPort {port}"
        )


@rule(34)
def checked(context: CallContext, listener: Params) -> Params:
    """Both sides have protocols of one layer, and HTTPS and SSL need a certificate: API_Listener.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html
    """
    protocol = str(listener["Protocol"]).upper()
    backend = str(listener.get("InstanceProtocol") or protocol).upper()
    for name in (protocol, backend):
        if name not in LAYERS:
            raise AwsError("UnsupportedProtocol", f"The protocol '{name}' is not supported")
    if LAYERS[protocol] != LAYERS[backend]:
        raise misconfigured(f"A listener with protocol {protocol} cannot have the instance protocol {backend}")
    ports = {key: _port(key, listener[key]) for key in ("LoadBalancerPort", "InstancePort")}
    answer: Params = {"Protocol": protocol, "InstanceProtocol": backend, **ports}
    if protocol in SECURE:
        answer["SSLCertificateId"] = _certificate(context, listener.get("SSLCertificateId") or "")
    return answer


def _port(name: str, value: int | str) -> int:
    port = int(value)
    if not 1 <= port <= 65535:
        raise AwsError("ValidationError", f"{name} must be between 1 and 65535, inclusive")
    return port


@rule(34)
def _certificate(context: CallContext, arn: str) -> str:
    """An issued certificate of this region, or one of IAM: API_CreateLoadBalancerListeners (CertificateNotFound).

    IAM's own certificates are in no list of the simulator, so it accepts every ARN of IAM.
    """
    if not arn:
        raise misconfigured("SSL Certificate must be specified for HTTPS and SSL listeners")
    certificate = context.certificates.get(arn)
    if ":server-certificate/" not in arn and (certificate is None or certificate.status != "ISSUED"):
        raise AwsError("CertificateNotFound", f"Server Certificate not found for the key: {arn}")
    return arn


def set_certificate(context: CallContext, params: Params) -> Params:
    listener = find_listener(find.of(context, params), params["LoadBalancerPort"])
    if listener["Protocol"] not in SECURE:
        raise AwsError("InvalidConfigurationRequest", "The listener has no certificate")
    listener["SSLCertificateId"] = _certificate(context, params["SSLCertificateId"])
    return {}


def find_listener(balancer: StoredClassicBalancer, port: int | str) -> Params:
    listener = balancer.listeners.get(int(port))
    if listener is None:
        raise AwsError("ListenerNotFound", f"There is no listener with port {port} for {balancer.name}")
    return listener


def described(balancer: StoredClassicBalancer) -> list[Params]:
    return [
        {"Listener": dict(listener), "PolicyNames": balancer.listener_policies.get(port, [])}
        for port, listener in balancer.listeners.items()
    ]
