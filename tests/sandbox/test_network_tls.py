"""Which certificates visitors see, and what network load balancers and servers answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from elbplan.sandbox.box import Box

from .kit import REGION, Kit, forward, plain, refused
from .visitor import Visitor

NOW = datetime.now(UTC)
PAGE = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "page"}}


@dataclass
class Secured:
    """A load balancer with an HTTPS listener whose default certificate is for default.example.com."""

    kit: Kit
    name: str
    listener: str
    visitor: Visitor

    def names(self, server_name: str) -> set[str]:
        """The names of the certificate that a visitor with this server name gets."""
        return names_of(self.shown(server_name))

    def shown(self, server_name: str | None) -> x509.Certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            self.visitor.tunnel(self.name, 443) as raw,
            context.wrap_socket(raw, server_hostname=server_name) as connection,
        ):
            return x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")

    def add(self, certificate: str) -> None:
        self.kit.elb.add_listener_certificates(
            ListenerArn=self.listener, Certificates=[{"CertificateArn": certificate}]
        )


def names_of(certificate: x509.Certificate) -> set[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names.get_values_for_type(x509.DNSName))


@pytest.fixture(scope="module")
def real_time() -> Iterator[Box]:
    """A sandbox whose clock no test moves: visitors compare certificates with the real time."""
    with Box() as box:
        yield box


@pytest.fixture
def kit(real_time: Box) -> Kit:
    real_time.reset()
    return Kit(real_time)


@pytest.fixture
def secured(kit: Kit) -> Secured:
    return secured_by(kit)


def secured_by(kit: Kit) -> Secured:
    balancer = kit.balancer(SecurityGroups=[kit.open_group("front")])
    certificate = kit.issued("default.example.com")
    listener = kit.listener(
        balancer["LoadBalancerArn"], "", 443, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[PAGE],
    )  # fmt: skip
    return Secured(kit, str(balancer["DNSName"]), listener, Visitor(kit.box))


def test_the_server_name_chooses_the_certificate(kit: Kit, secured: Secured) -> None:
    secured.add(kit.issued("shop.example.com"))
    secured.add(kit.issued("*.eu.example.com"))
    assert secured.names("shop.example.com") == {"shop.example.com"}
    assert secured.names("any.eu.example.com") == {"*.eu.example.com"}
    assert secured.names("a.b.eu.example.com") == {"default.example.com"}
    assert secured.names("unknown.example.net") == {"default.example.com"}
    assert names_of(secured.shown(None)) == {"default.example.com"}


def test_the_certificate_has_all_names_and_the_validity_that_acm_shows(kit: Kit, secured: Secured) -> None:
    arn = kit.certificate("many.example.com", SubjectAlternativeNames=["*.many.example.com"])
    record = kit.record_of(arn)
    kit.change(("UPSERT", plain(record["Name"], "CNAME", record["Value"])))
    described = kit.acm.describe_certificate(CertificateArn=arn)["Certificate"]
    secured.add(arn)
    shown = secured.shown("many.example.com")
    assert names_of(shown) == {"many.example.com", "*.many.example.com"}
    assert abs(shown.not_valid_after_utc - described["NotAfter"]) < timedelta(minutes=1)
    assert secured.visitor.get("https://x.many.example.com/", at=secured.name).text == "page"


def test_a_certificate_expires_by_the_clock_of_the_sandbox() -> None:
    with Box() as box:
        secured = secured_by(Kit(box))
        assert secured.visitor.get("https://default.example.com/", at=secured.name).status == 200
        box.advance(396 * 86400)
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            secured.visitor.get("https://default.example.com/", at=secured.name)


def imported(
    *names: str, days: int = 30, start: int | None = None, kind: trustme.KeyType = trustme.KeyType.ECDSA
) -> trustme.LeafCert:
    """A certificate of an authority that nobody knows, valid from `start` to `days`: days from now."""
    first = min(0, days) - 10 if start is None else start
    begin, end = NOW + timedelta(days=first), NOW + timedelta(days=days)
    return trustme.CA(key_type=kind).issue_cert(*names, not_before=begin, not_after=end, key_type=kind)


def import_into(kit: Kit, leaf: trustme.LeafCert) -> str:
    body, *chain = [blob.bytes() for blob in leaf.cert_chain_pems]
    answer = kit.acm.import_certificate(Certificate=body, PrivateKey=leaf.private_key_pem.bytes())
    assert chain == []
    return str(answer["CertificateArn"])


def test_an_imported_certificate_is_shown_as_it_is(kit: Kit, secured: Secured) -> None:
    leaf = imported("own.example.com")
    secured.add(import_into(kit, leaf))
    shown = secured.shown("own.example.com")
    assert shown.public_bytes(Encoding.PEM) == leaf.cert_chain_pems[0].bytes()
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        secured.visitor.get("https://own.example.com/", at=secured.name)


TWENTY_DAYS = 20 * 86400


def test_an_imported_certificate_that_has_expired() -> None:
    with Box() as box:
        kit = Kit(box)
        secured = secured_by(kit)
        box.advance(-TWENTY_DAYS)
        old = import_into(kit, imported("old.example.com", days=-15))
        box.advance(TWENTY_DAYS)
        secured.add(old)
        assert secured.shown("old.example.com").not_valid_after_utc < NOW


def test_a_fixture_that_has_expired(kit: Kit, secured: Secured) -> None:
    secured.add(kit.box.create_fixture("certificate", region=REGION, names=["old.example.com"], days=-1))
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        secured.visitor.get("https://old.example.com/", at=secured.name)


def test_what_acm_does_not_import(kit: Kit) -> None:
    with refused("ValidationException"):
        import_into(kit, imported("old.example.com", days=-2))
    with refused("ValidationException"):
        import_into(kit, imported("new.example.com", days=100, start=2))
    leaf, other = imported("one.example.com"), imported("other.example.com")
    body = leaf.cert_chain_pems[0].bytes()
    with refused("ValidationException"):
        kit.acm.import_certificate(Certificate=body, PrivateKey=other.private_key_pem.bytes())
    with refused("ValidationException"):
        kit.acm.import_certificate(Certificate=body, PrivateKey=b"no key")
    with refused("ValidationException"):
        kit.acm.import_certificate(Certificate=body, PrivateKey=leaf.private_key_pem.bytes() + b"\n" * 5120)
    mixed = trustme.CA(key_type=trustme.KeyType.ECDSA).issue_cert("m.example.com", key_type=trustme.KeyType.RSA)
    with refused("ValidationException"):
        import_into(kit, mixed)


def test_a_certificate_with_other_names(kit: Kit, secured: Secured) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        secured.visitor.get("https://other.example.com/", at=secured.name)


@pytest.mark.parametrize("best_first", [True, False])
@pytest.mark.parametrize(
    ("best", "other"),
    [
        ({"kind": trustme.KeyType.ECDSA, "days": 10}, {"kind": trustme.KeyType.RSA, "days": 90}),
        ({"days": 90}, {"days": 10}),
    ],
)
def test_the_best_of_several_certificates(
    kit: Kit, secured: Secured, best: Mapping[str, Any], other: Mapping[str, Any], best_first: bool
) -> None:
    good, bad = imported("two.example.com", **best), imported("two.example.com", **other)
    for leaf in (good, bad) if best_first else (bad, good):
        secured.add(import_into(kit, leaf))
    assert secured.shown("two.example.com").public_bytes(Encoding.PEM) == good.cert_chain_pems[0].bytes()


@pytest.mark.parametrize("best_first", [True, False])
def test_the_longer_hash_comes_before_the_longer_validity(kit: Kit, secured: Secured, best_first: bool) -> None:
    leaves = [self_signed("two.example.com", hashes.SHA512(), 10), self_signed("two.example.com", hashes.SHA256(), 90)]
    for body, key in leaves if best_first else reversed(leaves):
        answer = kit.acm.import_certificate(Certificate=body, PrivateKey=key)
        secured.add(answer["CertificateArn"])
    assert secured.shown("two.example.com").public_bytes(Encoding.PEM) == leaves[0][0]


def self_signed(name: str, algorithm: hashes.SHA256 | hashes.SHA512, days: int) -> tuple[bytes, bytes]:
    """A certificate with this hash algorithm, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    signed = (
        builder.not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, algorithm)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return signed.public_bytes(Encoding.PEM), private


def test_the_default_certificate_is_shown_only_if_no_other_matches(kit: Kit, secured: Secured) -> None:
    name = "default.example.com"
    other = import_into(kit, imported(name, days=10, kind=trustme.KeyType.RSA))
    listed = kit.acm.describe_certificate(CertificateArn=other)["Certificate"]["NotAfter"]
    default = secured.shown(name).not_valid_after_utc
    secured.add(other)
    assert secured.shown(name).not_valid_after_utc == listed.astimezone(UTC).replace(microsecond=0) != default


def test_a_certificate_that_has_not_expired_is_better(kit: Kit, secured: Secured) -> None:
    for number, days in enumerate((-1, 3, -2)):
        names = ["two.example.com", f"{number}.two.example.com"]
        secured.add(kit.box.create_fixture("certificate", region=REGION, names=names, days=days))
    assert secured.names("two.example.com") == {"two.example.com", "1.two.example.com"}


def test_a_policy_for_tls_1_3_only(kit: Kit, secured: Secured) -> None:
    old = secured.visitor.context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    assert secured.visitor.get("https://default.example.com/", at=secured.name, tls=old).status == 200
    kit.elb.modify_listener(ListenerArn=secured.listener, SslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06")
    with pytest.raises(ssl.SSLError, match="protocol version"):
        secured.visitor.get("https://default.example.com/", at=secured.name, tls=old)
    assert secured.visitor.get("https://default.example.com/", at=secured.name).status == 200


def test_each_sandbox_has_its_own_authority(kit: Kit) -> None:
    with Box() as other:
        assert Visitor(other).authority != Visitor(kit.box).authority
        assert Visitor(other).authority == Visitor(other).authority


@dataclass
class Network:
    """A network load balancer with one listener in front of one instance."""

    kit: Kit
    name: str
    listener: str
    group: str
    instance: str
    visitor: Visitor


@pytest.fixture
def network(kit: Kit) -> Network:
    instance = kit.instance(kit.open_group("servers"))
    group = kit.group("tcp", Protocol="TCP")
    balancer = kit.balancer("net", Type="network")
    listener = kit.listener(balancer["LoadBalancerArn"], group, 80, Protocol="TCP")
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    return Network(kit, str(balancer["DNSName"]), listener, group, instance, Visitor(kit.box))


def test_a_network_balancer_changes_no_request(network: Network) -> None:
    page = network.visitor.get(f"http://{network.name}/a")
    assert page.status == 200
    assert page.text == f"{network.instance} in eu-central-1a, port 80\nGET /a\nHost: {network.name.lower()}\n"
    assert page.headers["Server"] == "elbplan-sandbox"


def test_a_server_behind_a_network_balancer_ends_tls_itself(network: Network) -> None:
    network.kit.listener(network.kit.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"],
                         network.group, 443, Protocol="TCP")  # fmt: skip
    page = network.visitor.get("https://any.example.com/", at=network.name)
    assert page.certificate["subjectAltName"] == (("DNS", "any.example.com"),)


def test_a_tls_listener_ends_tls_with_its_own_certificate(network: Network) -> None:
    kit = network.kit
    arn = kit.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    certificate = kit.issued("net.example.com")
    kit.listener(arn, network.group, 443, Protocol="TLS", Certificates=[{"CertificateArn": certificate}])
    page = network.visitor.get("https://net.example.com/", at=network.name)
    assert (page.certificate["subjectAltName"], page.status) == ((("DNS", "net.example.com"),), 200)


@pytest.mark.parametrize("reason", ["Target.FailedHealthChecks", "Target.Timeout"])
def test_sick_targets_of_a_network_balancer(network: Network, reason: str) -> None:
    network.kit.box.sick("tcp", reason)
    expected = OSError if reason == "Target.FailedHealthChecks" else TimeoutError
    with pytest.raises(expected):
        network.visitor.get(f"http://{network.name}/", timeout=0.5)


def test_a_network_balancer_without_targets_refuses(network: Network) -> None:
    network.kit.elb.deregister_targets(TargetGroupArn=network.group, Targets=[{"Id": network.instance}])
    page = network.visitor.plain(f"http://{network.name}/")
    assert (page.status, page.text) == (502, "elbplan sandbox: no target is registered\n")


def test_a_network_balancer_drops_what_no_listener_expects(network: Network) -> None:
    kit = network.kit
    kit.elb.delete_listener(ListenerArn=network.listener)
    group = kit.group("udp", Protocol="UDP", Port=53, HealthCheckPort="80")
    arn = kit.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    kit.listener(arn, group, 53, Protocol="UDP")
    for port in (53, 8080):
        with pytest.raises(TimeoutError):
            network.visitor.plain(f"http://{network.name}:{port}/", timeout=0.3)


def test_an_application_balancer_behind_a_network_balancer(kit: Kit, secured: Secured) -> None:
    application = kit.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    group = kit.group("alb", Protocol="TCP", Port=443, TargetType="alb")
    balancer = kit.balancer("net", Type="network")
    kit.listener(balancer["LoadBalancerArn"], group, 443, Protocol="TCP")
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": application}])
    page = secured.visitor.get("https://default.example.com/", at=str(balancer["DNSName"]))
    assert (page.text, page.headers["Server"]) == ("page", "awselb/2.0")


def test_a_server_with_an_address_of_its_own(kit: Kit) -> None:
    servers = kit.open_group("servers")
    instance, address = kit.instance(servers), kit.ec2.allocate_address(Domain="vpc")
    kit.ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    kit.change(("CREATE", plain("direct.example.com", "A", address["PublicIp"])))
    visitor = Visitor(kit.box)
    assert visitor.get("http://direct.example.com/x").text.startswith(f"{instance} in eu-central-1a, port 80\n")
    with pytest.raises(TimeoutError):
        visitor.tunnel(address["PublicIp"], 8080, timeout=0.3)
    kit.ec2.stop_instances(InstanceIds=[instance])
    assert "nothing has the address" in visitor.plain("http://direct.example.com/").text


def test_forwarding_to_weights_by_a_network_balancer(network: Network) -> None:
    empty = network.kit.group("empty", Protocol="TCP")
    network.kit.elb.modify_listener(
        ListenerArn=network.listener, DefaultActions=[forward(network.group, empty, weights=(1, 0))]
    )
    assert {network.visitor.get(f"http://{network.name}/").status for _ in range(3)} == {200}
