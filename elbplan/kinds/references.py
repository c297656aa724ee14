"""Types of fields that refer to a resource: of this stack, or of AWS by its id."""

from __future__ import annotations

from typing import Annotated

from ..core.address import Points, Ref

LoadBalancerRef = Annotated[Ref, Points("load_balancer")]
TargetGroupRef = Annotated[Ref, Points("target_group")]
SecurityGroupRef = Annotated[Ref, Points("security_group")]
InstanceRef = Annotated[Ref, Points("instance")]
ListenerRef = Annotated[Ref, Points("listener")]
CertificateRef = Annotated[Ref, Points("certificate")]
VpcRef = Annotated[Ref, Points("vpc", ours=False)]
SubnetRef = Annotated[Ref, Points("subnet", ours=False)]
ZoneRef = Annotated[Ref, Points("hosted_zone", ours=False)]
