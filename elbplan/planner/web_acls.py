"""Guards the web ACLs that others associated with the stack's load balancers. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.address import Address, AwsId
from ..core.change import Diff
from ..core.kind import NamesInUse
from ..errors import Refused
from ..kinds.aws.web_acls import name_in
from ..kinds.web_acl_association import WebAclAssociation, of_others


def replaced_web_acls(comparison: Diff, names_in_use: NamesInUse) -> dict[Address, str]:
    """The web ACL of others that each new association replaces, because its spec says `take_over`."""
    found = _over_others(comparison, names_in_use)
    return {address: f"web ACL {name_in(acl)}" for address, new, acl in found if new.take_over}


def web_acls_of_others(comparison: Diff, names_in_use: NamesInUse) -> Iterator[Refused]:
    """A refusal for each association that would replace one of others."""
    for address, new, acl in _over_others(comparison, names_in_use):
        if not new.take_over:
            yield of_others(address, new, acl)


def _over_others(comparison: Diff, names_in_use: NamesInUse) -> Iterator[tuple[Address, WebAclAssociation, str]]:
    """Each new association whose load balancer has another web ACL, with the ARN of that one."""
    others = names_in_use.get(WebAclAssociation.kind, {})
    for change in comparison.changes:
        new = change.after
        if change.action not in ("create", "replace") or not isinstance(new, WebAclAssociation):
            continue
        live = comparison.lives.get(new.load_balancer) if isinstance(new.load_balancer, Address) else None
        acl = others.get(live.id) if live else None
        if acl and new.web_acl != AwsId(acl):
            yield change.address, new, acl
