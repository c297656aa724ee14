"""Expands the short form to drafts of the long form."""

from __future__ import annotations

from ..drafts import Drafts
from ..report import ProblemReport
from ..short.document import Short
from .certificates import add_certificates
from .context import ExpandContext
from .domains import add_records
from .edge import add_edge
from .groups import add_groups
from .listener_settings import add_trust_stores
from .listeners import add_listeners
from .load_balancer import add_balancer
from .servers import add_servers


def drafts_of(short: Short, folder: str, report: ProblemReport) -> Drafts:
    """Returns the drafts of all resources of the short form, and adds problems to the report."""
    context = ExpandContext.of(short, folder, report)
    listeners = context.listeners
    add_balancer(context, listeners)
    add_edge(context)
    add_servers(context)
    add_groups(context)
    add_trust_stores(context)
    add_listeners(context, listeners)
    add_certificates(context)
    add_records(context)
    return context.drafts
