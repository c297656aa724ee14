"""The hazards: which change has each of them, and what to do instead of allowing it."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.hazard import HAZARDS
from .explanation import Explanation, lines

GROUP = "hazards"
PAGE = "docs/migrations.md"

CHANGES: Mapping[str, tuple[str, str]] = {
    "outage": (
        "a load balancer with fixed addresses is replaced: the old one must go before the new one gets them",
        "give the new load balancer other addresses, and point the name at it when it serves",
    ),
    "route-interrupted": (
        "a step removes a listener or rule before its replacement serves",
        "write the steps in the order that the message shows",
    ),
    "targets-unverified": (
        """
        a listener or rule is pointed at a group before a wait has seen its targets healthy
        the last healthy targets leave a group that serves, before the new ones are healthy
        proxy_protocol_v2 or preserve_client_ip changes, and targets may not expect it
        """,
        "attach the group at weight 0, wait until its targets are healthy, then shift",
    ),
    "targets-unreachable": (
        """
        no inbound rule of the servers' security group has the port of the targets
        the health check uses another port, which is closed
        """,
        """
        write `open: true` at the targets
        or run the aws command that the message shows
        """,
    ),
    "endless-wait": (
        "a step waits for the health of a group to which no listener and no rule forwards: AWS does not check it",
        "attach the group at weight 0 before the wait",
    ),
    "zone-not-delegated": (
        """
        the registrar of the domain has other name servers than the hosted zone
        the domain is new, or has another hosted zone of the same name
        """,
        "enter the name servers of the zone at the registrar: elbplan explain NAME specs/web.yaml lists both",
    ),
    "dns-too-early": (
        "a record points at a new load balancer before it is active, or before its targets are healthy",
        "move the step behind the waits for the load balancer and for its targets",
    ),
    "dns-still-cached": (
        "the old load balancer is deleted, or stops serving, before the TTL of its record is over",
        "wait for the TTL before the step that removes the old load balancer",
    ),
    "dns-share-lost": (
        """
        the weight of a record becomes 0, or its role secondary
        a record that answered everybody gets a policy for some places or networks only
        a private zone leaves a VPC
        """,
        "apply the stack whose record of the name shall answer these clients first, and look at its answers",
    ),
    "dns-name-changes": (
        """
        scheme, type or name of the load balancer changes, which AWS cannot change in place
        somebody uses the DNS name of AWS instead of a name of yours
        """,
        "leave what cannot change in place; or first move the clients to a name of yours (domain:)",
    ),
    "route-removed": (
        """
        a listener, a rule, or a record goes, and nothing serves the route any more
        ip_address_type: takes the IPv6 or the public IPv4 addresses away
        """,
        "leave a redirect or a fixed answer in its place until no client asks for it",
    ),
    "requests-cut-off": (
        """
        targets or servers end while requests are open
        the deregistration delay becomes shorter
        """,
        "wait until the targets are drained before the step that ends them",
    ),
    "sessions-lost": (
        """
        sticky: goes from a group or from a forward to several groups, or binds clients by another thing
        """,
        "keep sticky: until no target keeps sessions in its own memory",
    ),
    "health-check-changes": (
        """
        path, port, codes or protocol of a check change: if the servers fail the new check, all are unhealthy
        the check of a record in Route 53 changes: DNS drops the record if the endpoint fails it
        """,
        """
        first let the servers pass both checks
        or create a new group with the new check, and shift to it when it is healthy
        """,
    ),
    "public-exposure": (
        """
        a rule of a security group opens a port to 0.0.0.0/0 that no public listener uses
        an internal load balancer becomes internet-facing
        """,
        "allow only who needs it: the CIDR of your own network, or the group of the clients",
    ),
    "weaker-encryption": (
        """
        HTTPS becomes HTTP on a port
        the TLS policy (tls:) allows older versions than before
        hsts: goes from a listener
        """,
        "keep the protocol, the policy and the header; use another port for what needs no encryption",
    ),
    "login-removed": (
        """
        the login (authenticate), token check or client certificates go from a listener or a rule
        client certificates may be expired (allow_expired:), or a revocation list goes from a trust store
        """,
        "leave the field to its owner (ignore:), or write it into the spec",
    ),
    "web-acl-removed": (
        """
        web_acl: goes from the spec
        a load balancer is replaced, and the new one gets no web ACL
        """,
        "leave web_acl: in the spec; to exchange the web ACL, write the other one there: AWS does that without a gap",
    ),
    "certificate-invalid": (
        """
        a listener uses a certificate that is not issued yet
        the certificate does not cover a name that leads to the listener
        """,
        "wait until the certificate is issued; keep one that covers the name",
    ),
    "too-few-zones": (
        """
        an application load balancer would have fewer than two zones
        all targets of a group are in the zones that are removed
        """,
        "add the new zone in a step before the step that removes the old zone",
    ),
    "priority-conflict": (
        "a step gives a rule the priority that another rule still has",
        "let rules change places in one step: do: reorder",
    ),
    "protection-removed": (
        """
        protect:, logs: or shield: goes from the spec, or their attributes are switched off
        logs are kept for fewer days, or a destroy deletes them
        a server loses its termination_protection: or stop_protection:, or imdsv2: becomes optional
        a record loses its health check, or the header Content-Security-Policy goes from a listener
        """,
        "leave it as it is; if it must go, do it in a migration of its own",
    ),
    "extra-cost": (
        """
        a replacement runs beside the old load balancer until a person approves
        the spec has more load balancers than before
        """,
        "hold for a time instead of an approval; let one load balancer serve both, by host or path",
    ),
    "irreversible-before-hold": (
        "a step that removes something stands before a hold",
        "move the step behind the hold",
    ),
    "deletes-foreign-children": (
        "others made listeners, rules or targets at a resource that is deleted or replaced",
        "move them first: listeners and rules to another load balancer, targets to the new group",
    ),
    "revokes-foreign-rules": (
        "rules of other security groups name a group of the stack as their source; AWS would not delete it",
        "revoke them yourself with the commands that the message shows, then run elbplan again",
    ),
    "takes-record-of-stack": (
        "two specs want one name (take_over: true)",
        "remove the name from the other spec and apply that first",
    ),
    "server-in-use": (
        "on_destroy: stop or terminate, and the instance is also a target of a group outside the stack",
        "write on_destroy: keep, or take the instance out of that group first",
    ),
    "repeated-state": (
        "a migration goes there and back: a state occurs twice",
        "leave the step out, or split the file in two",
    ),
}
"""By hazard: the change that has it, and what to do instead of allowing it."""


def _hazard(name: str) -> Explanation:
    changes, instead = CHANGES[name]
    meaning = HAZARDS[name]
    return Explanation(
        name,
        GROUP,
        f"{meaning[0].upper()}{meaning[1:]}.",
        lines(changes),
        ("elbplan plan --detail, or elbplan lint for migrations, names the step",),
        (*lines(instead), f"if it is acceptable now: --allow {name}"),
        PAGE,
    )


EXPLANATIONS = tuple(map(_hazard, CHANGES))
