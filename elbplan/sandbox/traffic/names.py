"""Where a name of public DNS leads: to a load balancer, to addresses, or nowhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..account import Account, CallContext
from ..rules import rule
from ..state.elbv2 import StoredBalancer
from ..state.route53 import plain
from ..state.visitors import EVERYBODY, Visitor
from .nodes import node_addresses
from .record_policies import eligible

Record = dict[str, Any]
Choose = Callable[[list[Record]], list[Record]]
LONGEST_CHAIN = 8
BALANCER_TTL = 60
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html ("The DNS
entry also specifies the time-to-live (TTL) of 60 seconds")"""


@dataclass(frozen=True)
class RecordSet:
    """One record set of an answer."""

    owner: str
    kind: str
    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """The answer for one name and type.

    result      found; empty: the name has no record of this type; missing: no such name; lame: the name servers to
                which the parent delegates the zone do not answer
    names       the names on the way, without those of load balancers
    sets        the record sets, aliases (CNAME) first
    last        the last name on the way
    balancer    the load balancer at the end
    """

    result: Literal["found", "empty", "missing", "lame"]
    last: str
    names: tuple[str, ...] = ()
    sets: tuple[RecordSet, ...] = ()
    balancer: StoredBalancer | None = None
    looped: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        return self.sets[-1].values if self.result == "found" else ()


def resolutions(
    account: Account,
    name: str,
    kind: str,
    choose: Choose = list,
    *,
    delegated: bool = True,
    visitor: Visitor = EVERYBODY,
) -> Iterator[Resolution]:
    """Yields where a name leads, once for each record that `choose` takes from those that can answer.

    delegated   False for a query to the name servers of the zone themselves, which answer without a delegation
    visitor     who asks: the policies of records look at the place
    """
    start = Resolution("missing", plain(name))
    yield from _Way(account, kind, choose, delegated, visitor).follow(plain(name), plain(name), start, LONGEST_CHAIN)


@dataclass(frozen=True)
class _Way:
    account: Account
    kind: str
    choose: Choose
    delegated: bool
    visitor: Visitor

    def follow(self, name: str, owner: str, so_far: Resolution, steps: int) -> Iterator[Resolution]:
        """Follows aliases. `owner` is the name in the answer: an alias of Route 53 answers in its own name."""
        so_far = replace(so_far, last=name)
        if balancer := self.account.balancer_at(name):
            yield _at_balancer(self.account, balancer, self.kind, owner, so_far)
            return
        so_far = replace(so_far, names=(*so_far.names, name))
        zones = self.account.dns.covering(name, delegated=self.delegated)
        if not steps or not zones:
            lame = not zones and self.account.dns.is_lame(name)
            yield replace(so_far, result="lame" if lame else "missing", looped=not steps)
            return
        records = self.account.dns.lookup(name, self.kind, delegated=self.delegated)
        aliases = self.account.dns.lookup(name, "CNAME", delegated=self.delegated) if self.kind != "CNAME" else []
        if not records and not aliases:
            exists = any(zone.has_name(name) for zone in zones)
            yield replace(so_far, result="empty" if exists else "missing")
        able = eligible(self.account, records or aliases, self.visitor)
        if (records or aliases) and not able:
            yield replace(so_far, result="empty")
        for record in self.choose(able):
            yield from self._record(record, owner, so_far, steps)

    def _record(self, record: Record, owner: str, so_far: Resolution, steps: int) -> Iterator[Resolution]:
        if target := record.get("AliasTarget"):
            yield from self.follow(plain(target["DNSName"]), owner, so_far, steps - 1)
            return
        values = tuple(value["Value"] for value in record["ResourceRecords"])
        found = RecordSet(owner, record["Type"], int(record["TTL"]), values)
        so_far = replace(so_far, sets=(*so_far.sets, found))
        if record["Type"] == "CNAME" and self.kind != "CNAME":
            yield from self.follow(plain(values[0]), plain(values[0]), so_far, steps - 1)
        else:
            yield replace(so_far, result="found")


@rule(33)
def _at_balancer(account: Account, balancer: StoredBalancer, kind: str, owner: str, so_far: Resolution) -> Resolution:
    """The name of an active balancer has the addresses of its nodes; before that it has no address.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html ("The Amazon
    DNS servers return one or more IP addresses to the client. These are the IP addresses of the load balancer nodes").
    No page says what the name answers while the balancer is provisioning.
    """
    context = CallContext(account, balancer.arn.split(":")[3])
    addresses = node_addresses(context, balancer, kind)
    so_far = replace(so_far, balancer=balancer)
    if not addresses:
        return replace(so_far, result="empty")
    return replace(so_far, result="found", sets=(*so_far.sets, RecordSet(owner, kind, BALANCER_TTL, tuple(addresses))))
