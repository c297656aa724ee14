"""DNS messages: the answers of resolvers and of name servers."""

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from ..account import Account
from ..domains import registrable
from ..rules import rule
from ..state.route53 import HostedZone, plain
from ..traffic.names import Resolution, resolutions
from .places import by_weight

PARENT_SERVERS = ("a.gtld-servers.net", "b.gtld-servers.net")
SERVER_ADDRESS = "198.51.100.53"
"""The address of every name server. A client asks the port of the sandbox anyway."""
NEGATIVE_TTL = 900
DELEGATION_TTL = 172800


def reply_to(account: Account, query: dns.message.Message) -> dns.message.Message:
    """Returns the answer to a query. The caller holds the lock of the account.

    With RD as a resolver; without it as the name servers of the zone, or of its parent for the zone's NS records.
    """
    recursive = bool(query.flags & dns.flags.RD)
    reply = dns.message.make_response(query, recursion_available=recursive)
    question = query.question[0]
    name, kind = plain(question.name.to_text()), dns.rdatatype.to_text(question.rdtype)
    if kind == "NS" and not recursive and _zones_named(account, name):
        _refer(account, reply, name)
    elif _outside(account, name, recursive):
        _from_parents(reply, name, kind)
    else:
        _from_zone(account, reply, name, kind, recursive)
    return reply


def _zones_named(account: Account, name: str) -> list[HostedZone]:
    return [zone for zone in account.dns.public() if plain(zone.name) == name]


@rule(33)
def _refer(account: Account, reply: dns.message.Message, name: str) -> None:
    """The parent refers to the name servers that the registrar has; without a delegation the name does not exist.

    RFC 1034, section 4.3.2; https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html ("It lists the
    four name servers that are the authoritative name servers for your hosted zone")
    """
    servers = account.dns.parent_servers(_zones_named(account, name)[0])
    if servers:
        reply.authority.append(_rrset(name, DELEGATION_TTL, "NS", servers))
    else:
        reply.flags |= dns.flags.AA
        _deny(reply, dns.rcode.NXDOMAIN, _parent_of(name))


def _outside(account: Account, name: str, recursive: bool) -> bool:
    """True for a name that only servers outside of the account know: no hosted zone, no load balancer."""
    if account.dns.covering(name, delegated=recursive) or account.balancer_at(name):
        return False
    return not (recursive and account.dns.is_lame(name))


def _from_parents(reply: dns.message.Message, name: str, kind: str) -> None:
    """The top-level domains and the name servers exist; nothing else of the internet does."""
    is_parent = name and not registrable(name)
    is_server = name in PARENT_SERVERS or ".awsdns-" in name
    if is_server and kind == "A":
        reply.answer.append(_rrset(name, DELEGATION_TTL, "A", [SERVER_ADDRESS]))
    elif (is_parent or not name) and kind == "NS":
        reply.answer.append(_rrset(name or ".", DELEGATION_TTL, "NS", list(PARENT_SERVERS)))
    elif is_parent and kind == "SOA":
        reply.answer.append(_soa(name))
    else:
        exists = is_parent or is_server or not name
        _deny(reply, dns.rcode.NOERROR if exists else dns.rcode.NXDOMAIN, _parent_of(name))


def _parent_of(name: str) -> str:
    """Returns the top-level domain of a name (`com`, `co.kr`)."""
    return registrable(name).partition(".")[2] or name.rpartition(".")[2]


def _soa(zone: str) -> dns.rrset.RRset:
    values = f"{PARENT_SERVERS[0]}. nstld.sandbox. 1 1800 900 604800 {NEGATIVE_TTL}"
    return _rrset(zone, NEGATIVE_TTL, "SOA", [values])


@rule(33)
def _from_zone(account: Account, reply: dns.message.Message, name: str, kind: str, recursive: bool) -> None:
    """Aliases answer in their own name; a negative answer has the SOA record of its zone.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html,
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html, RFC 2308. A resolver that gets no
    answer from the name servers of a delegation answers SERVFAIL.
    """
    if not recursive:
        reply.flags |= dns.flags.AA
    chosen = resolutions(account, name, kind, lambda records: by_weight(account, records), delegated=recursive)
    found = next(chosen)
    for record_set in found.sets:
        reply.answer.append(_rrset(record_set.owner, record_set.ttl, record_set.kind, list(record_set.values)))
    if found.result == "lame" or found.looped:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif found.result == "missing" and not recursive and found.sets:
        return
    elif found.result != "found":
        _deny_in_zone(account, reply, found)


def _deny_in_zone(account: Account, reply: dns.message.Message, found: Resolution) -> None:
    rcode = dns.rcode.NXDOMAIN if found.result == "missing" else dns.rcode.NOERROR
    zones = account.dns.covering(found.last, delegated=False)
    soa = [record for zone in zones for record in zone.records_at(zone.name, "SOA")]
    if not soa or found.balancer:
        _deny(reply, rcode, _parent_of(found.last))
        return
    reply.set_rcode(rcode)
    record = soa[0]
    reply.authority.append(
        _rrset(
            plain(record["Name"]), int(record["TTL"]), "SOA", [value["Value"] for value in record["ResourceRecords"]]
        )
    )


def _deny(reply: dns.message.Message, rcode: dns.rcode.Rcode, zone: str) -> None:
    reply.set_rcode(rcode)
    reply.authority.append(_soa(zone))


def _rrset(owner: str, ttl: int, kind: str, values: list[str]) -> dns.rrset.RRset:
    """Names in values are complete, with a dot at their end or without."""
    name = dns.name.from_text(owner)
    return dns.rrset.from_text_list(name, ttl, "IN", kind, values, origin=dns.name.root, relativize=False)
