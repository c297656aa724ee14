"""Trust stores, without their certificates: no file in S3 is read."""

import re
from typing import Any

from ..account import CallContext
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from . import find, names, tags
from .find import new_id

NAME = re.compile(r"([a-zA-Z0-9]+-)*[a-zA-Z0-9]+")
CERTIFICATES = "certificates"
READABLE = ("Name", "TrustStoreArn", "NumberOfCaCertificates", "TotalRevokedEntries")
MOST_LISTS = 30


def _store(context: CallContext, arn: str) -> dict[str, Any]:
    return find.all_of("truststore", context.elb.trust_stores, [arn])[0]


@rule(41)
def _described(context: CallContext, store: dict[str, Any]) -> Params:
    """A new trust store is CREATING first, and no answer has the location of its bundle: API_TrustStore."""
    status = "ACTIVE" if is_active(context, store) else "CREATING"
    return {**{key: store[key] for key in READABLE}, "Status": status}


def is_active(context: CallContext, store: dict[str, Any]) -> bool:
    return bool(context.now > store["active_at"])


def _bundle(params: Params) -> list[str | None]:
    prefix = "CaCertificatesBundleS3"
    bucket, key = params.get(f"{prefix}Bucket"), params.get(f"{prefix}Key")
    if not bucket or not key:
        raise validation("The bucket and the key of the CA certificates bundle must be specified")
    return [bucket, key, params.get(f"{prefix}ObjectVersion")]


@rule(41)
def create_trust_store(context: CallContext, params: Params) -> Params:
    """A name is used once in a region, and 20 trust stores are the default quota.

    API_CreateTrustStore (Name, DuplicateTrustStoreName, TooManyTrustStores),
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """
    name = names.checked("Trust store", params["Name"])
    if not NAME.fullmatch(name):
        raise validation(f"Trust store name '{name}' must match {NAME.pattern}")
    given_tags = tags.checked(params.get("Tags"))
    if any(store["Name"] == name for store in context.elb.trust_stores.values()):
        raise AwsError("DuplicateTrustStoreName", f"A trust store with the name '{name}' already exists")
    if len(context.elb.trust_stores) >= context.account.quota("trust_stores"):
        raise AwsError("TooManyTrustStores", "You've reached the limit on the number of trust stores")
    arn = context.arn("elasticloadbalancing", f"truststore/{name}/{new_id(context, 'truststore', name)}")
    store = _stored(context, arn, name, _bundle(params), context.now + context.timing.trust_store)
    context.elb.tags[arn] = given_tags
    return {"TrustStores": [_described(context, store)]}


def _stored(
    context: CallContext, arn: str, name: str, bundle: list[str | None], active_at: float = -1.0
) -> dict[str, Any]:
    store = {
        "Name": name, "TrustStoreArn": arn, "NumberOfCaCertificates": 1, "TotalRevokedEntries": 0,
        "bundle": bundle, "lists": {}, "next": 1, "active_at": active_at, "released": -1e9,
    }  # fmt: skip
    context.elb.trust_stores[arn] = store
    return store


def add(context: CallContext, id: str, name: str = "") -> str:
    """Creates an active trust store with this ARN, or with this name."""
    arn = id or context.arn("elasticloadbalancing", f"truststore/{name}/{new_id(context, 'truststore', name)}")
    _stored(context, arn, name or arn.split("/")[1], ["fixture", "ca.pem", None])
    context.elb.tags[arn] = {}
    return arn


def describe_trust_stores(context: CallContext, params: Params) -> Params:
    stores = context.elb.trust_stores
    wanted = list(stores.values())
    if params.get("TrustStoreArns"):
        wanted = find.all_of("truststore", stores, params["TrustStoreArns"])
    elif params.get("Names"):
        wanted = find.all_of("truststore", {store["Name"]: store for store in wanted}, params["Names"])
    page, marker = find.page(context, params, wanted)
    return {"TrustStores": [_described(context, store) for store in page], "NextMarker": marker}


def modify_trust_store(context: CallContext, params: Params) -> Params:
    store = _store(context, params["TrustStoreArn"])
    store["bundle"] = _bundle(params)
    return {"TrustStores": [_described(context, store)]}


@rule(41)
def add_trust_store_revocations(context: CallContext, params: Params) -> Params:
    """Each list gets a number; AWS returns neither its location nor its entries: API_AddTrustStoreRevocations.

    30 lists are the most:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """
    store = _store(context, params["TrustStoreArn"])
    added = []
    for content in params.get("RevocationContents") or []:
        if not content.get("S3Bucket") or not content.get("S3Key"):
            raise validation("The bucket and the key of the revocation file must be specified")
        if content.get("RevocationType") not in (None, "CRL"):
            raise validation("The type of a revocation file must be 'CRL'")
        if len(store["lists"]) >= MOST_LISTS:
            raise AwsError("TooManyTrustStoreRevocationEntries", "The trust store has too many revocation entries")
        number, store["next"] = store["next"], store["next"] + 1
        store["lists"][number] = [content["S3Bucket"], content["S3Key"], content.get("S3ObjectVersion")]
        added.append(_list(store, number))
    return {"TrustStoreRevocations": added}


def _list(store: dict[str, Any], number: int) -> Params:
    arn = store["TrustStoreArn"]
    return {"TrustStoreArn": arn, "RevocationId": number, "RevocationType": "CRL", "NumberOfRevokedEntries": 1}


def _numbers(store: dict[str, Any], wanted: list[Any]) -> list[int]:
    numbers = [int(number) for number in wanted]
    if any(number not in store["lists"] for number in numbers):
        raise AwsError("RevocationIdNotFound", "The specified revocation ID does not exist")
    return numbers


def remove_trust_store_revocations(context: CallContext, params: Params) -> Params:
    store = _store(context, params["TrustStoreArn"])
    for number in _numbers(store, params.get("RevocationIds") or []):
        del store["lists"][number]
    return {}


def describe_trust_store_revocations(context: CallContext, params: Params) -> Params:
    store = _store(context, params["TrustStoreArn"])
    numbers = _numbers(store, params.get("RevocationIds") or list(store["lists"]))
    page, marker = find.page(context, params, [_list(store, number) for number in numbers])
    return {"TrustStoreRevocations": page, "NextMarker": marker}


def describe_trust_store_associations(context: CallContext, params: Params) -> Params:
    _store(context, params["TrustStoreArn"])
    listeners = [{"ResourceArn": arn} for arn in _listeners_using(context, params["TrustStoreArn"])]
    page, marker = find.page(context, params, listeners)
    return {"TrustStoreAssociations": page, "NextMarker": marker}


def _listeners_using(context: CallContext, arn: str) -> list[str]:
    return [listener.arn for listener in context.elb.listeners.values() if listener.mutual.get("TrustStoreArn") == arn]


@rule(41)
def delete_trust_store(context: CallContext, params: Params) -> Params:
    """Not while a listener uses it, and for some seconds after: API_DeleteTrustStore (TrustStoreInUse)."""
    arn = params["TrustStoreArn"]
    store = _store(context, arn)
    recently_used = context.timing.in_use_lag and context.now <= store["released"] + context.timing.in_use_lag
    if _listeners_using(context, arn) or recently_used:
        raise AwsError("TrustStoreInUse", f"Trust store '{arn}' is in use")
    del context.elb.trust_stores[arn]
    context.elb.tags.pop(arn, None)
    return {}


def delete_shared_trust_store_association(context: CallContext, params: Params) -> Params:
    """Only the owner of a shared trust store can end its use in another account, which the sandbox does not have."""
    _store(context, params["TrustStoreArn"])
    raise AwsError("DeleteAssociationSameAccount", "The association is in the account that owns the trust store")


def mark_released(context: CallContext, mutual: Params) -> None:
    """Notes when a listener has left its trust store."""
    if store := context.elb.trust_stores.get(mutual.get("TrustStoreArn", "")):
        store["released"] = context.now


SETTINGS = (
    "TrustStoreArn",
    "IgnoreClientCertificateExpiry",
    "AdvertiseTrustStoreCaNames",
    "ClientCertificateIdentityFilters",
)
FIELDS = ("subject-cn", "subject-ou", "san-dns", "san-uri")
MOST_FILTERS = 100


@rule(41)
def mutual_authentication(context: CallContext, wanted: Params, protocol: str) -> Params:
    """The handling of client certificates that a listener of this protocol can have.

    API_MutualAuthenticationAttributes: only HTTPS and TLS listeners have it; `verify` needs a trust store that is
    ready, no other mode has one; network load balancers have no `passthrough`, and only they have identity filters.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/client-certificate-filters.html
    """
    mode = wanted.get("Mode") or "off"
    if mode != "off" and protocol not in ("HTTPS", "TLS"):
        raise validation(f"Mutual authentication is not supported for {protocol} listeners")
    if mode not in (("off", "verify") if protocol == "TLS" else ("off", "verify", "passthrough")):
        raise validation(f"Mutual authentication mode '{mode}' is not valid for {protocol} listeners")
    if mode != "verify":
        if any(wanted.get(key) not in (None, False, "", "off", []) for key in SETTINGS):
            raise validation(f"Trust store settings cannot be specified with mutual authentication mode '{mode}'")
        return {"Mode": mode} if mode != "off" else {}
    if not wanted.get("TrustStoreArn"):
        raise validation("A trust store ARN must be specified with mutual authentication mode 'verify'")
    store = _store(context, wanted["TrustStoreArn"])
    if not is_active(context, store):
        raise AwsError("TrustStoreNotReady", "The specified trust store is not active")
    _check_filters(wanted.get("ClientCertificateIdentityFilters") or [], protocol)
    return {"IgnoreClientCertificateExpiry": False, "AdvertiseTrustStoreCaNames": "off", **wanted}


def _check_filters(filters: list[Params], protocol: str) -> None:
    if filters and protocol != "TLS":
        raise validation("Client certificate identity filters are supported for TLS listeners only")
    if len(filters) > MOST_FILTERS:
        raise validation(f"At most {MOST_FILTERS} client certificate identity filters can be specified")
    for each in filters:
        names.one_of("field", each.get("Field", ""), FIELDS)
        names.one_of("action", each.get("Action", ""), ("accept",))
        names.one_of("matchType", each.get("MatchType", ""), ("exact", "prefix"))
        if not 1 <= len(each.get("Value", "")) <= 256:
            raise validation("The value of an identity filter has 1 to 256 characters")


@rule(23)
def check_verify_quota(context: CallContext, balancer: str, listener: str, mutual: Params) -> None:
    """Two listeners of an application load balancer can verify clients. The page does not name the error code.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """
    if mutual.get("Mode") != "verify" or context.elb.balancers[balancer].type != "application":
        return
    others = [each for each in context.elb.listeners_of(balancer) if each.arn != listener]
    verifying = [each for each in others if each.mutual.get("Mode") == "verify"]
    if len(verifying) >= context.account.quota("verifying_listeners_per_lb"):
        raise misconfigured("The load balancer has the most listeners that can verify client certificates")
