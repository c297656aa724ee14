"""Client certificates: simulated, in migrations, with trust stores of others, and in traffic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.errors import ElbplanError, Refused
from elbplan.kinds import KINDS
from elbplan.live.observe import observe
from elbplan.migrations.files.loader import load
from elbplan.rehearsal.environment import RehearsalEnvironment
from elbplan.rehearsal.fixtures import create_surroundings
from elbplan.rehearsal.rehearsal import rehearse
from elbplan.sandbox.box import Box

from . import specs
from .stage import REGION, Stage, _aws
from .test_migrations import MigrationTest
from .test_simulation import watched

CHANGED = specs.MUTUAL_TLS.replace("ca.pem", "new.pem").replace("a.crl", "b.crl").replace("hsts: true", "hsts: 1d")
NETWORK = """
name: my-web
region: ap-northeast-2
zones: [a, c]
type: network
domain: api.example.com
groups: {web: {ips: [172.31.0.9], port: 80}}
trust_stores: {clients: s3://authorities/ca.pem}
listeners:
  - listen: 443/tls
    forward: web
    client_certificates:
      trust_store: clients
      identities: [{field: san-dns, value: api., match: prefix}, {value: shop}]
"""


def used(store: str) -> str:
    text = specs.MUTUAL_TLS[: specs.MUTUAL_TLS.index("trust_stores:")]
    return text.replace("client_certificates: clients", f'client_certificates: "{store}"')


def stranger(stage: Stage, name: str = "partners") -> dict[str, Any]:
    """A trust store that elbplan did not create."""
    elb = stage.client("elbv2")
    bundle = {"CaCertificatesBundleS3Bucket": "authorities", "CaCertificatesBundleS3Key": "ca.pem"}
    (store,) = elb.create_trust_store(Name=name, **bundle)["TrustStores"]
    return store  # type: ignore[no-any-return]


def test_after_each_step_aws_is_as_simulated(stage: Stage) -> None:
    for spec in (specs.COURSE, specs.MUTUAL_TLS, CHANGED, specs.COURSE):
        watched(stage, spec)
    stage.destroy(specs.COURSE)


def test_a_saved_migration_makes_changes_and_removes_it(stage: Stage, tmp_path: Path) -> None:
    story = MigrationTest(stage, tmp_path)
    for name, spec in (("first", specs.MUTUAL_TLS), ("second", CHANGED)):
        story.save(spec, name)
        assert story.apply(spec)
        assert story.look(spec).done
    assert "trust_store.clients" in story.folder.path.joinpath("0001_first.yaml").read_text(encoding="utf-8")
    stage.destroy(CHANGED)


def test_its_migrations_are_rehearsed_with_a_kill_after_each_write(stage: Stage, tmp_path: Path) -> None:
    story = MigrationTest(stage, tmp_path)
    story.save(specs.COURSE, "first")
    story.apply(specs.COURSE)
    story.save(specs.MUTUAL_TLS, "second")
    with Box(slow=20, virtual=True) as double:
        (stack,) = stage.stacks(specs.MUTUAL_TLS)
        played = RehearsalEnvironment(double, _aws(double.url), stack, load(story.folder))
        proofs = list(rehearse(played, played.chain[1]))
    assert proofs
    assert [(proof.text, proof.wrong) for proof in proofs if not proof.holds] == []
    stage.destroy(specs.COURSE)


@pytest.mark.parametrize("by", ["Name", "TrustStoreArn"])
def test_a_trust_store_of_others_is_used_and_never_changed(stage: Stage, by: str) -> None:
    store = stranger(stage)
    before = stage.box.snapshot()[store["TrustStoreArn"]]
    spec = used(store[by])
    stage.apply(spec)
    (stack,) = stage.stacks(spec)
    live = {str(r.address): r for r in observe(stage.aws.send, stage.aws.region, [stack], KINDS)["my-web"].live}
    assert str(live["listener.443"].model.mutual_authentication.trust_store) == store["TrustStoreArn"]  # type: ignore[attr-defined]
    stage.destroy(spec)
    assert {**stage.box.snapshot()[store["TrustStoreArn"]], "released": 0} == {**before, "released": 0}


def test_a_rehearsal_has_the_trust_stores_of_others(stage: Stage) -> None:
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:truststore/elsewhere/0123456789abcdef"
    state = dict(stage.stacks(used(arn))[0].resources)
    with Box(slow=0) as other:
        create_surroundings(other, REGION, [state], dict(stage.stacks(used("partners"))[0].resources))
        stores = other.client("elbv2", REGION).describe_trust_stores()["TrustStores"]
    assert {store["Name"] for store in stores} == {"elsewhere", "partners"}
    assert arn in {store["TrustStoreArn"] for store in stores}


def test_a_name_that_nobody_has_is_not_found(stage: Stage) -> None:
    with pytest.raises(ElbplanError, match="there is no trust store with name:partners"):
        stage.plan(used("partners"))


def test_a_name_that_others_use_is_refused_before_the_first_write(stage: Stage) -> None:
    stranger(stage, "my-web-clients")
    stage.box.clear_calls()
    with pytest.raises(Refused, match="my-web-clients"):
        stage.plan(specs.MUTUAL_TLS)
    assert stage.box.writes() == []


def test_more_trust_stores_than_the_quota_are_refused_before_the_first_write(stage: Stage) -> None:
    for number in range(20):
        stranger(stage, f"store{number}")
    with pytest.raises(Refused, match="the plan makes 1 trust stores, this account has 20, and its quota is 20"):
        stage.plan(specs.MUTUAL_TLS)


def test_a_network_load_balancer_admits_clients_by_their_certificates(stage: Stage) -> None:
    stage.apply(NETWORK)
    elb = stage.client("elbv2")
    balancer = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    assert listener["MutualAuthentication"]["ClientCertificateIdentityFilters"] == [
        {"Field": "san-dns", "Action": "accept", "MatchType": "prefix", "Value": "api."},
        {"Field": "subject-cn", "Action": "accept", "MatchType": "exact", "Value": "shop"},
    ]
    stage.apply(NETWORK.replace(", {value: shop}", ""))
    stage.destroy(NETWORK)


def test_a_list_that_somebody_added_is_drift_and_is_removed(stage: Stage) -> None:
    stage.apply(specs.MUTUAL_TLS)
    elb = stage.client("elbv2")
    (store,) = elb.describe_trust_stores()["TrustStores"]
    lists = [{"S3Bucket": "authorities", "S3Key": "other.crl"}]
    elb.add_trust_store_revocations(TrustStoreArn=store["TrustStoreArn"], RevocationContents=lists)
    (step,) = stage.plan(specs.MUTUAL_TLS).steps
    assert (step.do, str(step.address)) == ("update", "trust_store.clients")
    stage.apply(specs.MUTUAL_TLS)
    left = elb.describe_trust_store_revocations(TrustStoreArn=store["TrustStoreArn"])["TrustStoreRevocations"]
    assert [revocation["RevocationId"] for revocation in left] == [1]
    stage.destroy(specs.MUTUAL_TLS)
