"""The questions about AWS that its documentation leaves open. Each makes its own calls, and needs no other one."""

from __future__ import annotations

from . import groups, listeners, network_and_dns, tags_and_names
from .asker import Asker, Finding, Question, answered

QUESTIONS: tuple[Question, ...] = (
    *listeners.QUESTIONS,
    *tags_and_names.QUESTIONS,
    *groups.QUESTIONS,
    *network_and_dns.QUESTIONS,
)
"""The first one asks while its load balancer is being provisioned."""

NOT_ASKED = {
    "subnets of a Local Zone and of an Availability Zone on one load balancer": "needs a Local Zone that is enabled",
    "the error code of a UDP listener on a dualstack load balancer": "needs a network load balancer with IPv6",
    "the error code of a second subnet in one zone of a network load balancer": "needs a network load balancer",
    "the error code of DeleteSecurityGroup for the default group": "would touch a resource that the run did not create",
    "the message to accounts that may not create load balancers": "needs such an account",
}
"""Claims of the simulator that are not sure either, and why the suite does not ask them."""

__all__ = ["NOT_ASKED", "QUESTIONS", "Asker", "Finding", "Question", "answered"]
