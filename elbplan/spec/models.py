"""The blocks of the long form: one for each kind, parents before children."""

from __future__ import annotations

from ..core.resource import Resource
from ..kinds.certificate import Certificate
from ..kinds.elastic_ip import ElasticIp
from ..kinds.instance import Instance
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets

MODELS: dict[str, type[Resource]] = {
    model.kind: model
    for model in (
        SecurityGroup, Instance, ElasticIp, LoadBalancer, TargetGroup, Targets, Certificate, Listener, Rule, Record,
    )
}  # fmt: skip
"""Also the order of a stack's resources."""
