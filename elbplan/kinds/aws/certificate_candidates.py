"""The certificates whose tags elbplan asks for: ACM needs one call for the tags of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.call import ReadProgram
from ...core.kind import Scope
from .acm_validation import listed_names, without_wildcard
from .adoption import ids_to_adopt
from .candidates import hints


def candidates(
    scope: Scope, summaries: Sequence[Mapping[str, Any]], kind: str, wanted: Iterable[str]
) -> ReadProgram[list[str]]:
    """The ARNs of the certificates that can belong to the stacks: by a domain, by the tag index, or all of them.

    `wanted` has the domains of the desired certificates.
    """
    known = yield from hints(scope)
    if known is None:
        return [summary["CertificateArn"] for summary in summaries]
    named = known.arns | set(ids_to_adopt(scope, ":acm:"))
    names = {without_wildcard(name) for name in (*wanted, *known.names.get(kind, ()))}
    return [
        summary["CertificateArn"]
        for summary in summaries
        if summary["CertificateArn"] in named
        or listed_names(summary) & names
        or summary.get("HasAdditionalSubjectAlternativeNames")
    ]
