"""What a new server in place of an old one does not have: the data of the old one's further volumes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Diff
from ..kinds.aws.server_volumes import ROOT
from ..kinds.instance import Instance


def lost_volumes(comparison: Diff) -> Iterator[str]:
    """A text for each volume beside the root volume of a server that is replaced. Its data is not copied."""
    for change in comparison.changes:
        live = change.live.model if change.action == "replace" and change.live else None
        for volume in live.volumes or () if isinstance(live, Instance) else ():
            if volume.device == ROOT:
                continue
            if volume.delete_on_termination:
                ending = "AWS deletes it with the old server (keep it with keep: true in an apply before)"
            else:
                ending = "it stays when the old server ends, and AWS bills it further"
            what = f"{change.address} is replaced, and the new server gets no data of the volume {volume.device}"
            yield f"{what}: {ending}"
