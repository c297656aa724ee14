"""Expands what stands around the load balancer: its web ACL, and the bucket for its logs."""

from __future__ import annotations

from ...core.address import Address
from ...kinds.aws.log_delivery import NAMES
from ..short.logs import ShortLogs, log_attributes
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext

WEB_ACL = Address("web_acl_association", "main")
SHIELD = Address("shield_protection", "main")
LOG_BUCKET = Address("log_bucket", "main")


def add_edge(context: ExpandContext) -> None:
    """Adds the association of the web ACL and the bucket for logs, if the spec wants them."""
    if web_acl := context.short.web_acl:
        fields = {"load_balancer": BALANCER, "web_acl": web_acl.name, "take_over": web_acl.take_over or None}
        places: dict[YamlPath, YamlPath] = {(field,): ("web_acl",) for field in fields}
        context.add(WEB_ACL, fields, ("web_acl",), places)
    if context.short.shield:
        _add_protections(context)
    if context.short.logs:
        _add_log_bucket(context, context.short.logs)


def _add_protections(context: ExpandContext) -> None:
    """Adds a protection of the load balancer, or one for each Elastic IP of a network load balancer."""
    type = context.short.type
    if type == "application":
        context.add(SHIELD, {"load_balancer": BALANCER}, ("shield",))
        return
    pins = context.drafts[BALANCER].fields.get("pins") or () if type == "network" else ()
    allocations = [allocation for pin in pins if (allocation := dict(pin).get("allocation"))]
    for number, allocation in enumerate(allocations, 1):
        fields = {"load_balancer": BALANCER, "elastic_ip": allocation}
        context.add(Address(SHIELD.kind, f"{SHIELD.name}-{number}"), fields, ("shield",))
    if not allocations:
        what = f"Shield Advanced cannot protect this {type} load balancer: it has no Elastic IPs"
        hint = "remove shield:" + (", or give each subnet an Elastic IP" if type == "network" else "")
        context.report.at(("shield",), what, hint, key=True)


def log_bucket(context: ExpandContext) -> Address | None:
    """The bucket that elbplan makes, if logs of the load balancer go there."""
    logs = context.short.logs
    return LOG_BUCKET if logs and logs.own and context.short.type != "gateway" else None


def log_settings(context: ExpandContext) -> dict[str, str]:
    """The attributes of the load balancer for its logs."""
    logs = context.short.logs
    return log_attributes(logs, LOGS_OF_TYPE[context.short.type]) if logs else {}


LOGS_OF_TYPE = {"application": ("access", "connection", "health_checks"), "network": ("access",), "gateway": ()}
"""A network load balancer has only access logs, and a gateway load balancer has none."""


def _add_log_bucket(context: ExpandContext, logs: ShortLogs) -> None:
    """Adds the bucket if a log goes there. Reports settings of a bucket that elbplan does not make."""
    _check_types(context, logs)
    if context.short.type == "gateway":
        return
    if logs.own:
        fields = {"writers": [context.short.type], "keep_days": logs.keep, "on_destroy": logs.on_destroy}
        places: dict[YamlPath, YamlPath] = {("keep_days",): ("logs", "keep"), ("on_destroy",): ("logs", "on_destroy")}
        context.add(LOG_BUCKET, fields, ("logs",), places)
        return
    for key, value in (("keep", logs.keep), ("on_destroy", logs.on_destroy)):
        if value is not None:
            what = f"{key}: is for the bucket that elbplan makes, and these logs go to others"
            context.report.at(("logs", key), what, "remove it, or write access: true", key=True)


def _check_types(context: ExpandContext, logs: ShortLogs) -> None:
    """Reports logs that this type of load balancer does not have."""
    type = context.short.type
    for log in [log for log in logs.places if log not in LOGS_OF_TYPE[type]]:
        where = ("logs", log) if ("logs", log) in context.report.tree.keys else ("logs",)
        what = f"a {type} load balancer has no {NAMES[log]}"
        context.report.at(where, what, "remove it, or write type: application", key=True)
