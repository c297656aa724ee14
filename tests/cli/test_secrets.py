"""The client secret of a login is in no byte that elbplan writes or prints, and in no record of the simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

REGION = "ap-northeast-2"
SECRET = "hunter2-S3CRET-of-the-login"
VARIABLE = "ELBPLAN_TEST_OIDC"
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
servers: {{count: 1}}
targets: {{port: 80}}
listeners:
  - listen: 443/https
    rules:
      - name: admin
        path: /admin/*
        forward: web
        login:
          oidc:
            issuer: https://id.example.com
            authorization: https://id.example.com/authorize
            tokens: https://id.example.com/token
            user_info: https://id.example.com/user
            client_id: web
            client_secret: {reference}
            client_secret_version: {version}
"""
COMMANDS = (
    ("validate", "web.yaml"),
    ("lint", "web.yaml"),
    ("expand", "web.yaml"),
    ("permissions", "web.yaml"),
    ("plan", "web.yaml"),
    ("plan", "web.yaml", "--json"),
    ("plan", "web.yaml", "--save", "first"),
    ("rehearse", "web.yaml"),
    ("apply", "web.yaml", "--yes", "--json", "--debug", "apply.jsonl"),
    ("plan", "web.yaml", "--json"),
    ("status", "web.yaml", "--json"),
    ("map", "web.yaml", "--format", "html", "-o", "map.html"),
    ("runs", "web.yaml", "--json"),
    ("list", "--region", REGION, "--json"),
)
SAVE, REHEARSE, APPLY = COMMANDS[6:9]
REFERENCES = (
    ("ssm:/web/oidc", (SAVE, APPLY)),
    ("secretsmanager:web/oidc#client", (SAVE, REHEARSE, APPLY)),
    (f"env:{VARIABLE}", tuple(words for words in COMMANDS if words != REHEARSE)),
)
ENDING = (("destroy", "web.yaml", "--confirm", "my-web", "--debug", "destroy.jsonl"),)


class Site:
    """A folder in which commands run against a simulator that has the secret, and all that they printed."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box, self.folder = box, folder
        self.printed = ""

    def run(self, *words: str) -> int:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environ |= {"AWS_ENDPOINT_URL": self.box.url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
        environ |= {VARIABLE: SECRET, "XDG_STATE_HOME": str(self.folder / "state")}
        environ |= {"XDG_CACHE_HOME": str(self.folder / "cache"), "ELBPLAN_SANDBOX_DIR": str(self.folder / "sandbox")}
        command = [sys.executable, "-m", "elbplan", *words]
        ran = subprocess.run(
            command, env=environ, cwd=self.folder, capture_output=True, text=True, timeout=180, check=False
        )
        self.printed += f"$ {' '.join(words)}\n{ran.stdout}{ran.stderr}"
        return ran.returncode

    def write(self, reference: str, version: int = 1) -> None:
        (self.folder / "web.yaml").write_text(SPEC.format(reference=reference, version=version))

    def places_of_the_secret(self) -> Iterator[str]:
        """Where the secret is: the screens, the files, the simulator's record of calls, tags, records of runs."""
        for file in self.folder.rglob("*"):
            if file.is_file() and SECRET.encode() in file.read_bytes():
                yield str(file)
        places = {"the screens": self.printed, "the calls": json.dumps([call.as_json() for call in self.box.calls])}
        everything = self.box.snapshot()
        own = {id: found for id, found in everything.items() if "parameter/web" not in id}
        places["the account"] = json.dumps(own, default=str)
        yield from (place for place, text in places.items() if SECRET in text)


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Site:
    box.reset()
    box.create_defaults(REGION, hosted_zones=["example.com"])
    box.client("ssm", REGION).put_parameter(Name="/web/oidc", Value=SECRET, Type="SecureString")
    box.client("secretsmanager", REGION).create_secret(Name="web/oidc", SecretString=json.dumps({"client": SECRET}))
    return Site(box, tmp_path)


@pytest.mark.parametrize(("reference", "commands"), REFERENCES)
def test_no_command_writes_or_prints_the_secret(site: Site, reference: str, commands: Sequence[Sequence[str]]) -> None:
    site.write(reference)
    for words in commands:
        code = site.run(*words)
        assert code == 0, (words, site.printed[-3000:])
    sent = [call for call in site.box.calls if call.action == "CreateRule" and "ClientSecret" in str(call.params)]
    assert len(sent) == 1
    site.write(reference, version=2)
    site.box.fault("error", action="ModifyRule", code="ValidationError", message=f"no '{SECRET}' here", limit=1)
    assert site.run("plan", "web.yaml", "--save", "second") == 0
    assert site.run("apply", "web.yaml", "--yes", "--debug", "second.jsonl") != 0
    site.run("runs", "web.yaml")
    assert f"no the value of {reference} here" in site.printed
    for words in ENDING:
        assert site.run(*words) == 0, site.printed[-3000:]
    assert list(site.places_of_the_secret()) == []
