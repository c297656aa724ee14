"""A quota in Service Quotas. Pure.

https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
"""

from __future__ import annotations

from typing import NamedTuple

from ...core.call import Call


class ServiceQuota(NamedTuple):
    """The codes of a service and of its quota."""

    service: str
    code: str

    @property
    def question(self) -> Call:
        """Asks for the value in this account and region."""
        return Call("service-quotas", "GetServiceQuota", {"ServiceCode": self.service, "QuotaCode": self.code})

    def increase(self, number: int) -> str:
        """The command that asks AWS for a quota of this number."""
        return (
            f"aws service-quotas request-service-quota-increase --service-code {self.service} "
            f"--quota-code {self.code} --desired-value {number}"
        )
