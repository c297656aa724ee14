"""Checks what AWS refuses of instances: type, image, tags in the metadata, credits, network."""

from __future__ import annotations

import re

from ....core.address import Address
from ....core.suggest import did_you_mean
from ....kinds.aws.server_volumes import ROOT
from ....kinds.aws.setting_problems import setting_problems
from ....kinds.instance import Instance
from ...expand.servers import AMI, IMAGES
from .subject import Subject

TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", re.ASCII)
BURSTABLE = re.compile(r"t[0-9][a-z]*\.", re.ASCII)
IN_METADATA = re.compile(r"[A-Za-z0-9+=.,_:@-]+", re.ASCII)
HIBERNATE, ENCLAVE = "HibernationOptions", "EnclaveOptions"


def check(subject: Subject) -> None:
    """Reports what AWS refuses of the instances."""
    for address, instance in subject.of("instance"):
        _type_and_image(subject, address, instance)
        _metadata_tags(subject, address, instance)
        _combinations(subject, address, instance)
        for problem in setting_problems(instance):
            subject.problem(address, (problem.field,), problem.what, problem.hint)


def _type_and_image(subject: Subject, address: Address, instance: Instance) -> None:
    from_template = {""} if instance.launch_template else set()
    if not TYPE.fullmatch(instance.type) and instance.type not in from_template:
        hint = "write a type like t3.micro or t4g.micro"
        subject.problem(address, ("type",), f'"{instance.type}" is not an instance type', hint)
    named = AMI.fullmatch(instance.image) or instance.image.startswith("ssm:/")
    if not named and instance.image not in from_template:
        hint = did_you_mean(instance.image, [*IMAGES, "ami-...", "ssm:/path"])
        subject.problem(address, ("image",), f'"{instance.image}" is not an image', hint)


def _metadata_tags(subject: Subject, address: Address, instance: Instance) -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html (keys: letters, digits and
    + - = . , _ : @; not a lone dot, two dots or _index).
    """
    if instance.instance_metadata_tags != "enabled":
        return
    for key in instance.tags:
        if not IN_METADATA.fullmatch(key) or key in (".", "..", "_index"):
            what = f'the tag "{key}" cannot be in the metadata of a server'
            hint = "use letters, digits and + - = . , _ : @ in its key, or write metadata: {tags: false}"
            subject.problem(address, ("instance_metadata_tags",), what, hint)


def _combinations(subject: Subject, address: Address, instance: Instance) -> None:
    if instance.cpu_credits and instance.type and not BURSTABLE.match(instance.type):
        what = f"cpu_credits is for burstable types like t3.micro, not for {instance.type}"
        subject.problem(address, ("cpu_credits",), what, "remove it, or choose a type that begins with t")
    if instance.volumes and not instance.image and any(volume.device == ROOT for volume in instance.volumes):
        what = "the root volume needs image:, since only the image tells the name of its device"
        subject.problem(address, ("volumes",), what, "write image:, or the name of the device, like /dev/xvda")
    hibernates = instance.options.get(HIBERNATE, {}).get("Configured")
    if hibernates and instance.options.get(ENCLAVE, {}).get("Enabled"):
        what = "a server cannot hibernate and run Nitro Enclaves"
        subject.problem(address, ("options",), what, "remove hibernation: or enclave:", near="hibernation")
