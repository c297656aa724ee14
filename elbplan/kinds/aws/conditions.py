"""The conditions of a rule, in one canonical form.

AWS answers with both `Values` and `PathPatternConfig`; both spellings become one object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...core.hidden import FREE, Hidden
from ...core.resource import LEARNED, Part, from_live

FIELDS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "http-header": "HttpHeaderConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
WITH_REGEX = ("host-header", "path-pattern", "http-header")
KNOWN = ("Values", "RegexValues", "HttpHeaderName")


class Condition(Part):
    """A condition of a rule. One match among `values` and `regex` is enough. `name` is the header of `http-header`.

    Query-string values are written `key=value`, or `value` alone for any key; `=a=b` is the value `a=b` of any key.
    """

    field: Literal["host-header", "path-pattern", "http-request-method", "http-header", "query-string", "source-ip"]
    values: Annotated[tuple[str, ...], FREE, Field(description="one match is enough")] = ()
    name: Annotated[str, Field(description="the header, for http-header")] = ""
    regex: Annotated[
        tuple[str, ...], LEARNED, FREE, Field(description="regular expressions, for host, path and header")
    ] = ()
    settings: Annotated[Mapping[str, Any], LEARNED, Field(description="further fields, as AWS names them")] = {}

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Values are a set. Case does not matter in host names."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        for field in ("values", "regex"):
            if isinstance(data.get(field), list | tuple):
                texts = [text if isinstance(text, Hidden) else str(text) for text in data[field]]
                lower = data.get("field") == "host-header" and field == "values"
                data[field] = tuple(sorted({text.lower() if lower else text for text in texts}))
        return data

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if not (self.values or self.regex or self.settings):
            raise ValueError("needs at least one value")
        if self.regex and self.field not in WITH_REGEX:
            raise ValueError(f"takes no regular expression; {', '.join(WITH_REGEX)} do")
        return self

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The texts of which one must match. A regular expression starts with `~`."""
        return (*self.values, *(f"~{regex}" for regex in self.regex)) or (str(dict(self.settings)),)


def condition_to_aws(condition: Condition) -> dict[str, Any]:
    """The condition in AWS's words."""
    if condition.field not in FIELDS:
        return {"Field": condition.field, **condition.settings}
    values: list[Any] = list(condition.values)
    if condition.field == "query-string":
        values = [_query_to_aws(value) for value in condition.values]
    config: dict[str, Any] = {"Values": values} if values else {}
    if condition.regex:
        config["RegexValues"] = list(condition.regex)
    if condition.field == "http-header":
        config["HttpHeaderName"] = condition.name
    return {"Field": condition.field, FIELDS[condition.field]: {**config, **condition.settings}}


def _query_to_aws(query: str) -> dict[str, str]:
    """A `key=value` in AWS's words. The value of a variable stays hidden."""
    key, equals, value = query.partition("=")
    if not equals:
        return {"Value": query}
    if isinstance(query, Hidden):
        shown_key, _, shown = query.reference.partition("=")
        value = Hidden(value, shown)
        key = key if key == shown_key else Hidden(key, shown_key)
    return {"Key": key, "Value": value} if key else {"Value": value}


def _query_from_aws(pair: Mapping[str, str]) -> str:
    key, value = pair.get("Key") or "", pair.get("Value", "")
    return f"{key}={value}" if key or "=" in value else value


def condition_from_aws(raw: Mapping[str, Any]) -> Condition:
    """The canonical form of AWS's condition, from either of its spellings. Unknown fields stay unchanged."""
    field = raw.get("Field") or ""
    if field not in FIELDS:
        return from_live(Condition, {"field": field, "settings": {k: v for k, v in raw.items() if k != "Field"}})
    config = raw.get(FIELDS[field]) or {}
    values = config.get("Values") or raw.get("Values") or []
    if field == "query-string":
        values = [_query_from_aws(pair) for pair in values]
    fields = {
        "field": field,
        "values": values,
        "name": config.get("HttpHeaderName") or "",
        "regex": config.get("RegexValues") or raw.get("RegexValues") or [],
        "settings": {key: value for key, value in config.items() if key not in KNOWN and value},
    }
    return from_live(Condition, fields)


def condition_text(condition: Condition) -> str:
    """`path /api/* or /v1/*`"""
    short = {
        "host-header": "host",
        "path-pattern": "path",
        "http-request-method": "method",
        "http-header": f"header {condition.name}",
        "query-string": "query",
        "source-ip": "ip",
    }
    return f"{short.get(condition.field, condition.field)} {' or '.join(condition.alternatives)}"
