"""In which hosted zones elbplan looks for the validation record of a certificate."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.kinds.aws.acm_validation import existing_validations

from .kit import CERTIFICATE

VALUE = "_b.acm-validations.aws."
RECORD = {"Name": "_a.app.own.net.", "Type": "CNAME", "Value": VALUE}
RAW = {
    "CertificateArn": CERTIFICATE,
    "DomainValidationOptions": [{"DomainName": "app.own.net", "ResourceRecord": RECORD}],
}
STORED = {"Name": "_a.app.own.net.", "Type": "CNAME", "ResourceRecords": [{"Value": VALUE}]}


def zone(id: str, name: str) -> dict[str, Any]:
    return {"Id": f"/hostedzone/{id}", "Name": f"{name}.", "ResourceRecordSetCount": 3}


@pytest.mark.parametrize(
    ("named", "asked", "found"),
    [((), ["ZCHILD", "ZTWIN"], []), (("ZPARENT",), ["ZCHILD", "ZPARENT", "ZTWIN"], ["ZPARENT"])],
)
def test_the_longest_names_and_the_zones_of_the_spec(
    named: tuple[str, ...], asked: list[str], found: list[str]
) -> None:
    zones = [
        zone("ZPARENT", "own.net"),
        zone("ZCHILD", "app.own.net"),
        zone("ZTWIN", "app.own.net"),
        zone("ZX", "x.net"),
    ]
    program = existing_validations([RAW], zones, named)
    asks: Any = next(program)
    ids = [ask.params["HostedZoneId"] for ask in asks]
    assert ids == asked
    with pytest.raises(StopIteration) as done:
        program.send([{"ResourceRecordSets": [STORED] if id == "ZPARENT" else []} for id in ids])
    assert [str(proof.zone) for proof in done.value.value[CERTIFICATE]] == found
