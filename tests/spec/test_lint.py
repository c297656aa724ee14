"""The warnings of lint about specs: each rule finds its bad spec at its place, and not the good one."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from elbplan.spec.lint.inspection import RULES, LintWarning, inspect_specs
from elbplan.spec.lint.names import RULES as NAMES
from elbplan.spec.lint.secrets import kind_of_secret
from elbplan.spec.load import read_documents

from .kit import problems

BASE = "name: x\nregion: eu-west-1\nzones: [a, b]\n"
TWO = "targets: {instances: [i-0aaa, i-0bbb], port: 8080, health: /health}\n"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b-2c"
RULE = BASE + "groups: {web: {instances: [i-0aaa, i-0bbb], port: 80, health: /health}}\n"
NETWORK = "name: x\nregion: eu-west-1\ntype: network\n"
SSH = NETWORK + "zones: [a, b]\nlisteners: [{listen: 22/tcp}]\ntargets: {instances: [i-0aaa, i-0bbb], port: 22}\n"
BOTH = "protect: true\ndomain: x.example.com\nlisteners: [{listen: 80/http, forward: web}, {listen: 443/https}]\n"
OIDC = """
domain: x.example.com
protect: true
overrides:
  rule.443-a:
    leading_actions:
      - type: authenticate-cognito
        settings: {AuthenticateCognitoConfig: {UserPoolArn: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/a", UserPoolClientId: w, UserPoolDomain: e}}
"""  # noqa: E501


def with_rules(rules: str, more: str = "") -> str:
    """A spec with a listener for HTTP and these rules."""
    return f"{RULE}{more}listeners: [{{listen: 80/http, forward: web, rules: [{rules}]}}]\n"


CASES: Mapping[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "single-server": (
        (BASE + "targets: {instances: [i-0aaa], port: 80, health: /health}\n", "targets"),
        (BASE + TWO, BASE + "targets: {tag: app=web, port: 80, health: /health}\n"),
    ),
    "single-zone": (
        (NETWORK + "zones: [a]\n" + TWO.replace("/health", "{path: /health}"), "zones"),
        (BASE + TWO, BASE + "servers: {count: 2}\ntargets: {port: 80, health: /health}\n"),
    ),
    "no-health-page": (
        (BASE + "targets: {instances: [i-0aaa, i-0bbb], port: 8080}\n", "targets"),
        (BASE + TWO, BASE.replace("x", "y") + "targets: {tag: app=web, port: 80, protocol: http, health: /ok}\n"),
    ),
    "slow-health-check": (
        (BASE + TWO.replace("/health}", "{path: /health, every: 60s, unhealthy: 3}}"), "60s"),
        (BASE + TWO, BASE + TWO.replace("/health}", "{path: /health, every: 10s, unhealthy: 5}}")),
    ),
    "no-drain": ((BASE + TWO.replace("}", ", drain: 0s}"), "0s"), (BASE + TWO.replace("}", ", drain: 30s}"),)),
    "long-drain": ((BASE + TWO.replace("}", ", drain: 1h}"), "1h"), (BASE + TWO.replace("}", ", drain: 5m}"),)),
    "all-zones": (
        (BASE.replace("zones: [a, b]\n", "") + TWO, "x"),
        (
            BASE + TWO,
            BASE.replace("zones: [a, b]\n", "access: internal\n") + TWO,
            BASE.replace("zones: [a, b]\n", "") + "targets: {tag: app=web, port: 80, health: /health}\n",
        ),
    ),
    "no-deletion-protection": (
        (BASE + TWO + "domain: x.example.com\n", "x"),
        (BASE + TWO, BASE + TWO + "domain: x.example.com\nprotect: true\n"),
    ),
    "broad-take-over": (
        (BASE + TWO + "protect: true\ntake_over: true\ndomain: [a.example.com, b.example.com]\n", "true"),
        (BASE + TWO + "protect: true\ndomain: {name: a.example.com, take_over: true}\n",),
    ),
    "open-admin-path": (
        (with_rules("{name: a, path: [/x, /actuator/*], forward: web}"), "/actuator/*"),
        (
            with_rules("{name: a, path: /administer/*, forward: web}"),
            with_rules("{name: a, path: /admin/*, ip: 10.0.0.0/8, forward: web}"),
            with_rules("{name: a, path: /admin/*, respond: 403}"),
            with_rules("{name: a, path: /admin/*, forward: web}", "access: internal\n"),
            with_rules("{name: a, path: /admin/*, forward: web}", "allow: 10.0.0.0/8\n"),
            RULE
            + "listeners: [{listen: 443/https, rules: [{name: a, path: /admin/*, forward: web}]}]"
            + OIDC,
        ),
    ),
    "open-admin-port": (
        (SSH, "name"),
        (SSH + "allow: 10.0.0.0/8\n",),
    ),
    "old-tls": (
        (BASE + TWO + "protect: true\ndomain: x.example.com\ntls: compatible\n", "compatible"),
        (BASE + TWO + "protect: true\ndomain: x.example.com\ntls: modern\n",),
    ),
    "plain-http": (
        (RULE + BOTH, "web"),
        (BASE + TWO, BASE + TWO + "protect: true\ndomain: x.example.com\n"),
    ),
    "secret-in-spec": (
        (BASE + TWO + "tags: {api_key: 0123456789abcdef}\n", "0123456789abcdef"),
        (BASE + TWO + 'tags: {api_key: "${API_KEY}", secretary: Anna Smith, token_url: "https://x.example.com"}\n',),
    ),
    "unused-ignore": (
        (BASE + TWO + "lint: {ignore: {single-zone: only a test}}\n", "single-zone"),
        (BASE + TWO.replace("/health", "/") + "lint: {ignore: {no-health-page: the start page tests the database}}\n",),
    ),
}  # fmt: skip


def warnings(text: str) -> list[LintWarning]:
    """The warnings that the spec does not ignore."""
    (inspection,) = inspect_specs(read_documents(["-"], io.StringIO(text), {"API_KEY": "0123456789abcdef"}))
    return [warning for warning in inspection.warnings if not warning.ignored]


def test_every_rule_has_a_case():
    assert set(CASES) == set(NAMES) == {*RULES, "unused-ignore"}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_is_bad_at_its_place(name: str):
    (text, word), _ = CASES[name]
    (found,) = [warning for warning in warnings(text) if warning.rule == name]
    line = text.splitlines()[found.problem.line - 1]
    assert line[found.problem.column - 1 :].startswith(word), found.problem.text()
    assert found.problem.what.startswith(f"{name}: ")
    assert found.problem.hint


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (_, good) in CASES.items() for text in good])
def test_a_rule_is_silent_about_what_is_good(name: str, text: str):
    assert name not in [warning.rule for warning in warnings(text)]


def test_the_warnings_of_the_specs_of_the_project():
    """The specs are for a first try: they are destroyed afterwards, and nobody protects them."""
    found = inspect_specs(read_documents([str(Path(__file__).parents[2] / "specs")], None, {}))
    warned = {inspection.stack: [warning.rule for warning in inspection.warnings] for inspection in found}
    assert {rule for rules in warned.values() for rule in rules} == {"all-zones", "no-deletion-protection"}
    assert (warned["hello-http"], warned["fixed-ip"], warned["members"]) == (
        ["all-zones"],
        [],
        ["no-deletion-protection"],
    )


def test_a_stack_can_ignore_a_warning_of_one_resource():
    text = RULE.replace("health: /health}}", "health: /}, api: {instances: [i-0c, i-0d], port: 81, health: /}}")
    text += "listeners: [{listen: 80/http, forward: {web: 1, api: 1}}]\n"
    text += "lint: {ignore: {no-health-page target_group.api: the start page tests everything}}\n"
    assert [(warning.rule, warning.address) for warning in warnings(text)] == [("no-health-page", "target_group.web")]


@pytest.mark.parametrize(
    ("entry", "what"),
    [("single-sever: a test", "did you mean single-server?"), ('single-server: ""', "write why it does not concern")],
)
def test_an_ignored_warning_needs_a_name_and_a_reason(entry: str, what: str):
    (problem,) = problems(BASE + TWO.replace(", i-0bbb", "") + f"lint: {{ignore: {{{entry}}}}}\n")
    assert what in problem.hint


def test_a_warning_about_a_secret_does_not_show_it():
    script = "servers:\n  user_data: |\n    #!/bin/sh\n    export DB_PASSWORD=hunter2secret\n"
    text = BASE + script + "  count: 2\ntargets: {port: 80, health: /health}\ntags: {token: s3cr3t-value}\n"
    found = [warning.problem.text("do") for warning in warnings(text)]
    assert len(found) == 2
    assert all("hunter2secret" not in text and "s3cr3t-value" not in text for text in found)


def test_a_script_in_a_file_is_searched_too(tmp_path: Path):
    (tmp_path / "run.sh").write_text("mysql -h db --password=hunter2secret\n", encoding="utf-8")
    spec = tmp_path / "x.yaml"
    servers = "servers: {count: 2, user_data_file: run.sh}\ntargets: {port: 80, health: /health}\n"
    spec.write_text(BASE + servers, encoding="utf-8")
    (inspection,) = inspect_specs(read_documents([str(spec)], None, {}))
    (found,) = inspection.warnings
    assert (found.rule, found.problem.line) == ("secret-in-spec", 4)
    assert "hunter2" not in found.problem.text()


@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "", "an access key of AWS"),
        ("-----BEGIN RSA PRIVATE KEY-----", "", "a private key"),
        ("postgres://app:hunter2@db/x", "", "a password in a URL"),
        ("postgres://app:$PASSWORD@db/x", "", ""),
        ("PASSWORD=$(aws secretsmanager get-secret-value)", "", ""),
        ("export TOKEN=${TOKEN}", "", ""),
        ("x-api-key: 98234hjkads", "", "a password or token"),
        ("changeme", "db_password", "a password or token"),
        ("USE_EXISTING", "password", ""),
        ("token authentication works", "", ""),
    ],
)
def test_what_looks_like_a_secret(text: str, key: str, kind: str):
    assert kind_of_secret(text, key) == kind
