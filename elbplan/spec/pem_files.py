"""Reads the files of certificates to import: `pem:` in a certificate.

A spec names files; the model gets their public texts, the names and the key type. The private key is read to compare it
with the certificate, and forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from .drafts import Drafts, ResourceDraft
from .errors import FileProblem
from .messages import shown_value
from .report import ProblemReport

FILES = ("certificate", "key", "chain")
LARGEST = 1_000_000


def read_pem_files(drafts: Drafts, folder: str, report: ProblemReport) -> None:
    """Adds to each draft with `pem:` what its files say, and to the report what is wrong with them."""
    for draft in drafts.values():
        pem = draft.fields.get("pem")
        if isinstance(pem, Mapping) and _has_files(pem):
            try:
                _read(draft, pem, folder)
            except FileProblem as problem:
                report.at(draft.place(("pem", problem.file)), problem.what, problem.hint)
                draft.fields.setdefault("domains", ["unread.invalid"])


def _has_files(pem: Mapping[str, object]) -> bool:
    """True if the map has the texts that it needs; the model reports everything else."""
    return all(isinstance(pem.get(name), str) for name in FILES[:2]) and isinstance(pem.get("chain", ""), str)


def _read(draft: ResourceDraft, pem: Mapping[str, str], folder: str) -> None:
    # cryptography takes 0.1 s to import, and few specs have certificates of their own
    from .pem_contents import contents_of

    paths = {name: os.path.join(folder, pem[name]) for name in FILES if name in pem}
    texts = {name: _content(name, path, pem[name]) for name, path in paths.items()}
    contents = contents_of(texts["certificate"], texts["key"], texts.get("chain", b""))
    wanted = draft.fields.get("domains") or ()
    missing = [name for name in wanted if isinstance(name, str) and not contents.covers(name)]
    if missing:
        what = f"the certificate is not valid for {', '.join(missing)}, only for {', '.join(contents.names)}"
        raise FileProblem("certificate", what, "use a certificate of these names, or take them out of the spec")
    draft.fields |= {
        "domains": list(contents.names),
        "key": contents.key,
        "pem": {**paths, "certificate_text": contents.text, "chain_text": contents.chain_text,
                "valid_from": contents.valid_from, "valid_until": contents.valid_until},
    }  # fmt: skip


def _content(name: str, path: str, shown: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        what = f"{shown_value(shown)} cannot be read: {reason}"
        raise FileProblem(name, what, "the path is relative to the spec's folder") from None
