"""From the short form to drafts of the long form: what each word stands for."""

from __future__ import annotations

from ..drafts import Drafts
from ..report import ProblemReport
from ..short.document import Short
from .context import ExpandContext
from .domains import add_certificate, add_records
from .groups import add_groups
from .listeners import add_listeners
from .load_balancer import add_balancer
from .servers import add_servers


def drafts_of(short: Short, folder: str, report: ProblemReport) -> Drafts:
    """Everything the short form asks for, by address; problems go to the report."""
    scene = ExpandContext.of(short, folder, report)
    listeners = scene.listeners
    add_balancer(scene, listeners)
    add_servers(scene)
    add_groups(scene)
    add_listeners(scene, listeners)
    add_certificate(scene)
    add_records(scene)
    return scene.drafts
