"""What AWS would refuse and can be known without asking it."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.address import Address
from ...core.resource import Resource
from ..draft import Drafts
from ..report import Report
from ..short.document import Short


def checked(short: Short, resources: Mapping[Address, Resource], drafts: Drafts, report: Report) -> None:
    """Tells the report what AWS would refuse."""
