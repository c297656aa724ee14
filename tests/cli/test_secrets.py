"""The client secret of a login is in no byte that elbplan writes or prints, and in no record of the simulator."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.sandbox.box import Box

from .kit import PipeStream

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

    def __init__(self, box: Box, folder: Path, process: pytest.CaptureFixture[str]) -> None:
        self.box, self.folder, self.process = box, folder, process
        self.printed = ""

    def run(self, *words: str) -> int:
        """Also what a library prints past the terminal of the command counts as printed."""
        out, err = PipeStream(), PipeStream()
        code = run(words, Terminal(PipeStream(), out, err, os.environ))
        beside = "".join(self.process.readouterr())
        self.printed += f"$ {' '.join(words)}\n{out.getvalue()}{err.getvalue()}{beside}"
        return code

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
def site(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Site:
    monkeypatch.chdir(tmp_path)
    variables = {"AWS_ENDPOINT_URL": box.url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", VARIABLE: SECRET}
    variables |= {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("STATE", "CACHE")}
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    box.reset()
    box.create_defaults(REGION, hosted_zones=["example.com"])
    box.client("ssm", REGION).put_parameter(Name="/web/oidc", Value=SECRET, Type="SecureString")
    box.client("secretsmanager", REGION).create_secret(Name="web/oidc", SecretString=json.dumps({"client": SECRET}))
    return Site(box, tmp_path, capfd)


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
