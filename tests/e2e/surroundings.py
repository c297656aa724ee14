"""What a spec expects to exist in the account: secrets in Parameter Store, web ACLs and Auto Scaling groups."""

from __future__ import annotations

import re

from elbplan.sandbox.box import Box


def prepare(box: Box, region: str, spec: str) -> None:
    """Creates what the text of a spec names and elbplan never creates."""
    for name in re.findall(r"client_secret: ssm:(\S+)", spec):
        box.client("ssm", region).put_parameter(Name=name, Value="a-secret-of-a-test", Type="SecureString")
    for name in re.findall(r"^web_acl: (\S+)", spec, flags=re.MULTILINE):
        box.create_fixture("web_acl", region=region, name=name)
    for name in re.findall(r"auto_scaling_group: ([\w-]+)(?:\s|$)", spec):
        box.create_fixture("auto_scaling_group", name, region=region)
