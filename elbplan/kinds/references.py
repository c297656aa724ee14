"""Types of fields that refer to a resource: one of the stack by its address, or any other by its AWS id."""

from __future__ import annotations

from typing import Annotated, Any

from ..core.address import Address, Lookup, Points, Ref

ZONE = "hosted_zone"


class ZonePoints(Points):
    """Marks a reference to a hosted zone. A domain is a look-up; a zone of the stack is written `hosted_zone.NAME`."""

    def parse(self, value: Any) -> Ref:
        """Raises ValueError for anything but a text or a `Ref`."""
        ref = super().parse(value)
        if not isinstance(ref, Address) or ref is value:
            return ref
        prefix, _, name = ref.name.partition(".")
        return Address(ZONE, name) if prefix == ZONE and name else Lookup(ZONE, ref.name)

    def text(self, ref: Ref) -> str:
        """The shortest text that `parse` turns into this reference."""
        return str(ref)


def ref_text(ref: Ref) -> str:
    """A reference as the long form and migration files write it: fields of every kind parse it again."""
    return ref.label if isinstance(ref, Address) and ref.kind != ZONE else str(ref)


LoadBalancerRef = Annotated[Ref, Points("load_balancer")]
NAMED_BALANCER = Points("load_balancer", ours=False)
NamedBalancerRef = Annotated[Ref, NAMED_BALANCER]
"""A load balancer outside the stack. A look-up finds the ARN of its name."""
TargetGroupRef = Annotated[Ref, Points("target_group")]
SecurityGroupRef = Annotated[Ref, Points("security_group")]
InstanceRef = Annotated[Ref, Points("instance")]
ElasticIpRef = Annotated[Ref, Points("elastic_ip")]
ListenerRef = Annotated[Ref, Points("listener")]
CertificateRef = Annotated[Ref, Points("certificate")]
TrustStoreRef = Annotated[Ref, Points("trust_store")]
VpcRef = Annotated[Ref, Points("vpc", ours=False)]
SubnetRef = Annotated[Ref, Points("subnet", ours=False)]
ZoneRef = Annotated[Ref, ZonePoints(ZONE)]
HealthCheckRef = Annotated[Ref, Points("route53_health_check")]
LogBucketRef = Annotated[Ref, Points("log_bucket")]
WebAclRef = Annotated[Ref, Points("web_acl", ours=False)]
