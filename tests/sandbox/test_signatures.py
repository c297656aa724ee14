"""Rules 23 and 35: Service Quotas, and requests without a signature or with a wrong time."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import pytest
from botocore import UNSIGNED

from .kit import REGION, Kit, refused


def test_rule_35_a_request_without_a_signature_is_refused(kit: Kit) -> None:
    for service, operation in (("sts", "get_caller_identity"), ("sts", "get_session_token")):
        client = kit.box.client(service, REGION, signature_version=UNSIGNED)
        with refused("MissingAuthenticationToken"):
            getattr(client, operation)()


@pytest.mark.parametrize("skew", [-400, 0, 400])
def test_rule_35_answers_have_the_time_of_aws(kit: Kit, skew: int) -> None:
    kit.box.switch("clock_skew", skew)
    client = kit.box.client("sts", REGION, signature_version=UNSIGNED)
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_caller_identity()
    date = caught.value.response["ResponseMetadata"]["HTTPHeaders"]["date"]
    assert parsedate_to_datetime(date).timestamp() - time.time() == pytest.approx(skew, abs=30)


def test_rule_35_a_signature_of_another_time_is_refused(kit: Kit) -> None:
    kit.box.switch("clock_skew", 299)
    assert kit.elb.describe_load_balancers()["LoadBalancers"] == []
    kit.box.switch("clock_skew", -301)
    with refused("SignatureDoesNotMatch"):
        kit.elb.describe_load_balancers()
    with refused("InvalidSignatureException"):
        kit.acm.list_certificates()


def test_rule_23_service_quotas(kit: Kit) -> None:
    quotas = kit.box.client("service-quotas", REGION)
    kit.box.quota("elastic_ips", 7)
    quota = quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-0263D0A3")["Quota"]
    assert (quota["Value"], quota["QuotaName"]) == (7.0, "EC2-VPC Elastic IPs")
    listed = quotas.list_service_quotas(ServiceCode="elasticloadbalancing")["Quotas"]
    assert [quota["Value"] for quota in listed] == [50.0, 50.0, 3000.0]
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")
