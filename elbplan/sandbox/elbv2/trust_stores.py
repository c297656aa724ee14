"""Trust stores: their life, not their certificates (the bundle in S3 is not read)."""

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from . import find, names, tags
from .find import new_id


def create_trust_store(site: CallContext, params: Params) -> Params:
    name = names.checked("Trust store", params["Name"])
    given_tags = tags.checked(params.get("Tags"))
    if any(one["Name"] == name for one in site.elb.trust_stores.values()):
        raise AwsError("DuplicateTrustStoreName", f"A trust store with the name '{name}' already exists")
    arn = site.arn("elasticloadbalancing", f"truststore/{name}/{new_id(site, 'truststore', name)}")
    store = {
        "Name": name, "TrustStoreArn": arn, "Status": "ACTIVE", "NumberOfCaCertificates": 1,
        "TotalRevokedEntries": 0,
    }  # fmt: skip
    site.elb.trust_stores[arn] = store
    site.elb.tags[arn] = given_tags
    return {"TrustStores": [store]}


def describe_trust_stores(site: CallContext, params: Params) -> Params:
    stores = site.elb.trust_stores
    wanted = list(stores.values())
    if params.get("TrustStoreArns"):
        wanted = find.all_of("truststore", stores, params["TrustStoreArns"])
    elif params.get("Names"):
        wanted = find.all_of("truststore", {one["Name"]: one for one in wanted}, params["Names"])
    some, marker = find.page(site, params, wanted)
    return {"TrustStores": some, "NextMarker": marker}


def modify_trust_store(site: CallContext, params: Params) -> Params:
    return {"TrustStores": find.all_of("truststore", site.elb.trust_stores, [params["TrustStoreArn"]])}


def describe_trust_store_associations(site: CallContext, params: Params) -> Params:
    find.all_of("truststore", site.elb.trust_stores, [params["TrustStoreArn"]])
    return {"TrustStoreAssociations": [{"ResourceArn": arn} for arn in _users(site, params["TrustStoreArn"])]}


def _users(site: CallContext, arn: str) -> list[str]:
    return [one.arn for one in site.elb.listeners.values() if one.mutual.get("TrustStoreArn") == arn]


def delete_trust_store(site: CallContext, params: Params) -> Params:
    arn = params["TrustStoreArn"]
    find.all_of("truststore", site.elb.trust_stores, [arn])
    if _users(site, arn):
        raise AwsError("TrustStoreInUse", f"Trust store '{arn}' is in use")
    del site.elb.trust_stores[arn]
    site.elb.tags.pop(arn, None)
    return {}
