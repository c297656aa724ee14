"""Makes what elbplan made look as if a person had made it: without any tag, record or reference of elbplan."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from elbplan.sandbox.account import Account, CallContext
from elbplan.sandbox.admin.snapshot import regions

OWN = "elbplan:"


def by_hand(account: Account) -> None:
    """Removes the tags, the records in Parameter Store, and the caller references of elbplan, in every region."""
    for tags in every_tags(account):
        for key in [key for key in tags if key.startswith(OWN)]:
            del tags[key]
    for region in regions(account):
        parameters = CallContext(account, region).backend("ssm")._parameters
        for name in [name for name in parameters if name.startswith("/elbplan/")]:
            del parameters[name]
    for number, zone in enumerate(account.dns.zones.values()):
        zone.caller_reference = f"console-zone-{number}"
    for number, check in enumerate(account.dns.health_checks.values()):
        check.caller_reference = f"console-check-{number}"


def every_tags(account: Account) -> Iterator[MutableMapping[str, Any]]:
    """The tags of every resource, as the simulator keeps them."""
    for region in regions(account):
        context = CallContext(account, region)
        yield from context.elb.tags.values()
        yield from (certificate.tags for certificate in context.certificates.values())
        yield from context.ec2.tags.values()
    yield from (zone.tags for zone in account.dns.zones.values())
    yield from (check.tags for check in account.dns.health_checks.values())
    yield from (held["Tags"] for held in account.memory("protections").values())
    yield from (bucket.tags for bucket in account.memory("buckets").values())
