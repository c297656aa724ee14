"""The kinds of AWS resource that elbplan knows, one file each; parents before children."""

from __future__ import annotations

from ..core.kind import Kinds
from . import (
    auto_scaling_attachment,
    certificate,
    elastic_ip,
    hosted_zone,
    ingress_rules,
    instance,
    listener,
    load_balancer,
    log_bucket,
    record,
    route53_health_check,
    rule,
    security_group,
    shield_protection,
    target_group,
    targets,
    trust_store,
    web_acl_association,
)

KINDS: Kinds = {
    kind.name: kind
    for kind in (
        security_group.KIND,
        instance.KIND,
        elastic_ip.KIND,
        ingress_rules.KIND,
        log_bucket.KIND,
        load_balancer.KIND,
        web_acl_association.KIND,
        shield_protection.KIND,
        target_group.KIND,
        targets.KIND,
        auto_scaling_attachment.KIND,
        hosted_zone.KIND,
        certificate.KIND,
        trust_store.KIND,
        listener.KIND,
        rule.KIND,
        route53_health_check.KIND,
        record.KIND,
    )
}
