"""Whatever AWS may answer is read, shown, compared and removed: nothing legal there is a defect here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.fingerprint import fingerprint, live_in_terms_of
from elbplan.core.kind import LiveResource
from elbplan.core.resource import Resource, differing_fields, plain, rewrite
from elbplan.kinds import KINDS
from elbplan.planner.diff import diff
from elbplan.planner.steps import build_steps

from .kit import CERTIFICATE, GROUP, SECOND, read
from .odd_answers import FORWARD, ODD, OIDC, answers, listeners


def lives(odd: Mapping[str, Any]) -> list[LiveResource[Any]]:
    told = answers(**odd)
    return [live for kind in KINDS.values() for live in read(kind, told).ours.get("shop", ())]


WANTED = {str(live.address): live for live in lives({})}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_aws_answers_is_read_and_put_into_words(odd: str) -> None:
    found = lives(ODD[odd])
    assert {str(live.address) for live in found} >= set(WANTED) - {"record.a.example.com"}
    for live in found:
        kind = KINDS[live.address.kind]
        assert kind.summary(live.model)
        kind.pending_gate(live)
        assert rewrite(live.model, lambda ref: (ref,)) == live.model
        assert kind.with_live_defaults(live.model, live.model) == kind.with_live_defaults(live.model, live.model)
        plain(live.model)


@pytest.mark.parametrize("odd", ODD)
def test_it_is_compared_and_healed_and_the_stack_can_end(odd: str) -> None:
    found = lives(ODD[odd])
    comparison = diff({live.address: live.model for live in WANTED.values()}, found, KINDS)
    states = {address: live.model for address, live in comparison.lives.items()}
    assert fingerprint(live_in_terms_of(comparison.lives, states, KINDS), KINDS).text
    for change in comparison.changes:
        if change.action == "update":
            kind = KINDS[change.address.kind]
            assert kind.update_path(change.before, change.after, frozenset())[-1][1] == change.after
    names = {change.address: "a-new-one" for change in comparison.changes}
    assert build_steps(comparison, {a: live.model for a, live in comparison.lives.items()}, KINDS, names) is not None
    ends = build_steps(diff({}, found, KINDS), {}, KINDS, {})
    assert {step.address._replace(deposed="") for step in ends if step.do == "delete"} == {
        live.address for live in found
    }


SILENT = {
    "nothing odd",
    "balancer: a new state",
    "balancer: no state",
    "balancer: new attributes",
    "balancer: fixed addresses of a new form",
    "group: several balancers",
    "targets: a new state",
    "targets: no port",
    "targets: a server id",
    "targets: anomalies",
    "listener: a forward by ARN",
    "security group: a source of nobody",
    "certificate: a new status",
    "address: of an interface",
}


def changed(odd: str) -> set[str]:
    """The fields that live has otherwise than the usual answers say."""
    found = {}
    for live in lives(ODD[odd]):
        usual = WANTED.get(str(live.address))
        for field in differing_fields(usual.model, live.model) if usual else ():
            found[f"{live.address}.{field}"] = plain(getattr(live.model, field))
    return set(found)


@pytest.mark.parametrize("odd", sorted(set(ODD) - SILENT - {"record: weighted", "record: of a new type"}))
def test_what_is_otherwise_is_a_difference(odd: str) -> None:
    assert changed(odd)


@pytest.mark.parametrize("resource", [live.model for live in WANTED.values()], ids=lambda model: model.kind)
def test_what_is_usual_is_read_as_the_spec_would_say_it(resource: Resource) -> None:
    assert type(resource).model_validate(dict(resource)) == resource


def test_a_secret_that_somebody_tells_is_not_kept() -> None:
    told = {**OIDC, "AuthenticateOidcConfig": {**OIDC["AuthenticateOidcConfig"], "ClientSecret": "hunter2"}}  # type: ignore[dict-item]
    (found,) = [one for one in lives(listeners(told, {**FORWARD, "Order": 2})) if one.address.kind == "listener"]
    assert "hunter2" not in repr(found)
    assert found.model.action.groups[0].group == AwsId(GROUP)
    assert [action.type for action in found.model.leading_actions] == ["authenticate-oidc"]


def test_a_certificate_that_is_not_the_default_is_a_further_one() -> None:
    listed = [{"CertificateArn": CERTIFICATE, "IsDefault": True}, {"CertificateArn": SECOND}]
    odd = {"DescribeListenerCertificates": {"Certificates": listed}}
    (found,) = [one for one in lives(odd) if one.address == Address("listener", "443")]
    assert found.model.more_certificates == (AwsId(SECOND),)
