"""Who sends a request: where the visitor is, and what the visitor shows."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class ClientCertificate:
    """The certificate that a visitor shows.

    authority  the location of the file that has its CA, like s3://authorities/ca.pem; `*` for a certificate that every
               listener accepts
    revoked    the location of the list that revokes it; empty if none does
    expired    its time is over
    name       the common name of its subject
    unit       the organizational unit of its subject
    domain     the DNS name among its alternative names
    uri        the URI among its alternative names
    """

    authority: str
    revoked: str = ""
    expired: bool = False
    name: str = "visitor"
    unit: str = ""
    domain: str = ""
    uri: str = ""


@dataclass(frozen=True)
class Visitor:
    """One visitor. What is empty is unknown: such a visitor stands for everybody.

    source       the address of the visitor
    continent    two letters, as Route 53 writes them; so are country and subdivision
    region       the region of AWS that is the nearest
    headers      of each request, such as Authorization
    certificate  the client certificate
    """

    source: str = ""
    continent: str = ""
    country: str = ""
    subdivision: str = ""
    region: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    certificate: ClientCertificate | None = None

    @property
    def text(self) -> str:
        """`KR`, `198.51.100.7`; empty for everybody."""
        places = (self.continent, self.country, self.subdivision, self.region, self.source)
        certified = f"a certificate of {self.certificate.authority}" if self.certificate else ""
        return ", ".join(part for part in (*places, certified) if part)


EVERYBODY = Visitor()


def visitor_of(given: Mapping[str, Any]) -> Visitor:
    """A visitor from JSON: `headers` and `certificate` are mappings. Raises TypeError for an unknown key."""
    own = {name: value for name, value in given.items() if name not in ("headers", "certificate")}
    certificate = ClientCertificate(**given["certificate"]) if given.get("certificate") else None
    return Visitor(**own, headers=tuple((given.get("headers") or {}).items()), certificate=certificate)


VISITOR_FIELDS = tuple(field.name for field in fields(Visitor))
