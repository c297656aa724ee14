"""Conditions of rules.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
(condition types, limits)
"""

import copy
import ipaddress
import re

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from .regular_expressions import check_expression

CONFIG = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
ONCE = ("host-header", "path-pattern", "http-request-method", "source-ip")
TWO_FORMS = ("host-header", "path-pattern")


@rule(21)
def checked(context: CallContext, conditions: list[Params]) -> list[Params]:
    """At least one condition, each field once (except headers and queries), five values, five wildcards.

    API_CreateRule (Conditions).
    """
    if not conditions:
        raise validation("At least one condition must be specified")
    fields = [condition.get("Field") for condition in conditions]
    for field in fields:
        if field not in CONFIG:
            raise validation(f"Condition field '{field}' must be one of '[{', '.join(CONFIG)}]'")
    for field in ONCE:
        if fields.count(field) > 1:
            raise validation(f"The rule can have at most one '{field}' condition")
    normal = [_normalized(condition) for condition in conditions]
    texts = [text for condition in normal for text in values(condition)]
    if len(texts) > context.account.quota("values_per_rule"):
        raise validation(f"A rule can only have '{context.account.quota('values_per_rule')}' condition values")
    plain = [text for condition in normal for text in values(condition) if text not in _regex_values(condition)]
    wild = sum(text.count("*") + text.count("?") for text in plain)
    if wild > context.account.quota("wildcards_per_rule"):
        raise validation(f"A rule can have at most '{context.account.quota('wildcards_per_rule')}' wildcard characters")
    for condition in normal:
        _check_syntax(condition)
    return normal


@rule(24)
def _normalized(condition: Params) -> Params:
    """AWS returns host and path conditions twice, as Values and as ...Config: API_RuleCondition."""
    normal = copy.deepcopy(condition)
    field, key = normal["Field"], CONFIG[normal["Field"]]
    config = normal.get(key) or {}
    if field in TWO_FORMS:
        regex = config.get("RegexValues") or normal.get("RegexValues")
        if regex:
            normal["RegexValues"] = list(regex)
        given = normal.get("Values") or []
        if given and config.get("Values") and given != config["Values"]:
            raise validation(f"You cannot provide both Values and '{key}' for a condition of type '{field}'")
        if len(given) > 1 and not config:
            raise validation(f"The '{field}' field contains too many values; the limit is '1'")
        normal["Values"] = config.get("Values") or given
        normal[key] = {"Values": list(normal["Values"])} if normal["Values"] or not regex else {}
        normal[key] |= {"RegexValues": list(regex)} if regex else {}
        return normal
    if normal.get("Values"):
        raise validation(f"The 'Values' field is not compatible with '{field}'")
    if not config:
        raise validation(f"A '{key}' must be specified with '{field}'")
    return normal


def values(condition: Params) -> list[str]:
    """Returns all values of a condition."""
    config = condition.get(CONFIG[condition["Field"]]) or {}
    all_values = [*(config.get("Values") or []), *(config.get("RegexValues") or [])]
    return [value["Value"] if isinstance(value, dict) else value for value in all_values]


@rule(21)
def _regex_values(condition: Params) -> list[str]:
    """Regular expressions of host, path and header, with or without plain values: API_RuleCondition (RegexValues)."""
    regex: list[str] = (condition.get(CONFIG[condition["Field"]]) or {}).get("RegexValues") or []
    return regex


@rule(21)
def _check_syntax(condition: Params) -> None:
    """Lengths and characters; a host has a dot or a wildcard, a source is a CIDR, a method is in upper case.

    API_HostHeaderConditionConfig, API_SourceIpConditionConfig, API_HttpRequestMethodConditionConfig."""
    field, texts = condition["Field"], values(condition)
    if not texts:
        raise validation(f"A condition value must be specified with '{field}'")
    if field == "http-header":
        _check_header(str(condition[CONFIG[field]].get("HttpHeaderName") or ""))
    for text in texts:
        if not 1 <= len(text) <= 128:
            raise validation(f"The '{field}' value is too long; the limit is '128'")
        if text in _regex_values(condition):
            check_expression(text, 128)
            continue
        if field == "host-header" and not (re.fullmatch(r"[A-Za-z0-9.*?_-]+", text) and ("." in text or "*" in text)):
            raise validation(f"The 'host-header' value '{text}' is not valid")
        if field == "path-pattern" and not re.fullmatch(r"""[A-Za-z0-9_\-.$/~"'@:+*?&]+""", text):
            raise validation(f"The 'path-pattern' value '{text}' is not valid")
        if field == "http-request-method" and not re.fullmatch(r"[A-Z_-]{1,40}", text):
            raise validation(f"The 'http-request-method' value '{text}' is not valid")
        if field == "source-ip":
            _check_cidr(text)


@rule(21)
def _check_header(name: str) -> None:
    """At most 40 characters of RFC 7230, no wildcard, and not the host header: API_HttpHeaderConditionConfig."""
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'+.^_`|~-]{1,40}", name) or name.lower() == "host":
        raise validation(f"The 'http-header' name '{name}' is not valid")


def _check_cidr(text: str) -> None:
    if text == "255.255.255.255/32":
        raise AwsError("ValidationError", f"The 'source-ip' value '{text}' is not supported")
    try:
        if "/" not in text:
            raise ValueError(text)
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise validation(f"The 'source-ip' value '{text}' must be a valid CIDR block") from None
