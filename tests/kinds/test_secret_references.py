"""References to secrets: read in the moment of the write, shown only as references."""

from __future__ import annotations

import json

import pytest

from elbplan.core.fingerprint import fingerprint
from elbplan.core.resource import plain
from elbplan.errors import ElbplanError
from elbplan.kinds import KINDS
from elbplan.kinds import rule as rules
from elbplan.kinds.aws.leading_actions import OtherAction, secret_tags
from elbplan.kinds.aws.login_actions import OidcLogin
from elbplan.kinds.aws.secret_references import SecretReference, secret_value
from elbplan.kinds.aws.token_checks import TokenCheck

from .kit import RULE, at, operations, play
from .test_logins import CONFIG, OIDC
from .test_rule import rule

SECRET = "hunter2-S3CRET"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ssm:/web/oidc", ("ssm", "/web/oidc", "", "")),
        ("ssm:oidc:3", ("ssm", "oidc", "", ":3")),
        ("secretsmanager:web/oidc", ("secretsmanager", "web/oidc", "", "")),
        ("secretsmanager:a@b=c#key", ("secretsmanager", "a@b=c", "key", "")),
        ("env:OIDC_SECRET", ("env", "OIDC_SECRET", "", "")),
    ],
)
def test_a_reference_is_read_and_written_back(text: str, parts: tuple[str, ...]) -> None:
    reference = SecretReference.parse(text)
    assert (reference.store, reference.name, reference.key, reference.version) == parts
    assert str(reference) == text


@pytest.mark.parametrize("text", ["hunter2", "ssm:", "ssm:a b", "env:1", "env:A-B", "vault:x", "secretsmanager:a#", ""])
def test_what_is_no_reference_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="is not a reference to a secret") as caught:
        SecretReference.parse(text)
    assert text == "" or f" {text} " not in f" {caught.value} "


ANSWERS = {
    "GetParameter": {"Parameter": {"Value": SECRET}},
    "GetVariable": {"Value": SECRET},
    "GetSecretValue": {"SecretString": json.dumps({"client": SECRET})},
}


def with_secret(reference: str, version: str | None = None) -> OidcLogin:
    return OidcLogin.model_validate({**OIDC.__dict__, "client_secret": reference, "client_secret_version": version})


@pytest.mark.parametrize(
    ("reference", "read_by"),
    [
        ("ssm:/web/oidc", ["GetParameter"]),
        ("secretsmanager:web#client", ["GetSecretValue"]),
        ("env:OIDC", ["GetVariable"]),
    ],
)
def test_a_create_reads_the_secret_and_sends_it_at_once(reference: str, read_by: list[str]) -> None:
    place = at(rules.KIND)
    new = rule(leading_actions=(with_secret(reference),))
    calls, _ = play(rules.KIND.create(new, place), {**ANSWERS, "CreateRule": {"Rules": [{"RuleArn": RULE}]}})
    assert operations(calls) == [*read_by, "CreateRule"]
    config = calls[-1].params["Actions"][0]["AuthenticateOidcConfig"]
    assert (config["ClientSecret"], "UseExistingClientSecret" in config) == (SECRET, False)
    assert SECRET not in repr(calls)
    assert SECRET not in repr(new)


@pytest.mark.parametrize(("value", "what"), [("", "has no value"), (f"{SECRET}\n", "a space or a line break")])
def test_a_value_that_cannot_be_right_is_refused(value: str, what: str) -> None:
    with pytest.raises(ElbplanError, match=what) as caught:
        play(secret_value("env:OIDC"), {"GetVariable": {"Value": value}})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["no json", "[]", '{"client": 5}', "{}"])
def test_a_key_that_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(ElbplanError, match="has no text with the key client"):
        play(secret_value("secretsmanager:web#client"), {"GetSecretValue": {"SecretString": text}})


@pytest.mark.parametrize("version", [None, "2"])
@pytest.mark.parametrize("reference", ["ssm:/web/oidc:3", "secretsmanager:web/oidc#key", "env:OIDC"])
def test_the_tag_remembers_the_reference(reference: str, version: str | None) -> None:
    login = with_secret(reference, version)
    raw = {
        "RuleArn": RULE, "Priority": "1", "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}],
        "Actions": [{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": CONFIG},
                    {"Type": "fixed-response", "Order": 2, "FixedResponseConfig": {"StatusCode": "404"}}],
    }  # fmt: skip
    (tag,) = secret_tags((login,)).items()
    assert len(tag[1]) <= 256
    found = rules._live(at(rules.KIND).address, "arn", raw, dict([tag]))
    assert found.model.leading_actions == (login,)


def test_hashes_are_those_of_earlier_files() -> None:
    """A migration of an earlier version has the actions in AWS's form, and its fingerprint stays."""
    tokens = {"Issuer": "a", "JwksEndpoint": "https://id.example.com/j"}
    typed = (OIDC, TokenCheck.model_validate({"settings": {"JwtValidationConfig": tokens}}))
    raw = (
        OtherAction(type="authenticate-oidc", settings={"AuthenticateOidcConfig": CONFIG}),
        OtherAction(type="jwt-validation", settings={"JwtValidationConfig": tokens}),
    )
    assert [plain(action, hashing=True) for action in typed] == [plain(action, hashing=True) for action in raw]
    address = at(rules.KIND).address
    states = [{address: rule(leading_actions=actions)} for actions in (typed, raw)]
    assert fingerprint(states[0], KINDS).text == fingerprint(states[1], KINDS).text
    assert fingerprint({address: rule(leading_actions=(with_secret("env:A"),))}, KINDS) != fingerprint(states[0], KINDS)
