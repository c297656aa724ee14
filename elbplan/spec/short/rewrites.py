"""`rewrite:`: what a rule changes in the host and the URL before a request goes to a target."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from ..errors import SpecValueError
from .words import ShortModel

HINT = 'write rewrite: {path: {regex: "^/api/(.*)$", to: "/$1"}}'


class Rewrite(ShortModel):
    """A regular expression, and the text in place of its match."""

    regex: Annotated[str, Field(min_length=1, max_length=1024, description="regular expression")]
    to: Annotated[str, Field(max_length=1024, description="text in place of the match; $1 is its first group")]


class ShortRewrite(ShortModel):
    """The rewrites of a rule, one of each kind."""

    host: Annotated[Rewrite | None, Field(description="changes the Host header")] = None
    path: Annotated[Rewrite | None, Field(description="changes the path with its query")] = None

    @model_validator(mode="after")
    def _some(self) -> ShortRewrite:
        if self.host is None and self.path is None:
            raise SpecValueError("nothing is rewritten", HINT)
        return self
