"""Certificates: found by tag, proved by records that several share and that go only when nobody needs them."""

from __future__ import annotations

import pytest

from elbplan.core.address import AwsId
from elbplan.core.kind import LiveResource
from elbplan.core.resource import differing_fields
from elbplan.kinds.aws.acm_validation import EVERY_KEY, DnsValidation
from elbplan.kinds.certificate import KIND, Certificate

from .kit import CERTIFICATE, SECOND, ZONE, ZONES, at, one, operations, owned, play, read, service

WAITED_FOR = {"PENDING_VALIDATION", "ISSUED"}
NAMES = ("*.example.com", "example.com")
VALIDATION = {"Name": "_abc.example.com.", "Type": "CNAME", "Value": "_def.acm-validations.aws."}
OTHERS = {"Name": "_xyz.www.example.com.", "Type": "CNAME", "Value": "_uvw.acm-validations.aws."}


def certificate(*domains, zone=ZONE):
    proofs = tuple(DnsValidation(domain=name, zone=AwsId(zone)) for name in domains)
    return Certificate(domains=domains, proofs=proofs)


def option(name, record=VALIDATION, status="PENDING_VALIDATION"):
    return {"DomainName": name, "ValidationStatus": status} | ({"ResourceRecord": record} if record else {})


def described(*options, arn=CERTIFICATE, status="ISSUED", **rest):
    names = [o["DomainName"] for o in options]
    return {
        "Certificate": {
            "CertificateArn": arn, "DomainName": names[0], "SubjectAlternativeNames": names, "Status": status,
            "KeyAlgorithm": "RSA-2048", "DomainValidationOptions": list(options), **rest,
        }
    }  # fmt: skip


def standing(*records):
    return {
        "ResourceRecordSets": [
            {"Name": r["Name"], "Type": r["Type"], "TTL": 300, "ResourceRecords": [{"Value": r["Value"]}]}
            for r in records
        ]
    }


def live(answer, *records, summary=None):
    return read(
        KIND,
        {
            "ListCertificates": {"CertificateSummaryList": [{"CertificateArn": CERTIFICATE, **(summary or {})}]},
            "ListHostedZones": ZONES,
            "ListTagsForCertificate": {"Tags": owned("certificate.main")},
            "DescribeCertificate": answer,
            "ListResourceRecordSets": standing(*records),
        },
    )


def test_names_are_a_set_in_one_spelling():
    assert Certificate(domains=("B.example.com.", "a.example.com")) == Certificate(
        domains=("a.example.com", "b.example.com", "B.example.com")
    )
    assert DnsValidation(domain="A.example.com.", zone=AwsId(ZONE)) == DnsValidation(
        domain="a.example.com", zone=AwsId(ZONE)
    )


def test_every_key_type_is_listed_and_aws_knows_no_other():
    from .kit import service

    assert set(EVERY_KEY) == set(service("acm").shape_for("KeyAlgorithm").enum)


def test_the_key_is_told_with_a_dash_and_asked_for_with_an_underscore():
    assert one(live(described(option("example.com")))).model.key == "RSA_2048"


def test_apex_and_wildcard_share_one_record_and_both_are_proved_by_it():
    found = one(live(described(*map(option, NAMES)), VALIDATION)).model
    assert differing_fields(found, KIND.with_live_defaults(certificate(*NAMES), found)) == ()


def test_a_name_whose_record_is_gone_is_not_proved():
    found = one(live(described(*map(option, NAMES)), OTHERS)).model
    assert found.proofs == ()
    assert differing_fields(found, KIND.with_live_defaults(certificate(*NAMES), found)) == ("proofs",)


def test_a_name_whose_record_says_something_else_is_not_proved():
    assert (
        one(live(described(option("example.com")), {**VALIDATION, "Value": "_old.acm-validations.aws."})).model.proofs
        == ()
    )


@pytest.mark.parametrize("status", ["FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE"])
def test_a_certificate_of_no_use_is_lost_and_a_new_one_is_wanted(status):
    found = one(live(described(option("example.com"), status=status)))
    assert "domains" in differing_fields(found.model, certificate("example.com"))
    assert found.facts["state"] == status


def test_one_that_is_not_told_how_to_prove_it_waits_for_its_records_then_for_its_issue():
    assert (
        KIND.pending_gate(one(live(described(option("example.com", None), status="PENDING_VALIDATION")))) == "records"
    )
    assert KIND.pending_gate(one(live(described(option("example.com"), status="PENDING_VALIDATION")))) == "issued"
    assert KIND.pending_gate(one(live(described(option("example.com"))))) == ""


def test_imported_certificates_are_never_ours_and_not_even_asked_for():
    assert live({}, summary={"Type": "IMPORTED"}).ours == {}


def test_one_that_vanishes_while_it_is_read_is_gone():
    assert live({}).ours == {}


def test_a_wildcard_is_the_first_name_if_every_other_name_is_too_long_for_it():
    long = f"{'a' * 60}.example.com"
    requested = {"RequestCertificate": {"CertificateArn": CERTIFICATE}}
    calls, _ = play(KIND.create(certificate(long, "*.example.com"), at(KIND, "main")), requested)
    assert calls[0].params["DomainName"] == "*.example.com"


def test_the_token_makes_a_second_request_the_same_certificate():
    place = at(KIND, "main")
    calls, facts = play(
        KIND.create(certificate(*NAMES), place), {"RequestCertificate": {"CertificateArn": CERTIFICATE}}
    )
    params = calls[0].params
    assert params["IdempotencyToken"] == place.token
    assert params["DomainName"] == "example.com"
    assert set(params["SubjectAlternativeNames"]) == set(NAMES)
    assert facts == {"id": CERTIFICATE}


def test_a_certificate_is_requested_first_and_proved_when_aws_has_told_the_records():
    (first, bare), (second, whole) = KIND.create_path(certificate("example.com"), set())
    assert (first, second) == ("expand", "expand")
    assert bare.proofs == ()
    assert whole == certificate("example.com")


def prove(*there, tags=(), others=(), **answers):
    """The calls that prove a new certificate in a zone where this stands."""
    calls, _ = play(
        KIND.update(Certificate(domains=NAMES), certificate(*NAMES), at(KIND, id=CERTIFICATE)),
        {
            "DescribeCertificate": described(*map(option, NAMES)),
            "ListResourceRecordSets": standing(*there),
            "ListCertificates": {"CertificateSummaryList": list(others)},
            "ListTagsForCertificate": {"Tags": list(tags)},
            **answers,
        },
    )
    return calls


def remembered(calls):
    """The domains that the certificate is told elbplan made the records of."""
    return [tag["Value"] for c in calls if c.operation == "AddTagsToCertificate" for tag in c.params["Tags"]]


def test_what_apex_and_wildcard_share_is_put_up_once():
    (batch,) = [call for call in prove() if call.operation == "ChangeResourceRecordSets"]
    (change,) = batch.params["ChangeBatch"]["Changes"]
    assert (change["Action"], change["ResourceRecordSet"]["Name"]) == ("UPSERT", VALIDATION["Name"])


def test_a_certificate_knows_what_elbplan_makes_for_it_before_it_is_made():
    calls = prove()
    assert operations(calls)[-2:] == ["AddTagsToCertificate", "ChangeResourceRecordSets"]
    assert remembered(calls) == ["example.com"]


def test_what_it_knows_already_is_not_forgotten():
    assert remembered(prove(tags=[{"Key": "elbplan:validation", "Value": "a.example.com"}])) == [
        "a.example.com example.com"
    ]


def test_a_record_that_stands_is_left_as_it_is_and_is_nobodys_of_ours():
    calls = prove(VALIDATION, others=[{"CertificateArn": SECOND, "DomainName": "example.com"}])
    assert remembered(calls) == []
    assert "ChangeResourceRecordSets" not in operations(calls)


def test_a_record_that_elbplan_made_for_another_certificate_is_remembered_by_the_new_one_too():
    tags = [{"Key": "elbplan:validation", "Value": "example.com www.example.com"}]
    other = [{"CertificateArn": SECOND, "DomainName": "example.com"}]
    calls = prove(VALIDATION, others=other, ListTagsForCertificate=[{"Tags": tags}, {"Tags": []}])
    assert remembered(calls) == ["example.com"]
    assert "ChangeResourceRecordSets" not in operations(calls)


LISTED = {"CertificateArn": SECOND, "DomainName": "example.com", "SubjectAlternativeNameSummaries": ["example.com"]}
ISSUED = {**LISTED, "Status": "ISSUED"}
REGIONS = {"Regions": [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"}]}


def ending(*others, zone=(VALIDATION,), made="example.com", asked="yes", regions=REGIONS, elsewhere=(), more=()):
    """The calls of deleting our certificate beside others, of this region and elsewhere; and what stays."""
    answers = {
        "DescribeCertificate": [described(*map(option, NAMES)), *more],
        "ListCertificates": [{"CertificateSummaryList": list(one)} for one in (others, elsewhere, others, elsewhere)],
        "ListResourceRecordSets": standing(*zone),
        "DescribeRegions": regions,
        "ListHostedZones": ZONES,
        "ChangeResourceRecordSets": {"ChangeInfo": {"Id": "/change/C1"}},
    }
    facts = {"validation_made": made, **({"remove_validation": asked} if asked else {})}
    place = at(KIND, id=CERTIFICATE)
    place.live = LiveResource(place.address, CERTIFICATE, None, facts)
    calls, facts = play(KIND.delete(certificate(*NAMES), place), answers)
    return calls, facts.get("kept", "")


def removed(calls):
    return [c.params["ChangeBatch"]["Changes"] for c in calls if c.operation == "ChangeResourceRecordSets"]


@pytest.mark.parametrize("given", [{"asked": ""}, {"made": ""}], ids=["nobody asks", "elbplan did not make it"])
def test_a_record_stays_and_nobody_is_asked_unless_elbplan_made_it_and_the_spec_says_so(given):
    calls, _ = ending(**given)
    assert operations(calls) == ["DeleteCertificate"]


@pytest.mark.parametrize("status", ["ISSUED", "PENDING_VALIDATION"])
def test_a_record_another_certificate_needs_stays(status):
    other = {**LISTED, "Status": status}
    calls, kept = ending(other, elsewhere=[other])
    assert removed(calls) == []
    assert SECOND in kept
    assert operations(calls).count("ListCertificates") == 2, "before the certificate goes and after"
    assert "DescribeRegions" not in operations(calls)


def test_a_record_that_a_certificate_of_another_region_needs_stays():
    calls, kept = ending(elsewhere=[ISSUED])
    assert removed(calls) == []
    assert SECOND in kept
    assert {c.region for c in calls if c.operation == "ListCertificates"} == {"", "us-east-1"}
    assert all(c.params["Includes"]["keyTypes"] == EVERY_KEY for c in calls if c.operation == "ListCertificates")


@pytest.mark.parametrize(
    "raw",
    [
        {**ISSUED, "DomainName": "www.example.com", "SubjectAlternativeNameSummaries": ["www.example.com"]},
        {**LISTED, "Status": "FAILED"},
        {**ISSUED, "Type": "IMPORTED"},
        {"CertificateArn": CERTIFICATE, **{k: v for k, v in ISSUED.items() if k != "CertificateArn"}},
    ],
    ids=["another record", "a lost certificate", "an imported certificate", "itself"],
)
def test_a_record_nobody_else_needs_goes_once_and_to_the_letter(raw):
    calls, kept = ending(raw)
    (there,) = standing(VALIDATION)["ResourceRecordSets"]
    assert removed(calls) == [[{"Action": "DELETE", "ResourceRecordSet": there}]]
    assert kept == ""


def test_a_certificate_whose_names_the_list_does_not_tell_is_asked_for_them():
    bare = {"CertificateArn": SECOND}
    calls, kept = ending(bare, more=[described(option("*.example.com"), arn=SECOND)] * 2)
    assert removed(calls) == []
    assert SECOND in kept
    calls, _ = ending(bare, more=[{}])
    assert removed(calls), "it is gone"


def test_one_of_another_region_that_does_not_tell_its_names_may_need_it():
    calls, kept = ending(elsewhere=[{"CertificateArn": SECOND}], more=[{}])
    assert removed(calls) == []
    assert SECOND in kept


def test_before_a_certificate_goes_the_one_that_takes_its_place_learns_what_elbplan_made():
    mark = [{"Key": "elbplan:validation", "Value": "example.com old.example.com"}]
    tags = {CERTIFICATE: [*owned("certificate.main"), *mark], SECOND: owned("certificate.main")}
    issued = {**ISSUED, "KeyAlgorithm": "RSA-2048"}
    answers = {
        "ListCertificates": {"CertificateSummaryList": [issued, {**issued, "CertificateArn": CERTIFICATE}]},
        "ListHostedZones": ZONES,
        "ListTagsForCertificate": lambda params: {"Tags": tags[params["CertificateArn"]]},
        "ListResourceRecordSets": standing(VALIDATION),
    }
    old, new = sorted(read(KIND, answers).ours["shop"], key=lambda live: live.id)
    assert "heirs" not in new.facts
    place = at(KIND, id=CERTIFICATE)
    place.live = old
    calls, _ = play(KIND.delete(old.model, place))
    assert operations(calls) == ["AddTagsToCertificate", "DeleteCertificate"]
    assert calls[0].params["CertificateArn"] == SECOND
    assert remembered(calls) == ["example.com"]


@pytest.mark.parametrize("regions", [{}, {"Regions": []}], ids=["denied", "none"])
def test_a_record_stays_where_nobody_says_which_regions_there_are(regions):
    calls, kept = ending(regions=regions)
    assert removed(calls) == []
    assert "ec2:DescribeRegions" in kept


def test_a_record_that_says_something_else_is_a_strangers():
    calls, _ = ending(zone=[{**VALIDATION, "Value": "_old.acm-validations.aws."}])
    assert removed(calls) == []


def test_a_certificate_in_use_cannot_go_yet():
    last = ending(zone=())[0][-1]
    assert last.retry_on == ("ResourceInUseException",)
    assert last.done_if == ("ResourceNotFoundException",)


def gate(name, answer):
    look = next(gate for gate in KIND.gates if gate.name == name).probe
    return play(look(certificate("example.com"), at(KIND, id=CERTIFICATE)), {"DescribeCertificate": answer})[1]


def test_the_records_are_known_when_all_of_them_are():
    assert gate("records", {}).state == "waiting"
    assert gate("records", described(option("a.example.com"), option("b.example.com", None))).state == "waiting"
    assert gate("records", described(option("a.example.com"))).state == "ready"


def test_a_pending_certificate_names_whom_it_waits_for():
    options = [option("a.example.com", status="SUCCESS"), option("b.example.com")]
    sight = gate("issued", described(*options, status="PENDING_VALIDATION"))
    assert sight.state == "waiting"
    assert "b.example.com" in sight.cause
    assert "a.example.com" not in sight.cause


def test_a_failed_certificate_fails_the_gate_with_the_reason():
    sight = gate("issued", described(option("example.com"), status="FAILED", FailureReason="CAA_ERROR"))
    assert sight.state == "failed"
    assert "amazon.com" in sight.cause


@pytest.mark.parametrize("reason", service("acm").shape_for("FailureReason").enum)
def test_each_reason_of_aws_has_a_text(reason):
    sight = gate("issued", described(option("example.com"), status="FAILED", FailureReason=reason))
    (cause,) = sight.causes
    assert (sight.state, cause.code) == ("failed", reason)
    assert reason not in cause.text


@pytest.mark.parametrize("status", sorted(set(service("acm").shape_for("CertificateStatus").enum) - WAITED_FOR))
def test_a_certificate_that_ended_is_not_waited_for(status):
    sight = gate("issued", described(option("example.com"), status=status))
    assert sight.state == "failed"
    assert status in sight.saw


def listed(**rest):
    """A certificate of which the list alone says all."""
    return {
        "Status": "ISSUED",
        "DomainName": "example.com",
        "SubjectAlternativeNameSummaries": list(NAMES),
        "KeyAlgorithm": "RSA-2048",
        **rest,
    }


def unasked(params):
    raise AssertionError("the list says it all")


def test_of_an_issued_certificate_the_list_says_it_all():
    found = one(live(unasked, VALIDATION, summary=listed())).model
    assert differing_fields(found, KIND.with_live_defaults(certificate(*NAMES), found)) == ()


def test_a_listed_certificate_without_its_record_is_asked_for_and_not_proved():
    found = one(live(described(*map(option, NAMES)), OTHERS, summary=listed())).model
    assert found.proofs == ()
    assert found.validation is None


def test_a_listed_certificate_without_its_record_may_be_validated_by_mail():
    by_mail = {"ValidationMethod": "EMAIL", "ValidationDomain": "example.com", "ValidationStatus": "SUCCESS"}
    options = [{"DomainName": name, **by_mail} for name in NAMES]
    found = one(live(described(*options), OTHERS, summary=listed())).model
    assert (found.validation, found.proofs) == ("EMAIL", ())
    assert "validation" in differing_fields(found, KIND.with_live_defaults(certificate(*NAMES), found))


@pytest.mark.parametrize(
    "summary",
    [
        listed(Status="PENDING_VALIDATION"),
        listed(HasAdditionalSubjectAlternativeNames=True),
        listed(KeyAlgorithm=None),
    ],
    ids=["pending", "more names than the list tells", "no key told"],
)
def test_where_the_list_does_not_say_it_all_it_is_asked_for(summary):
    found = one(live(described(*map(option, NAMES)), VALIDATION, summary=summary)).model
    assert found == certificate(*NAMES)
