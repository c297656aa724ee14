"""`domain:`: the domain names of the stack."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from ..errors import SpecValueError
from .certificates import CertificateWords
from .domain_names import domain_name
from .records import RecordWords, ShortZone
from .words import ShortModel, text_is


class DomainName(ShortModel):
    """The name of a domain and its zone."""

    name: Annotated[str, AfterValidator(domain_name), Field(description="domain name", examples=["api.example.com"])]
    zone: Annotated[
        Annotated[ShortZone, text_is("name")] | None,
        Field(
            description="hosted zone, by id or name; by default the zone of the domain name",
            examples=["Z0123456789ABC"],
        ),
    ] = None

    @model_validator(mode="after")
    def _is_in_its_zone(self) -> DomainName:
        """Route 53 refuses a record outside of its zone (InvalidChangeBatch). An id of a zone has no dots.

        A zone that elbplan makes has no id yet, so its word is a name.
        """
        zone = self.zone.name.strip().lower().rstrip(".") if self.zone else ""
        is_name = self.zone is not None and (self.zone.create or "." in zone)
        if is_name and not f".{self.name}".endswith(f".{zone}"):
            raise SpecValueError(
                f"{self.name} is not in the zone {zone}", f"write the zone of {self.name}, or a name under {zone}"
            )
        return self


class Domain(RecordWords, CertificateWords, DomainName):
    """A domain name of the stack."""

    take_over: Annotated[
        bool | None, Field(description="the domain may replace a DNS record that elbplan did not create")
    ] = None
    restore: Annotated[
        bool, Field(description="the DNS record that the domain replaced comes back when elbplan deletes the domain's")
    ] = False
