"""Types of fields that refer to a resource: one of the stack by its address, or any other by its AWS id."""

from __future__ import annotations

from typing import Annotated

from ..core.address import Points, Ref

LoadBalancerRef = Annotated[Ref, Points("load_balancer")]
TargetGroupRef = Annotated[Ref, Points("target_group")]
SecurityGroupRef = Annotated[Ref, Points("security_group")]
InstanceRef = Annotated[Ref, Points("instance")]
ElasticIpRef = Annotated[Ref, Points("elastic_ip")]
ListenerRef = Annotated[Ref, Points("listener")]
CertificateRef = Annotated[Ref, Points("certificate")]
VpcRef = Annotated[Ref, Points("vpc", ours=False)]
SubnetRef = Annotated[Ref, Points("subnet", ours=False)]
ZoneRef = Annotated[Ref, Points("hosted_zone", ours=False)]
LogBucketRef = Annotated[Ref, Points("log_bucket")]
WebAclRef = Annotated[Ref, Points("web_acl", ours=False)]
