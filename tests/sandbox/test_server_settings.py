"""Rule 47: the settings of an instance, and its volumes."""

from typing import Any

import pytest

from .conftest import SLOW
from .kit import Kit, refused

IMAGE, ROOT = "ami-12c6146b", "/dev/sda1"


def launch(kit: Kit, **settings: Any) -> dict[str, Any]:
    settings = {"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **settings}
    return dict(kit.ec2.run_instances(**settings)["Instances"][0])


def described(kit: Kit, id: str) -> dict[str, Any]:
    return dict(kit.ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0])


def disk(**ebs: Any) -> list[dict[str, Any]]:
    return [{"DeviceName": "/dev/sdf", "Ebs": ebs}]


def complete(slow: Kit) -> None:
    """Until a change of a volume is optimized, and then completed."""
    slow.box.advance(SLOW)
    slow.box.advance(SLOW)


SPOT = {"MarketType": "spot"}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"MetadataOptions": {"HttpPutResponseHopLimit": 65}}, "InvalidParameterValue"),
        ({"InstanceMarketOptions": SPOT, "DisableApiTermination": True}, "InvalidParameterCombination"),
        ({"InstanceMarketOptions": SPOT, "DisableApiStop": True}, "InvalidParameterCombination"),
        ({"InstanceMarketOptions": {**SPOT, "SpotOptions": {"MaxPrice": "0.001"}}}, "InvalidParameterValue"),
        (
            {"HibernationOptions": {"Configured": True}, "EnclaveOptions": {"Enabled": True}},
            "InvalidParameterCombination",
        ),
        (
            {"InstanceType": "m5.large", "CreditSpecification": {"CpuCredits": "standard"}},
            "InvalidParameterCombination",
        ),
        ({"LaunchTemplate": {"LaunchTemplateName": "none"}}, "InvalidLaunchTemplateName.NotFoundException"),
        ({"BlockDeviceMappings": disk(VolumeSize=17000, VolumeType="gp2")}, "InvalidParameterValue"),
        ({"BlockDeviceMappings": disk(VolumeSize=20, VolumeType="io2")}, "MissingParameter"),
        ({"BlockDeviceMappings": disk(VolumeSize=20, VolumeType="gp2", Iops=3000)}, "InvalidParameterCombination"),
        ({"BlockDeviceMappings": disk(VolumeSize=8, VolumeType="gp3", Iops=5000)}, "InvalidParameterValue"),
        ({"BlockDeviceMappings": disk(VolumeSize=20, Throughput=1000)}, "InvalidParameterValue"),
        (
            {"BlockDeviceMappings": disk(VolumeSize=20, VolumeType="io2", Iops=200, Throughput=200)},
            "InvalidParameterCombination",
        ),
        ({"BlockDeviceMappings": disk(VolumeType="gp3")}, "MissingParameter"),
        (
            {"BlockDeviceMappings": [{"DeviceName": ROOT, "Ebs": {"VolumeSize": 4}}]},
            "InvalidBlockDeviceMapping",
        ),
    ],
)
def test_rule_47_a_launch_is_refused(kit: Kit, settings: dict[str, Any], code: str) -> None:
    with refused(code):
        launch(kit, **settings)


def test_rule_47_what_a_change_leaves_out_stays(kit: Kit) -> None:
    id = launch(kit, MetadataOptions={"HttpPutResponseHopLimit": 2})["InstanceId"]
    kit.ec2.modify_instance_metadata_options(InstanceId=id, HttpTokens="required")
    options = described(kit, id)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    with refused("InvalidParameterValue"):
        kit.ec2.modify_instance_metadata_options(InstanceId=id, HttpPutResponseHopLimit=100)


def test_rule_47_a_volume_grows_in_time_and_never_shrinks(slow: Kit) -> None:
    id = launch(slow, BlockDeviceMappings=disk(VolumeSize=20))["InstanceId"]
    disks = {disk["DeviceName"]: disk["Ebs"]["VolumeId"] for disk in described(slow, id)["BlockDeviceMappings"]}
    volume = disks["/dev/sdf"]

    def size() -> int:
        return int(slow.ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"])

    with refused("InvalidParameterValue"):
        slow.ec2.modify_volume(VolumeId=volume, Size=10)
    slow.ec2.modify_volume(VolumeId=volume, Size=30)
    assert size() == 20
    with refused("IncorrectModificationState"):
        slow.ec2.modify_volume(VolumeId=volume, Size=40)
    slow.box.advance(SLOW / 4 + 1)
    assert size() == 30
    for larger in (40, 50, 60):
        complete(slow)
        slow.ec2.modify_volume(VolumeId=volume, Size=larger)
    complete(slow)
    with refused("VolumeModificationRateExceeded"):
        slow.ec2.modify_volume(VolumeId=volume, Size=70)
    slow.box.advance(86400)
    slow.ec2.modify_volume(VolumeId=volume, Size=70)


def test_rule_47_a_protected_instance_is_not_terminated(kit: Kit) -> None:
    id = launch(kit, DisableApiStop=True)["InstanceId"]
    with refused("OperationNotPermitted"):
        kit.ec2.terminate_instances(InstanceIds=[id])
    kit.ec2.modify_instance_attribute(InstanceId=id, DisableApiStop={"Value": False})
    kit.ec2.modify_instance_attribute(InstanceId=id, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
    kit.ec2.terminate_instances(InstanceIds=[id])
    spot = launch(kit, InstanceMarketOptions=SPOT)["InstanceId"]
    with refused("UnsupportedOperation"):
        kit.ec2.modify_instance_attribute(InstanceId=spot, DisableApiTermination={"Value": True})


def test_rule_47_credits_are_for_burstable_types(kit: Kit) -> None:
    small, large = launch(kit)["InstanceId"], launch(kit, InstanceType="m5.large")["InstanceId"]
    wanted = [{"InstanceId": id, "CpuCredits": "standard"} for id in (small, large)]
    answer = kit.ec2.modify_instance_credit_specification(InstanceCreditSpecifications=wanted)
    assert [found["InstanceId"] for found in answer["SuccessfulInstanceCreditSpecifications"]] == [small]
    assert [found["InstanceId"] for found in answer["UnsuccessfulInstanceCreditSpecifications"]] == [large]


def test_rule_47_a_public_address_comes_and_goes(kit: Kit) -> None:
    id = launch(kit)["InstanceId"]
    interface = described(kit, id)["NetworkInterfaces"][0]
    assert interface["Association"]["IpOwnerId"] == "amazon"
    change = {"NetworkInterfaceId": interface["NetworkInterfaceId"], "AssociatePublicIpAddress": False}
    kit.ec2.modify_network_interface_attribute(**change)
    assert "PublicIpAddress" not in described(kit, id)
    kit.ec2.modify_network_interface_attribute(**{**change, "AssociatePublicIpAddress": True})
    assert described(kit, id)["PublicIpAddress"]
