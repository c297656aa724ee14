"""Whether a listener accepts the certificate of a visitor."""

from collections.abc import Sequence

from ..account import CallContext
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredListener
from ..state.visitors import ClientCertificate

EVERY_AUTHORITY = "*"
"""In place of a location: a visitor whom every listener admits."""
IDENTITIES = {"subject-cn": "name", "subject-ou": "unit", "san-dns": "domain", "san-uri": "uri"}
"""By the field of an identity filter: the field of ClientCertificate."""


@rule(41)
def refusal(context: CallContext, listener: StoredListener, shown: ClientCertificate | None) -> str:
    """Why the handshake fails; empty if the visitor is accepted. Only the mode `verify` refuses anybody.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html ("mutual TLS verify":
    the load balancer performs X.509 client certificate authentication; passthrough: it sends the whole certificate
    chain to the target; revocation lists), API_MutualAuthenticationAttributes (IgnoreClientCertificateExpiry),
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/client-certificate-filters.html
    """
    if listener.mutual.get("Mode") != "verify":
        return ""
    if shown is not None and shown.authority == EVERY_AUTHORITY:
        return ""
    if shown is None:
        return "it needs a client certificate"
    store = context.elb.trust_stores[listener.mutual["TrustStoreArn"]]
    if shown.authority != location(store["bundle"]):
        return f"{store['Name']} does not have the authority of the client certificate"
    if shown.revoked and shown.revoked in map(location, store["lists"].values()):
        return f"{store['Name']} has revoked the client certificate"
    if shown.expired and not listener.mutual.get("IgnoreClientCertificateExpiry"):
        return "the client certificate has expired"
    filters = listener.mutual.get("ClientCertificateIdentityFilters") or []
    return "" if not filters or any(admits(each, shown) for each in filters) else "no identity filter admits the client"


def location(content: Sequence[str | None]) -> str:
    """`s3://authorities/ca.pem` for the bucket, key and version of a file."""
    bucket, key, version = content
    return f"s3://{bucket}/{key}" + (f"?versionId={version}" if version else "")


def admits(given: Params, shown: ClientCertificate) -> bool:
    """Whether one identity filter admits a client."""
    value, wanted = str(getattr(shown, IDENTITIES[given["Field"]])), given["Value"]
    return value.startswith(wanted) if given["MatchType"] == "prefix" else value == wanted
