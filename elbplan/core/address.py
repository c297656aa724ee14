"""References: the address of a resource of this stack, an AWS id, or a look-up.

A field that refers to a resource holds a `Ref`, which is one of

* `Address`: a resource of this stack, `target_group.web`;
* `AwsId`: an id or ARN in AWS, `sg-0abc`;
* `Lookup`: a query that elbplan resolves in the account, `the subnet of zone a`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The id of a health check of Route 53."""
AWS_ID = re.compile(rf"^(arn:aws[\w-]*:|(sg|i|subnet|vpc|ami|eipalloc|pl|tg|lb)-[0-9a-f]+$|Z[A-Z0-9]{{8,}}$|{UUID}$)")


DIGITS = re.compile(r"([0-9]+)")

OLD = "old"
"""Marks the old side of a replacement: `target_group.web@old`. A second one of the same address is `old2`."""


class Address(NamedTuple):
    """The lasting name of a resource, printed as `kind.name`; the tag `elbplan:address` has it without the mark.

    `deposed` is set for the old side of a replacement: a resource that has this address in AWS, but that the spec no
    longer wants in this form. An address without it is the current resource.
    """

    kind: str
    name: str
    deposed: str = ""

    def __str__(self) -> str:
        return f"{self.kind}.{self.label}"

    @property
    def label(self) -> str:
        """`web`, or `web@old` for the old side of a replacement."""
        return f"{self.name}@{self.deposed}" if self.deposed else self.name

    @property
    def order(self) -> tuple[object, ...]:
        """A key to sort addresses as people count: `web-2` before `web-10`, port 80 before port 443."""
        parts = DIGITS.split(self.name)
        return (self.kind, [int(part) if index % 2 else part for index, part in enumerate(parts)], self.deposed)

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address that `str` printed. Raises ValueError."""
        kind, dot, label = text.partition(".")
        if not (kind and dot and label):
            raise ValueError(f"{text!r} is not an address; it should look like target_group.web")
        return cls(kind, label).marked()

    def marked(self) -> Address:
        """The same address; a name such as `web@old` becomes the name `web` and the mark `old`."""
        name, at, deposed = self.name.rpartition("@")
        return Address(self.kind, name, deposed) if at else self


@dataclass(frozen=True, order=True)
class AwsId:
    """An id in AWS: an ARN, `sg-0abc`, `i-0abc`, the id of a hosted zone."""

    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, order=True)
class Lookup:
    """A query that is resolved before the comparison; in a list it may find several ids (`instance tag:app=web`)."""

    what: str
    query: str

    def __str__(self) -> str:
        return self.query


Ref = Address | AwsId | Lookup


def without_deposed(ref: Ref) -> Ref:
    """The reference without the side of a replacement: the old and the new resource get the same one."""
    return ref._replace(deposed="") if isinstance(ref, Address) else ref


@dataclass(frozen=True)
class Points:
    """Marks a field that refers to a resource of `kind`, and parses its text form.

    An id stays an id. `tag:KEY=VALUE` and `name:NAME` are look-ups. Any other word is an address if a stack can
    contain such resources (`ours`), else a look-up (`default`, `a`).
    """

    kind: str
    ours: bool = True

    def parse(self, value: Any) -> Ref:
        """Raises ValueError for anything but a text or a `Ref`."""
        if isinstance(value, Address | AwsId | Lookup):
            return value
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"should name a {self.kind.replace('_', ' ')}")
        text = value.strip()
        if AWS_ID.match(text):
            return AwsId(text)
        if not self.ours or text.startswith(("tag:", "name:")):
            return Lookup(self.kind, text)
        return Address(self.kind, text)

    def text(self, ref: Ref) -> str:
        """The shortest text that `parse` turns into this reference."""
        return ref.label if isinstance(ref, Address) else str(ref)

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(self.text, when_used="json")
        )

    def __get_pydantic_json_schema__(self, _: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        what = self.kind.replace("_", " ")
        return {"type": "string", "description": f"a {what}: its name in this stack, or its AWS id"}
