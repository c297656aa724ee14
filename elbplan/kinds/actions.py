"""What a listener or a rule does with a request, and when a rule applies: in one canonical form.

AWS answers with more than was sent: `TargetGroupArn` beside `ForwardConfig`, `#{host}` in redirects, `Values` beside
`PathPatternConfig`. Both sides are brought into the form below, so that equal meanings are equal objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ..core.address import Id, Ref, TargetGroupRef
from ..core.kind import Phase
from ..core.resource import Part

FIELDS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "http-header": "HttpHeaderConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}


class Share(Part):
    """A target group and its weight among the groups of one forward."""

    group: TargetGroupRef
    weight: Annotated[int, Field(ge=0, le=999, description="its part of the requests; 0 gets none")] = 1


class Forward(Part):
    """Hand the request to target groups, by weight."""

    type: Literal["forward"] = "forward"
    groups: Annotated[tuple[Share, ...], Field(min_length=1, max_length=5)]
    sticky: Annotated[
        int | None, Field(ge=1, le=604800, description="seconds for which a client stays with the group it got")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """A lone group has no weight worth the name, and groups are a set."""
        if not isinstance(data, Mapping) or not isinstance(data.get("groups"), list | tuple):
            return data
        shares = [Share.model_validate(share) for share in data["groups"]]
        if len(shares) == 1:
            shares = [Share(group=shares[0].group)]
        return {**data, "groups": tuple(sorted(shares, key=lambda share: str(share.group)))}


class Redirect(Part):
    """Send the client elsewhere; what is not named stays as the client asked."""

    type: Literal["redirect"] = "redirect"
    protocol: Literal["HTTP", "HTTPS", "#{protocol}"] = "#{protocol}"
    host: Annotated[str, Field(min_length=1, max_length=128, description="`#{host}` keeps the asked one")] = "#{host}"
    port: Annotated[
        str,
        Field(
            pattern=r"^([1-9]\d{0,4}|#\{port\})$",
            coerce_numbers_to_str=True,
            description="`#{port}` keeps the asked one",
        ),
    ] = "#{port}"
    path: Annotated[str, Field(pattern="^/", max_length=128, description="`/#{path}` keeps the asked one")] = "/#{path}"
    query: Annotated[str, Field(max_length=128, description="without `?`; `#{query}` keeps the asked one")] = "#{query}"
    code: Literal[301, 302] = 301


class Respond(Part):
    """Answer with a fixed text."""

    type: Literal["fixed-response"] = "fixed-response"
    status: Annotated[
        str, Field(pattern=r"^(2|4|5)\d\d$", coerce_numbers_to_str=True, description="an HTTP status: 2xx, 4xx or 5xx")
    ]
    content_type: Literal["text/plain", "text/css", "text/html", "application/javascript", "application/json"] = (
        "text/plain"
    )
    body: Annotated[str, Field(max_length=1024, description="the text of the answer")] = ""


Action = Annotated[Forward | Redirect | Respond, Field(discriminator="type")]


class Condition(Part):
    """One condition of a rule; any of `values` satisfies it. `name` is the header of an `http-header` condition.

    Query-string values are written `key=value`, or `value` alone for any key.
    """

    field: Literal["host-header", "path-pattern", "http-request-method", "http-header", "query-string", "source-ip"]
    values: Annotated[tuple[str, ...], Field(min_length=1, description="any of them is enough")]
    name: Annotated[str, Field(description="the header, for http-header")] = ""

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Values are a set; host names know no case."""
        if not isinstance(data, Mapping) or not isinstance(data.get("values"), list | tuple):
            return data
        values = [str(value) for value in data["values"]]
        if data.get("field") == "host-header":
            values = [value.lower() for value in values]
        return {**data, "values": tuple(sorted(set(values)))}


def to_aws(action: Forward | Redirect | Respond, arn: Any) -> dict[str, Any]:
    """The action in AWS's words; `arn` turns a reference into an ARN."""
    if isinstance(action, Forward):
        groups = [{"TargetGroupArn": arn(share.group), "Weight": share.weight} for share in action.groups]
        sticky: dict[str, Any] = {"Enabled": action.sticky is not None}
        if action.sticky is not None:
            sticky["DurationSeconds"] = action.sticky
        config = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}
        return {"Type": "forward", "ForwardConfig": config}
    if isinstance(action, Redirect):
        return {
            "Type": "redirect",
            "RedirectConfig": {
                "Protocol": action.protocol,
                "Host": action.host,
                "Port": action.port,
                "Path": action.path,
                "Query": action.query,
                "StatusCode": f"HTTP_{action.code}",
            },
        }
    config = {"StatusCode": action.status, "ContentType": action.content_type, "MessageBody": action.body}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


def from_aws(raw: Mapping[str, Any]) -> Forward | Redirect | Respond | None:
    """Our form of AWS's action; None for a type elbplan does not manage."""
    match raw.get("Type"):
        case "forward":
            config = raw.get("ForwardConfig") or {}
            groups = config.get("TargetGroups") or [{"TargetGroupArn": raw["TargetGroupArn"]}]
            sticky = config.get("TargetGroupStickinessConfig") or {}
            return Forward.model_validate(
                {
                    "groups": [{"group": Id(g["TargetGroupArn"]), "weight": g.get("Weight", 1)} for g in groups],
                    "sticky": sticky.get("DurationSeconds") if sticky.get("Enabled") else None,
                }
            )
        case "redirect":
            config = raw["RedirectConfig"]
            names = {"protocol": "Protocol", "host": "Host", "port": "Port", "path": "Path", "query": "Query"}
            given = {ours: config[theirs] for ours, theirs in names.items() if config.get(theirs) is not None}
            return Redirect.model_validate({**given, "code": int(config["StatusCode"].removeprefix("HTTP_"))})
        case "fixed-response":
            config = raw["FixedResponseConfig"]
            return Respond(
                status=str(config["StatusCode"]),
                content_type=config.get("ContentType") or "text/plain",
                body=config.get("MessageBody") or "",
            )
    return None


def condition_to_aws(condition: Condition) -> dict[str, Any]:
    """The condition in AWS's words."""
    values: list[Any] = list(condition.values)
    if condition.field == "query-string":
        pairs = [value.partition("=") for value in condition.values]
        values = [{"Key": key, "Value": value} if sep else {"Value": key} for key, sep, value in pairs]
    config: dict[str, Any] = {"Values": values}
    if condition.field == "http-header":
        config["HttpHeaderName"] = condition.name
    return {"Field": condition.field, FIELDS[condition.field]: config}


def condition_from_aws(raw: Mapping[str, Any]) -> Condition:
    """Our form of AWS's condition, from whichever of its two spellings is there."""
    field = raw["Field"]
    config = raw.get(FIELDS[field]) or {"Values": raw.get("Values") or []}
    values = config.get("Values") or raw.get("Values") or []
    if field == "query-string":
        values = [f"{v['Key']}={v['Value']}" if v.get("Key") else v["Value"] for v in values]
    return Condition(field=field, values=values, name=config.get("HttpHeaderName") or "")


def groups_of(action: Any) -> tuple[Ref, ...]:
    """The target groups an action hands requests to, weight 0 included."""
    return tuple(share.group for share in action.groups) if isinstance(action, Forward) else ()


def attached(before: Any, after: Any, used: AbstractSet[Ref]) -> Any | None:
    """The action that goes on serving as `before` while every new group of `after` hangs on it at weight 0.

    A group that no action names is not health-checked, so it must be attached before it can be waited for. None where
    nothing needs it (the groups carry traffic already) or where it cannot be done (not both are forwards, or more than
    five groups).
    """
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    if not new or not isinstance(before, Forward) or len(before.groups) + len(new) > MOST_GROUPS:
        return None
    return _with_idle(before, new)


def unattachable(before: Any, after: Any, used: AbstractSet[Ref]) -> list[Ref]:
    """The new groups that cannot hang on `before` at weight 0: it is no forward, or holds too many already."""
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    return [] if attached(before, after, used) else new[:MOST_GROUPS]


def lingering(before: Any, after: Any) -> Any | None:
    """The action that serves as `after` while the groups it gives up stay attached at weight 0 to finish requests."""
    old = [group for group in groups_of(before) if group not in groups_of(after)]
    if not old or not isinstance(after, Forward) or len(after.groups) + len(old) > MOST_GROUPS:
        return None
    return _with_idle(after, old)


MOST_GROUPS = 5
"""A forward takes no more."""


def _with_idle(action: Forward, groups: Iterable[Ref]) -> Forward:
    idle = [Share(group=group, weight=0) for group in groups]
    return Forward(groups=(*action.groups, *idle), sticky=action.sticky)


def way_of(before: Any, after: Any, used: AbstractSet[Ref]) -> list[tuple[Phase, Any]]:
    """From one action to another: attach, switch, let go."""
    steps: list[tuple[Phase, Any]] = []
    if attach := attached(before, after, used):
        steps.append(("expand", attach))
    if linger := lingering(before, after):
        return [*steps, ("switch", linger), ("contract", after)]
    return [*steps, ("switch", after)]


def action_text(action: Any) -> str:
    """`forward to target_group.web`, `redirect 301 to HTTPS:443`, `answer 404`"""
    if isinstance(action, Forward):
        if len(action.groups) == 1:
            return f"forward to {action.groups[0].group}"
        return "forward to " + ", ".join(f"{share.group} {share.weight}" for share in action.groups)
    if isinstance(action, Redirect):
        parts = {"host": "#{host}", "path": "/#{path}", "query": "#{query}"}
        rest = "".join(
            f" {key}={getattr(action, key)}" for key, usual in parts.items() if getattr(action, key) != usual
        )
        return f"redirect {action.code} to {action.protocol}:{action.port}{rest}".replace("#{protocol}", "same")
    return f"answer {action.status}"


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
    return f"{short[condition.field]} {' or '.join(condition.values)}"
