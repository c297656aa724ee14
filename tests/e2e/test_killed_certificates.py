"""Certificates of every source are created, changed and deleted by runs that are killed, and that lose answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from ..pem import Issuer, write
from .fork_server import ForkServer
from .killed_runs import kill_along, lose_along
from .stage import REGION, ZONE, Stage

HTTP = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nlisteners: [{listen: 443/http, respond: 200}]\n"
HEAD = HTTP.replace("443/http", "443/https") + "manage: {dns: false}\n"
NAME = f"api.{ZONE}"
AUTHORITIES = [
    f"arn:aws:acm-pca:{REGION}:123456789012:certificate-authority/0000000{n}-0000-4000-8000-000000000000"
    for n in range(2)
]


def of(words: str) -> str:
    return HEAD + f"domain: {{name: {NAME}, {words}}}\n"


CHANGES = {
    "mail": (of("validation: email"), of(f"validation: {{email: {ZONE}}}")),
    "private authority": tuple(of(f"authority: '{arn}'") for arn in AUTHORITIES),
    "exportable": (of("export: true"), of("export: true, key: ec-p256")),
    "found": (of("certificate: find"), of("key: ec-p384")),
}
"""The source of the certificate, and the spec before and after a change."""


def prepare(stage: Stage) -> None:
    """People who open mails, two private authorities, and a certificate of the account."""
    stage.box.switch("approve_mails", True)
    for arn in AUTHORITIES:
        stage.box.create_fixture("private_authority", arn, region=REGION)
    stage.box.create_fixture("certificate", region=REGION, names=[f"*.{ZONE}"], days=100)


@pytest.mark.parametrize("source", CHANGES)
def test_every_source_outlives_kills_and_lost_answers(box: Box, nursery: ForkServer, source: str) -> None:
    specs = [HTTP, *CHANGES[source], HTTP]
    kill_along(box, nursery, specs, allow=["weaker-encryption"], prepare=prepare)
    lose_along(box, specs, prepare=prepare)


def test_an_imported_one_outlives_them_too(box: Box, nursery: ForkServer, tmp_path: Path) -> None:
    authority = Issuer()
    files = [write(tmp_path, name, *authority.issue(NAME), authority.certificate) for name in ("first", "second")]
    specs = [HTTP, *(of(f"pem: {pem}") for pem in files), HTTP]
    kill_along(box, nursery, specs, allow=["weaker-encryption"])
    lose_along(box, specs)
