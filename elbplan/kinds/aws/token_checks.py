"""The check of tokens before the final action.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from ...core.hidden import FREE
from ...core.resource import Part
from .login_actions import KnownAction, Url, snake

ALWAYS_CHECKED = ("exp", "iss", "nbf", "iat")
Format = Literal["single-string", "string-array", "space-separated-values"]


class Claim(Part):
    """A claim that a token must have, beside exp, iss, nbf and iat."""

    name: Annotated[str, Field(min_length=1, description="the name of the claim")]
    format: Annotated[Format, Field(description="the form of the claim's value")] = "single-string"
    values: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=256)], ...],
        FREE,
        Field(min_length=1, max_length=10, description="one match is enough"),
    ]

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Values are a set. Also accepts AWS's own names."""
        if not isinstance(data, Mapping):
            return data
        data = {snake(str(key)): value for key, value in data.items()}
        if isinstance(data.get("values"), list | tuple):
            data["values"] = tuple(sorted(dict.fromkeys(data["values"]), key=str))
        return data

    @model_validator(mode="after")
    def _whole(self) -> Claim:
        if self.name in ALWAYS_CHECKED:
            raise ValueError(f"AWS always checks {self.name} itself; write only other claims")
        if self.format == "space-separated-values" and any(" " in value for value in self.values):
            raise ValueError("a value of the format space-separated-values has a space; write several values")
        return self

    def hashed_form(self) -> Mapping[str, Any]:
        """The claim as AWS writes it."""
        return {"Name": self.name, "Format": self.format, "Values": list(self.values)}


class TokenCheck(KnownAction):
    """The check of a JSON Web Token in the header Authorization."""

    type: Literal["jwt-validation"] = "jwt-validation"
    issuer: Annotated[str, Field(min_length=1, max_length=256, description="the issuer of the tokens")]
    jwks_endpoint: Annotated[Url, Field(max_length=256, description="the URL of the keys (JWKS)")]
    additional_claims: Annotated[
        tuple[Claim, ...], Field(max_length=10, description="claims that AWS checks beside exp, iss, nbf and iat")
    ] = ()

    @field_validator("additional_claims")
    @classmethod
    def _in_order(cls, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        """Claims are a set."""
        return tuple(sorted(claims, key=lambda claim: (claim.name, claim.format, claim.values)))
