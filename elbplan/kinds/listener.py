"""A listener: a port of a load balancer, and the action for the requests that arrive there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import ReadProgram, WriteProgram
from ..core.hidden import FREE
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext, fill_unset
from ..core.resource import CARRIED, IMMUTABLE, LEARNED, Resource, from_live, rebuilt
from . import rule
from .aws.action_transitions import NO_GROUPS, action_path, not_attachable
from .aws.actions import Action, Redirect, action_text, actions_from_aws, actions_to_aws
from .aws.elb_reader import read_elb
from .aws.foreign_children import foreign_listeners
from .aws.leading_actions import (
    LeadingAction,
    fetched_secret,
    leading_text,
    retag_secret,
    secret_tags,
    with_live_secret,
)
from .aws.listener_attributes import change_attributes, unknown_to_elbplan, without_defaults
from .aws.listener_calls import SECURE as SECURE
from .aws.listener_calls import create_listener, delete_listener, listener_details, modify_listener
from .aws.listener_certificates import add_certificates, remove_certificates
from .aws.logins import logins, more_protected
from .aws.mutual_tls import MutualTls, is_off, live_mutual_tls, mutual_tls_params
from .aws.ownership import owner, owners_by_id, retag, tag_list, user_tags
from .permissions.listener import PERMISSIONS
from .references import CertificateRef, LoadBalancerRef


class Listener(Resource):
    """A listener. The listener of a gateway load balancer has neither port nor protocol."""

    kind: ClassVar[str] = "listener"
    load_balancer: Annotated[LoadBalancerRef, IMMUTABLE]
    port: Annotated[int | None, IMMUTABLE, Field(ge=1, le=65535, description="the port that clients connect to")] = None
    protocol: Literal["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"] | None = None
    certificate: CertificateRef | None = None
    more_certificates: Annotated[
        tuple[CertificateRef, ...],
        Field(description="further certificates; the load balancer chooses by the client's host name"),
    ] = ()
    ssl_policy: Annotated[str | None, Field(description="name of an AWS policy: the TLS versions and ciphers")] = None
    alpn: Literal["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"] | None = None
    mutual_authentication: Annotated[
        MutualTls | None, CARRIED, LEARNED, Field(description="how it handles client certificates: mutual TLS")
    ] = None
    attributes: Annotated[
        Mapping[str, str], FREE, LEARNED, Field(description="listener attributes by AWS's own keys")
    ] = {}
    leading_actions: Annotated[
        tuple[LeadingAction, ...],
        CARRIED,
        LEARNED,
        Field(description="a login or a token check before the action; HTTPS only"),
    ] = ()
    action: Action

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Further certificates are a set without the default one; an attribute with AWS's default is none."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if isinstance(data.get("more_certificates"), list | tuple):
            more = set(data["more_certificates"]) - {data.get("certificate")}
            data["more_certificates"] = tuple(sorted(more, key=str))
        if is_off(data.get("mutual_authentication")):
            data["mutual_authentication"] = None
        if isinstance(data.get("attributes"), Mapping):
            data["attributes"] = without_defaults(data.get("protocol"), data["attributes"])
        if data.get("alpn") == "None":
            data["alpn"] = None
        return data

    @model_validator(mode="after")
    def _whole(self) -> Listener:
        if self.protocol in SECURE and self.certificate is None:
            raise ValueError(f"a listener with protocol {self.protocol} needs a certificate")
        if self.protocol not in SECURE and self.certificate is not None:
            raise ValueError(f"a certificate needs protocol HTTPS or TLS, not {self.protocol}")
        if self.protocol != "HTTPS" and self.leading_actions:
            raise ValueError(f"leading_actions need protocol HTTPS, not {self.protocol}")
        return self

    @property
    def protections(self) -> frozenset[str]:
        """The logins and checks in front of the action, in AWS's words."""
        mutual = self.mutual_authentication
        return logins(self.leading_actions) | (mutual.checks if mutual else frozenset())


def read(scope: Scope) -> ReadProgram[Found[Listener]]:
    """The stacks' listeners. The ports of listeners that others made on the same load balancers are in use."""
    state = yield from read_elb(scope)
    names_in_use = {f"{raw['LoadBalancerArn']}/{raw.get('Port')}": raw["ListenerArn"] for raw in state.listeners}
    more, attributes = yield from listener_details(state.listeners)
    ours: dict[str, list[LiveResource[Listener]]] = {}
    for raw in state.listeners:
        own = state.tags.get(raw["ListenerArn"], {})
        if owned_by := owner(own, Listener.kind, scope.stacks):
            arn = raw["ListenerArn"]
            live = _live(owned_by[1], raw, own, more.get(arn, ()), attributes.get(arn, {}))
            ours.setdefault(owned_by[0], []).append(live)
    owners = owners_by_id({raw["ListenerArn"]: state.tags.get(raw["ListenerArn"], {}) for raw in state.listeners})
    return Found(ours, names_in_use, owners, foreign_listeners(scope, state))


def _live(
    address: Address,
    raw: Mapping[str, Any],
    tags: Mapping[str, str],
    more: Sequence[str],
    attributes: Mapping[str, str],
) -> LiveResource[Listener]:
    leading, action = actions_from_aws(raw.get("DefaultActions") or (), tags)
    certificates = raw.get("Certificates") or []
    default = certificates[0]["CertificateArn"] if certificates else None
    fields = {
        "tags": user_tags(tags),
        "load_balancer": AwsId(raw["LoadBalancerArn"]),
        "port": raw.get("Port"),
        "protocol": raw.get("Protocol"),
        "certificate": AwsId(default) if default else None,
        "more_certificates": tuple(AwsId(arn) for arn in more if arn != default),
        "ssl_policy": raw.get("SslPolicy") if raw.get("Protocol") in SECURE else None,
        "alpn": (raw.get("AlpnPolicy") or [None])[0],
        "mutual_authentication": live_mutual_tls(raw.get("MutualAuthentication")),
        "attributes": attributes,
        "leading_actions": leading,
        "action": action,
    }
    return LiveResource(address, raw["ListenerArn"], from_live(Listener, fields))


def _params(new: Listener, context: StepContext, secret: str | None = None) -> dict[str, Any]:
    params: dict[str, Any] = {"DefaultActions": actions_to_aws(new.leading_actions, new.action, context.id, secret)}
    if new.protocol:
        params |= {"Protocol": new.protocol, "Port": new.port}
    if new.certificate:
        params["Certificates"] = [{"CertificateArn": context.id(new.certificate)}]
        if new.ssl_policy:
            params["SslPolicy"] = new.ssl_policy
    if new.alpn:
        params["AlpnPolicy"] = [new.alpn]
    if new.mutual_authentication:
        params["MutualAuthentication"] = mutual_tls_params(new.mutual_authentication, context.id)
    return params


def create(new: Listener, context: StepContext) -> WriteProgram:
    """Creates the listener, adds further certificates, one in a call, and sets attributes, which a create has not."""
    secret = yield from fetched_secret((), new.leading_actions)
    params = {
        "LoadBalancerArn": context.id(new.load_balancer),
        **_params(new, context, secret),
        "Tags": tag_list(context.tags(new) | secret_tags(new.leading_actions)),
    }
    answer = yield create_listener(params)
    arn = answer["Listeners"][0]["ListenerArn"]
    yield from add_certificates(arn, map(context.id, new.more_certificates))
    yield from change_attributes(arn, new.protocol, {}, new.attributes)
    return {"id": arn}


def update(before: Listener, after: Listener, context: StepContext) -> WriteProgram:
    """Adds certificates, changes the listener in one call, and removes certificates.

    Only a listener with TLS has further certificates: it gets them after the change that gives it TLS, and loses them
    before the one that takes TLS away. AWS then drops the default certificate itself.
    """
    assert context.live is not None
    arn, secure = context.live.id, after.protocol in SECURE
    new = sorted(set(after.more_certificates) - set(before.more_certificates), key=str)
    first = new if before.protocol in SECURE else []
    yield from remove_certificates(arn, map(context.id, () if secure else before.more_certificates))
    yield from add_certificates(arn, map(context.id, first))
    secret = yield from fetched_secret(before.leading_actions, after.leading_actions)
    yield from modify_listener(arn, _params(before, context), _params(after, context, secret))
    yield from add_certificates(arn, map(context.id, new[len(first) :]))
    yield from change_attributes(arn, after.protocol, before.attributes, after.attributes)
    gone = set(before.more_certificates) - set(after.more_certificates) if secure else set()
    if secure and before.certificate and before.certificate != after.certificate:
        # In some cases AWS keeps a former default certificate among the further certificates.
        gone |= {before.certificate} - {after.certificate, *after.more_certificates}
    yield from remove_certificates(arn, map(context.id, sorted((c for c in gone if c), key=str)))
    yield from retag_secret(arn, before.leading_actions, after.leading_actions)
    yield from retag("elbv2", arn, before.tags, after.tags)
    return {}


def delete(_: Listener, context: StepContext) -> WriteProgram:
    """Deletes the listener. AWS deletes its rules with it."""
    assert context.live is not None
    yield delete_listener(context.live.id)
    return {}


def with_live_defaults(desired: Listener, live: Listener) -> Listener:
    """A listener without TLS has no certificate and no policy. The others have what the spec says of ALPN.

    A login without `client_secret` keeps the secret that AWS has.
    """
    keep = () if desired.protocol in SECURE else ("certificate", "ssl_policy")
    kept = with_live_secret(desired.leading_actions, live.leading_actions)
    attributes = {**unknown_to_elbplan(desired.protocol, live.attributes), **desired.attributes}
    filled = desired.model_copy(update={"leading_actions": kept, "attributes": attributes})
    return fill_unset(filled, live, ("alpn", "mutual_authentication", *keep))


def update_path(
    before: Listener, after: Listener, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> Sequence[tuple[Phase, Listener]]:
    """Attaches new groups and certificates, switches, and detaches the old ones. A login is removed last."""
    actions = _action_path(before, after, used, alone)
    more = (*before.more_certificates, *after.more_certificates) if after.protocol in SECURE else ()
    same_action = before.model_copy(update={"tags": after.tags})
    steps: list[tuple[Phase, Listener]] = []
    early = more if before.protocol in SECURE and more else before.more_certificates
    if any(phase == "expand" for phase, _ in actions) or set(early) != set(before.more_certificates):
        first = actions[0][1] if actions[0][0] == "expand" else before.action
        steps.append(("expand", rebuilt(same_action, action=first, more_certificates=early)))
    switched = next(action for phase, action in actions if phase == "switch")
    kept = more_protected(before, after) if after.protocol in SECURE else after
    protections = {"leading_actions": kept.leading_actions, "mutual_authentication": kept.mutual_authentication}
    steps.append(("switch", rebuilt(after, action=switched, more_certificates=more, **protections)))
    return [*steps, ("contract", after)]


def _action_path(
    before: Listener, after: Listener, used: AbstractSet[Ref], alone: AbstractSet[Ref]
) -> list[tuple[Phase, Any]]:
    """A gateway listener, which has no protocol, switches directly: it holds one group only, and no weights.

    So does a network listener that changes its protocol: AWS refuses the groups of one protocol behind the other.
    """
    other = before.protocol != after.protocol and after.protocol not in ("HTTP", "HTTPS")
    direct = after.protocol is None or other
    return [("switch", after.action)] if direct else action_path(before.action, after.action, used, alone)


def temporary_resource(
    address: Address,
    before: Listener,
    after: Listener,
    used: AbstractSet[Ref],
    alone: AbstractSet[Ref] = NO_GROUPS,
) -> tuple[Address, Resource] | None:
    """A rule that attaches the new groups, if the listener's present action cannot hold them."""
    new = not_attachable(before.action, after.action, used, alone)
    if not new or after.protocol not in ("HTTP", "HTTPS"):
        return None
    return rule.attaching_rule(address, address.name, new, alone)


def also_wait_for(listener: Listener, desired: Mapping[Address, Resource]) -> Iterator[Address]:
    """The listener that a redirect points at: the redirect waits for it."""
    action = listener.action
    if isinstance(action, Redirect) and action.host == "#{host}" and action.port.isdigit():
        place = (listener.load_balancer, int(action.port))
        for address, other in desired.items():
            if other is not listener and isinstance(other, Listener) and (other.load_balancer, other.port) == place:
                yield address


def summary(listener: Listener) -> str:
    """`443/HTTPS, certificate.main, forward to target_group.web`"""
    certificate = f", {listener.certificate}" if listener.certificate else ""
    actions = [*map(leading_text, listener.leading_actions), action_text(listener.action)]
    return f"{listener.port}/{listener.protocol}{certificate}, {', '.join(actions)}"


KIND = Kind(
    model=Listener,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    temporary_resource=temporary_resource,
    also_wait_for=also_wait_for,
    summary=summary,
    permissions=PERMISSIONS,
)
