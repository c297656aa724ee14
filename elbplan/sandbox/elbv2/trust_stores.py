"""Trust stores, without their certificates: the bundle in S3 is not read."""

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from . import find, names, tags
from .find import new_id


def create_trust_store(context: CallContext, params: Params) -> Params:
    name = names.checked("Trust store", params["Name"])
    given_tags = tags.checked(params.get("Tags"))
    if any(store["Name"] == name for store in context.elb.trust_stores.values()):
        raise AwsError("DuplicateTrustStoreName", f"A trust store with the name '{name}' already exists")
    arn = context.arn("elasticloadbalancing", f"truststore/{name}/{new_id(context, 'truststore', name)}")
    store = {
        "Name": name, "TrustStoreArn": arn, "Status": "ACTIVE", "NumberOfCaCertificates": 1,
        "TotalRevokedEntries": 0,
    }  # fmt: skip
    context.elb.trust_stores[arn] = store
    context.elb.tags[arn] = given_tags
    return {"TrustStores": [store]}


def describe_trust_stores(context: CallContext, params: Params) -> Params:
    stores = context.elb.trust_stores
    wanted = list(stores.values())
    if params.get("TrustStoreArns"):
        wanted = find.all_of("truststore", stores, params["TrustStoreArns"])
    elif params.get("Names"):
        wanted = find.all_of("truststore", {store["Name"]: store for store in wanted}, params["Names"])
    page, marker = find.page(context, params, wanted)
    return {"TrustStores": page, "NextMarker": marker}


def modify_trust_store(context: CallContext, params: Params) -> Params:
    return {"TrustStores": find.all_of("truststore", context.elb.trust_stores, [params["TrustStoreArn"]])}


def describe_trust_store_associations(context: CallContext, params: Params) -> Params:
    find.all_of("truststore", context.elb.trust_stores, [params["TrustStoreArn"]])
    return {
        "TrustStoreAssociations": [{"ResourceArn": arn} for arn in _listeners_using(context, params["TrustStoreArn"])]
    }


def _listeners_using(context: CallContext, arn: str) -> list[str]:
    return [listener.arn for listener in context.elb.listeners.values() if listener.mutual.get("TrustStoreArn") == arn]


def delete_trust_store(context: CallContext, params: Params) -> Params:
    arn = params["TrustStoreArn"]
    find.all_of("truststore", context.elb.trust_stores, [arn])
    if _listeners_using(context, arn):
        raise AwsError("TrustStoreInUse", f"Trust store '{arn}' is in use")
    del context.elb.trust_stores[arn]
    context.elb.tags.pop(arn, None)
    return {}
