"""What only a look at AWS tells before the first write of a plan. Pure: each look is a program of reads.

A look asks only if a step of the plan needs the answer. Without a permission it finds nothing, and AWS refuses later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...core.call import ReadProgram
from ...core.plan import Plan, Refusal
from . import (
    balancer_targets,
    certificates,
    elastic_ips,
    functions,
    given_security_groups,
    launch_templates,
    load_balancer_quotas,
    outside_addresses,
    service_quotas,
)

Look = Callable[[Plan], ReadProgram[Sequence[Refusal]]]

LOOKS: Sequence[Look] = (
    balancer_targets.look,
    outside_addresses.look,
    functions.look,
    given_security_groups.look,
    certificates.look,
    elastic_ips.look,
    launch_templates.look,
    load_balancer_quotas.look,
    service_quotas.look,
)

PERMISSIONS = (
    *outside_addresses.PERMISSIONS,
    *functions.PERMISSIONS,
    *certificates.PERMISSIONS,
    *elastic_ips.PERMISSIONS,
    *launch_templates.PERMISSIONS,
    *load_balancer_quotas.PERMISSIONS,
    *service_quotas.PERMISSIONS,
)
