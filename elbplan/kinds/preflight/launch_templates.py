"""Launch templates of new servers: they exist, and go together with the network that elbplan gives.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html (NetworkInterfaces, SubnetId)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...core.address import Address
from ...core.call import Answer, Call, ReadProgram
from ...core.permission import reads
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..instance import Instance
from .asking import asked, is_known

WITHOUT = "does not look into launch templates before the first write"
GONE = (
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateName.NotFoundException",
    "InvalidLaunchTemplateId.VersionNotFound",
)
INTERFACES = "NetworkInterfaces"


def _has_template(resource: Resource) -> Iterable[str]:
    """A value for a server with a launch template."""
    return ["*"] if isinstance(resource, Instance) and resource.launch_template else []


PERMISSIONS = reads("ec2:DescribeLaunchTemplateVersions", verbs=("compare",), each=_has_template, without_it=WITHOUT)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each new server whose launch template AWS would not take."""
    new = [(step.address, step.after) for step in plan.steps if step.do == "create"]
    servers = [(address, server) for address, server in new if isinstance(server, Instance) and server.launch_template]
    calls = [_versions(server) for _, server in servers]
    answers = (yield calls) if calls else ()
    pairs = zip(servers, answers, strict=True)
    return [refusal for (address, server), answer in pairs for refusal in _problems(address, server, answer)]


def _versions(server: Instance) -> Call:
    assert server.launch_template is not None
    name, version = server.launch_template.name, server.launch_template.version
    key = "LaunchTemplateId" if name.startswith("lt-") else "LaunchTemplateName"
    return asked("ec2", "DescribeLaunchTemplateVersions", {key: name, "Versions": [version]}, GONE)


def _problems(address: Address, server: Instance, answer: Answer) -> Iterator[Refusal]:
    if not is_known(answer) or server.launch_template is None:
        return
    name, version = server.launch_template.name, server.launch_template.version
    found = next(iter(answer.get("LaunchTemplateVersions", ())), None)
    if found is None:
        what = f"{address}: there is no launch template {name} with the version {version}"
        yield Refusal(what, "check the region, the account and the spelling, or create it first")
        return
    data = found.get("LaunchTemplateData", {})
    own_interface = server.associate_public_ip_address is not None or INTERFACES in server.options
    if data.get(INTERFACES) and not own_interface:
        what = f"{address}: the launch template {name} has network interfaces, and AWS takes no subnet beside them"
        hint = (
            "write public_address: true or false: then elbplan gives an interface, which replaces those of the template"
        )
        yield Refusal(what, hint)
    for member, field, word in (("ImageId", server.image, "image"), ("InstanceType", server.type, "type")):
        if not field and not data.get(member) and not (word == "type" and data.get("InstanceRequirements")):
            what = f"{address}: the launch template {name} has no {word}, and the spec has none either"
            yield Refusal(what, f"write {word}:")
