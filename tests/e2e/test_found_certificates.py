"""`certificate: find`: elbplan finds the certificate of the account that covers a domain, or refuses before a write."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.core.address import Address
from elbplan.kinds.listener import Listener
from elbplan.live.resolve import NotFound

from .stage import REGION, ZONE, Stage
from .test_migrations import MigrationTest

NAME = f"api.{ZONE}"
FINDS = f"""
name: my-web
zones: [a, c]
domain: {{name: {NAME}, certificate: find}}
targets: {{ips: [172.31.0.9]}}
"""
LISTENER = Address("listener", "443")


def issued(stage: Stage, *names: str, days: int = 100, region: str = REGION) -> str:
    return stage.box.create_fixture("certificate", region=region, names=list(names), days=days)


def certificate_of(stage: Stage, spec: str) -> str:
    listener = stage.plan(spec).desired[LISTENER]
    assert isinstance(listener, Listener)
    return str(listener.certificate)


@pytest.mark.parametrize("name", [NAME, f"*.{ZONE}"])
def test_a_certificate_of_the_name_or_of_its_wildcard_serves_the_domain(stage: Stage, name: str) -> None:
    arn = issued(stage, f"other.{ZONE}", name)
    stage.apply(FINDS)
    listeners = stage.client("elbv2").describe_listeners(
        LoadBalancerArn=stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
    )["Listeners"]
    assert [entry["Certificates"] for entry in listeners if entry["Port"] == 443] == [[{"CertificateArn": arn}]]
    stage.destroy(FINDS)
    assert stage.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


def test_of_several_it_takes_the_one_that_expires_last(stage: Stage) -> None:
    issued(stage, NAME, days=50)
    last = issued(stage, f"*.{ZONE}", days=300)
    issued(stage, NAME, days=200)
    assert certificate_of(stage, FINDS) == last


def test_a_certificate_of_any_key_type_is_found(stage: Stage) -> None:
    arn = issued(stage, NAME)
    stage.box.account.certificates[arn].algorithm = "EC_secp384r1"
    assert certificate_of(stage, FINDS) == arn


@pytest.mark.parametrize("name", [ZONE, f"a.b.{ZONE}", f"*.b.{ZONE}", f"*.{NAME}"])
def test_a_certificate_of_another_name_does_not_count(stage: Stage, name: str) -> None:
    issued(stage, name)
    with pytest.raises(NotFound, match=f"no issued certificate for {NAME} in {REGION}"):
        stage.plan(FINDS)


def test_nothing_is_written_and_the_message_has_what_the_account_has_instead(stage: Stage) -> None:
    pending = stage.client("acm").request_certificate(DomainName=NAME, ValidationMethod="DNS")["CertificateArn"]
    elsewhere = issued(stage, f"*.{ZONE}", region="eu-west-1")
    stage.box.clear_calls()
    with pytest.raises(NotFound) as caught:
        stage.plan(FINDS)
    assert f"{pending} is PENDING_VALIDATION" in str(caught.value)
    assert f"{elsewhere} covers it, but a load balancer needs one of its own region" in str(caught.value)
    assert stage.box.writes() == []


def test_without_any_certificate_of_the_name_it_lists_the_names_of_the_others(stage: Stage) -> None:
    issued(stage, f"shop.{ZONE}")
    with pytest.raises(NotFound, match=rf"issued here: shop\.{ZONE}\)"):
        stage.plan(FINDS)


def test_the_own_certificate_that_the_spec_no_longer_has_is_not_found(stage: Stage) -> None:
    stage.apply(FINDS.replace(", certificate: find", ""))
    with pytest.raises(NotFound, match="only a certificate of this stack covers it"):
        stage.plan(FINDS)
    arn = issued(stage, NAME, days=20)
    stage.apply(FINDS)
    assert certificate_of(stage, FINDS) == arn


def test_two_domains_of_one_wildcard_are_one_certificate_of_the_listener(stage: Stage) -> None:
    issued(stage, f"*.{ZONE}")
    both = f"[{{name: {NAME}, certificate: find}}, {{name: shop.{ZONE}, certificate: find}}]"
    spec = FINDS.replace(f"{{name: {NAME}, certificate: find}}", both)
    stage.apply(spec)
    listener = stage.plan(spec).desired[LISTENER]
    assert isinstance(listener, Listener)
    assert listener.more_certificates == ()
    stage.destroy(spec)


def test_a_listener_finds_its_further_certificates_by_a_name(stage: Stage) -> None:
    issued(stage, NAME)
    shop = issued(stage, f"shop.{ZONE}")
    spec = FINDS + f"""listeners: [{{listen: 443/https, certificates: ["find:shop.{ZONE}"]}}]\n"""
    stage.apply(spec)
    listener = stage.plan(spec).desired[LISTENER]
    assert isinstance(listener, Listener)
    assert [str(ref) for ref in listener.more_certificates] == [shop]
    stage.destroy(spec)


def test_a_migration_names_the_domain_not_the_arn(stage: Stage, tmp_path: Path) -> None:
    arn = issued(stage, NAME)
    story = MigrationTest(stage, tmp_path)
    text = story.save(FINDS, "first").read_text()
    assert f"certificate: name:{NAME}" in text
    assert arn not in text
    story.apply(FINDS)
    assert story.look(FINDS).done
