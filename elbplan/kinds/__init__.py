"""The kinds of AWS resource that elbplan knows, one file each; parents before children."""

from __future__ import annotations

from ..core.kind import Kinds
from . import (
    certificate,
    elastic_ip,
    ingress_rules,
    instance,
    listener,
    load_balancer,
    record,
    rule,
    security_group,
    target_group,
    targets,
    trust_store,
)

KINDS: Kinds = {
    kind.name: kind
    for kind in (
        security_group.KIND,
        instance.KIND,
        elastic_ip.KIND,
        ingress_rules.KIND,
        load_balancer.KIND,
        target_group.KIND,
        targets.KIND,
        certificate.KIND,
        trust_store.KIND,
        listener.KIND,
        rule.KIND,
        record.KIND,
    )
}
