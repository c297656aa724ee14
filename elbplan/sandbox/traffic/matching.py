"""Returns whether a request matches the conditions of a rule.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import ipaddress
import re

from ..elbv2.conditions import CONFIG, values
from ..params import Params
from ..rules import rule
from .request import VisitorRequest

EVERYBODY = ("0.0.0.0/0",)


def matches(conditions: list[Params], request: VisitorRequest) -> bool:
    """All conditions must match."""
    return all(_holds(condition, request) for condition in conditions)


@rule(31)
def _holds(condition: Params, request: VisitorRequest) -> bool:
    """One value of a condition is enough. Hosts, headers and queries have no case; paths and methods have.

    API_HostHeaderConditionConfig, API_PathPatternConditionConfig, API_HttpHeaderConditionConfig,
    API_HttpRequestMethodConditionConfig, API_QueryStringConditionConfig. No page says whether a regular expression must
    match the whole text. Here a part is enough.
    """
    field = condition["Field"]
    config = condition.get(CONFIG[field]) or {}
    regex = config.get("RegexValues") or []
    texts = [text for text in values(condition) if text not in regex] if field != "query-string" else []
    if field == "host-header":
        return _any(texts, [request.host], caseless=True) or _any_regex(regex, [request.host])
    if field == "path-pattern":
        return _any(texts, [request.path]) or _any_regex(regex, [request.path])
    if field == "http-header":
        found = request.header(config["HttpHeaderName"])
        return _any(texts, found, caseless=True) or _any_regex(regex, found)
    if field == "http-request-method":
        return request.method in texts
    if field == "source-ip":
        return comes_from(request.source, texts)
    return any(_has_pair(request, pair) for pair in config.get("Values") or [])


def _any(patterns: list[str], subjects: list[str], caseless: bool = False) -> bool:
    return any(matches_wildcard(pattern, subject, caseless) for pattern in patterns for subject in subjects)


def _any_regex(expressions: list[str], subjects: list[str]) -> bool:
    return any(re.search(expression, subject) for expression in expressions for subject in subjects)


@rule(31)
def _has_pair(request: VisitorRequest, pair: Params) -> bool:
    """A pair without a key matches the value of any key: API_QueryStringKeyValuePair ("You can omit the key")."""
    for key, value in request.query_pairs():
        same_key = pair.get("Key") is None or matches_wildcard(pair["Key"], key, caseless=True)
        if same_key and matches_wildcard(pair["Value"], value, caseless=True):
            return True
    return False


@rule(31)
def comes_from(source: str, blocks: list[str]) -> bool:
    """The address of the connection counts, not X-Forwarded-For: API_SourceIpConditionConfig.

    A probe has no address: only a block of all addresses matches it.
    """
    if not source:
        return any(block in EVERYBODY for block in blocks)
    return any(ipaddress.ip_address(source) in ipaddress.ip_network(block, strict=False) for block in blocks)


def matches_wildcard(pattern: str, text: str, caseless: bool = False) -> bool:
    """`*` is any text, `?` one character; a backslash takes their meaning from them.

    AWS documents the backslash for query strings only: API_QueryStringConditionConfig.
    """
    wildcards = {"*": ".*", "?": "."}
    parts = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    expression = "".join(wildcards.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if caseless else 0)) is not None
