"""The actions of a listener or a rule, in one canonical form.

AWS answers with more than the request had: `TargetGroupArn` beside `ForwardConfig`, `#{host}` in redirects, defaults of
a login. Both the spec's actions and AWS's take the form below, so that actions with the same meaning are equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...core.address import AwsId, Ref
from ...core.hidden import FREE
from ...core.resource import Part, from_live
from ..references import TargetGroupRef
from .leading_actions import OtherAction, leading_from_aws, leading_to_aws, other_action


class WeightedGroup(Part):
    """A target group and its weight among the groups of one forward."""

    group: TargetGroupRef
    weight: Annotated[int, Field(ge=0, le=999, description="its share of the requests; 0 gets none")] = 1


class Forward(Part):
    """Sends the request to one of the target groups, by weight."""

    type: Literal["forward"] = "forward"
    groups: Annotated[tuple[WeightedGroup, ...], Field(min_length=1, max_length=5)]
    sticky: Annotated[
        int | None, Field(ge=1, le=604800, description="seconds for which a client stays with the group it got")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Groups are a set. A single group has the weight 1."""
        if not isinstance(data, Mapping) or not isinstance(data.get("groups"), list | tuple):
            return data
        shares = [WeightedGroup.model_validate(share) for share in data["groups"]]
        if len(shares) == 1:
            shares = [WeightedGroup(group=shares[0].group)]
        return {**data, "groups": tuple(sorted(shares, key=lambda share: str(share.group)))}


class Redirect(Part):
    """Redirects the client. Parts that are not set stay as in the request."""

    type: Literal["redirect"] = "redirect"
    protocol: Literal["HTTP", "HTTPS", "#{protocol}"] = "#{protocol}"
    host: Annotated[str, Field(min_length=1, max_length=128, description="`#{host}` keeps the host of the request")] = (
        "#{host}"
    )
    port: Annotated[
        str,
        Field(
            pattern=r"^([1-9]\d{0,4}|#\{port\})$",
            coerce_numbers_to_str=True,
            description="`#{port}` keeps the port of the request",
        ),
    ] = "#{port}"
    path: Annotated[
        str, FREE, Field(pattern="^/", max_length=128, description="`/#{path}` keeps the path of the request")
    ] = "/#{path}"
    query: Annotated[
        str, FREE, Field(max_length=128, description="without `?`; `#{query}` keeps the query of the request")
    ] = "#{query}"
    code: Literal[301, 302] = 301


class Respond(Part):
    """Answers with a fixed text."""

    type: Literal["fixed-response"] = "fixed-response"
    status: Annotated[
        str, Field(pattern=r"^(2|4|5)\d\d$", coerce_numbers_to_str=True, description="an HTTP status: 2xx, 4xx or 5xx")
    ]
    content_type: Literal["text/plain", "text/css", "text/html", "application/javascript", "application/json"] = (
        "text/plain"
    )
    body: Annotated[str, FREE, Field(max_length=1024, description="the text of the answer")] = ""


Action = Annotated[Forward | Redirect | Respond, Field(discriminator="type")]


def to_aws(action: Any, arn: Any) -> dict[str, Any]:
    """The action as AWS writes it. `arn` turns a reference into an ARN."""
    if isinstance(action, Forward):
        return {"Type": "forward", **_forward_to_aws(action, arn)}
    if isinstance(action, Redirect):
        return {"Type": "redirect", "RedirectConfig": _redirect_to_aws(action)}
    if isinstance(action, Respond):
        config = {"StatusCode": action.status, "ContentType": action.content_type, "MessageBody": action.body}
        return {"Type": "fixed-response", "FixedResponseConfig": config}
    return {"Type": action.type, **action.settings}


def _forward_to_aws(action: Forward, arn: Any) -> dict[str, Any]:
    """A single group is in `TargetGroupArn`, which all load balancers accept. Not all of them accept weights."""
    single = {"TargetGroupArn": arn(action.groups[0].group)} if len(action.groups) == 1 else {}
    if single and action.sticky is None:
        return single
    groups = [{"TargetGroupArn": arn(share.group), "Weight": share.weight} for share in action.groups]
    sticky: dict[str, Any] = {"Enabled": action.sticky is not None}
    if action.sticky is not None:
        sticky["DurationSeconds"] = action.sticky
    return {**single, "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky}}


def _redirect_to_aws(action: Redirect) -> dict[str, Any]:
    return {
        "Protocol": action.protocol,
        "Host": action.host,
        "Port": action.port,
        "Path": action.path,
        "Query": action.query,
        "StatusCode": f"HTTP_{action.code}",
    }


def actions_to_aws(leading: Sequence[Any], final: Any, arn: Any, secret: str | None = None) -> list[dict[str, Any]]:
    """All actions of a listener or rule. AWS replaces the complete list. Without a secret, AWS keeps its own."""
    if not leading:
        return [to_aws(final, arn)]
    ordered = [*(leading_to_aws(action, secret) for action in leading), to_aws(final, arn)]
    return [{**action, "Order": order} for order, action in enumerate(ordered, 1)]


def actions_from_aws(
    raws: Sequence[Mapping[str, Any]], tags: Mapping[str, str] = MappingProxyType({})
) -> tuple[tuple[Any, ...], Any]:
    """The actions before the final action, in AWS's order, and the final action. The tags name the login's secret."""
    ordered = sorted(raws, key=lambda raw: raw.get("Order") or 0)
    if not ordered:
        return (), OtherAction(type="none")
    final = next((raw for raw in reversed(ordered) if raw.get("Type") in FINAL), ordered[-1])
    return tuple(leading_from_aws(raw, tags) for raw in ordered if raw is not final), from_aws(final)


FINAL = ("forward", "redirect", "fixed-response")


def from_aws(raw: Mapping[str, Any]) -> Any:
    """The canonical form of AWS's final action; AWS's form if elbplan does not know the action."""
    try:
        return READ[raw["Type"]](raw)
    except (KeyError, ValueError, TypeError, AttributeError):
        return other_action(raw)


def _forward_from_aws(raw: Mapping[str, Any]) -> Forward:
    config = raw.get("ForwardConfig") or {}
    groups = config.get("TargetGroups") or [{"TargetGroupArn": raw["TargetGroupArn"]}]
    sticky = config.get("TargetGroupStickinessConfig") or {}
    shares = [
        from_live(WeightedGroup, {"group": AwsId(g["TargetGroupArn"]), "weight": g.get("Weight", 1)}) for g in groups
    ]
    return from_live(
        Forward, {"groups": shares, "sticky": sticky.get("DurationSeconds") if sticky.get("Enabled") else None}
    )


def _redirect_from_aws(raw: Mapping[str, Any]) -> Redirect:
    config = raw["RedirectConfig"]
    names = {"protocol": "Protocol", "host": "Host", "port": "Port", "path": "Path", "query": "Query"}
    given = {ours: config[theirs] for ours, theirs in names.items() if config.get(theirs) is not None}
    return from_live(Redirect, {**given, "code": int(config["StatusCode"].removeprefix("HTTP_"))})


def _respond_from_aws(raw: Mapping[str, Any]) -> Respond:
    config = raw["FixedResponseConfig"]
    fields = {
        "status": str(config["StatusCode"]),
        "content_type": config.get("ContentType") or "text/plain",
        "body": config.get("MessageBody") or "",
    }
    return from_live(Respond, fields)


READ = {"forward": _forward_from_aws, "redirect": _redirect_from_aws, "fixed-response": _respond_from_aws}


def groups_of(action: Any) -> tuple[Ref, ...]:
    """The target groups of an action, also those with weight 0."""
    return tuple(share.group for share in action.groups) if isinstance(action, Forward) else ()


def action_text(action: Any) -> str:
    """`forward to target_group.web`, `redirect 301 to HTTPS:443`, `answer 404`"""
    if isinstance(action, Forward):
        if len(action.groups) == 1:
            return f"forward to {action.groups[0].group}"
        return "forward to " + ", ".join(f"{share.group} {share.weight}" for share in action.groups)
    if isinstance(action, Redirect):
        unchanged = Redirect()
        parts = (
            ("host", action.host, unchanged.host),
            ("path", action.path, unchanged.path),
            ("query", action.query, unchanged.query),
        )
        rest = "".join(f" {name}={value}" for name, value, usual in parts if value != usual)
        return f"redirect {action.code} to {action.protocol}:{action.port}{rest}".replace("#{protocol}", "same")
    if isinstance(action, Respond):
        return f"answer {action.status}"
    return f"{action.type} (an action that elbplan does not know)"
