"""Expands the settings of listeners: client certificates, headers and timeouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address, AwsId, Lookup, Ref
from ...core.suggest import closest
from ...kinds.aws.listener_attributes import IDLE_TIMEOUT, REQUEST_HEADERS, RESPONSE_HEADERS, SERVER, TCP_RESET
from ..short.client_certificates import ShortTrustStore
from ..short.listener_settings import ListenerSettings
from ..yaml.tree import YamlPath
from .context import ExpandContext, PlacedListener

TRUST_STORE = "trust_store"
NAME = "name:"


def add_trust_stores(context: ExpandContext) -> None:
    """Adds the trust stores of the stack's `trust_stores:`."""
    for name, store in (context.short.trust_stores or {}).items():
        _add_store(context, name, store, ("trust_stores", name))


def _add_store(context: ExpandContext, name: str, store: ShortTrustStore, path: YamlPath) -> Address:
    address = Address(TRUST_STORE, name)
    fields = {"name": store.name, "bundle": store.bundle, "revocations": store.revocations}
    context.add(address, fields, path)
    return address


def settings_of(context: ExpandContext, listener: PlacedListener) -> dict[str, Any]:
    """The fields of the long form: client certificates, ALPN and attributes."""
    short = listener.definition
    attributes = {key: value for _, key, value in _attributes(context, listener)}
    return {
        "alpn": short.alpn,
        "mutual_authentication": _mutual(context, listener),
        "attributes": {**attributes, **(short.attributes or {})} or None,
    }


def settings_places(short: ListenerSettings, path: YamlPath) -> dict[YamlPath, YamlPath]:
    """The places of these fields in the document."""
    places: dict[YamlPath, YamlPath] = {
        ("alpn",): (*path, "alpn"),
        ("mutual_authentication",): (*path, "client_certificates"),
        ("attributes",): (*path, "attributes"),
    }
    return places | {("attributes", key): (*path, *place) for place, key, _ in _given(short)}


def _attributes(context: ExpandContext, listener: PlacedListener) -> Iterator[tuple[YamlPath, str, str]]:
    """The attributes of the short words. Reports one that two words set."""
    seen: dict[str, YamlPath] = {key: ("attributes", key) for key in listener.definition.attributes or {}}
    for place, key, value in _given(listener.definition):
        if key in seen:
            words = [".".join(map(str, words)) for words in (place, seen[key])]
            what = f"{' and '.join(words)} set the same attribute of the listener"
            context.report.at((*listener.path, *place), what, "keep one of them", key=True)
        seen[key] = place
        yield place, key, value


def _given(short: ListenerSettings) -> Iterator[tuple[YamlPath, str, str]]:
    """The place of each short word, with the key and the value of its attribute."""
    if short.hsts is not None:
        yield ("hsts",), RESPONSE_HEADERS["Strict-Transport-Security"], short.hsts.header
    for header, value in (short.cors.headers_of_response if short.cors else {}).items():
        yield ("cors",), RESPONSE_HEADERS[header], value
    if short.csp is not None:
        yield ("csp",), RESPONSE_HEADERS["Content-Security-Policy"], short.csp
    for header, value in (short.response_headers or {}).items():
        yield ("response_headers", header), RESPONSE_HEADERS[header], value
    for header, value in (short.request_headers or {}).items():
        yield ("request_headers", header), REQUEST_HEADERS[header], value
    if short.server_header is not None:
        yield ("server_header",), SERVER, _word(short.server_header)
    if short.idle_timeout is not None:
        yield ("idle_timeout",), IDLE_TIMEOUT, str(short.idle_timeout)
    if short.tcp_reset is not None:
        yield ("tcp_reset",), TCP_RESET, _word(short.tcp_reset)


def _word(on: bool) -> str:
    return str(on).lower()


def _mutual(context: ExpandContext, listener: PlacedListener) -> Mapping[str, Any] | None:
    short = listener.definition.client_certificates
    if short is None or short.mode == "off":
        return None
    path = (*listener.path, "client_certificates", "trust_store")
    store: Ref | None = None
    if short.trust_store is not None and short.trust_store.own is not None:
        store = _add_store(context, f"clients-{listener.name}", short.trust_store.own, path)
    elif short.trust_store is not None and short.trust_store.name is not None:
        store = _named(context, short.trust_store.name, path)
    fields: dict[str, Any] = {"mode": short.mode, "trust_store": store}
    if short.mode == "verify":
        fields |= {"allow_expired": short.allow_expired, "advertise_names": short.advertise_names}
    if short.identities:
        fields["identities"] = [identity.model_dump() for identity in short.identities]
    return {key: value for key, value in fields.items() if value not in (None, False)}


def _named(context: ExpandContext, name: str, path: YamlPath) -> Ref:
    """One of the stack, or one in AWS. Reports a name that looks like a mistyped name of the stack."""
    own = context.short.trust_stores or {}
    if name in own:
        return Address(TRUST_STORE, name)
    if name.startswith("arn:"):
        return AwsId(name)
    if not name.startswith(NAME) and (near := closest(name, own)):
        hint = f"did you mean {near}? For a trust store in AWS with this name, write {NAME}{name}"
        context.report.at(path, f'trust_stores: has no "{name}"', hint)
    return Lookup(TRUST_STORE, name if name.startswith(NAME) else f"{NAME}{name}")
