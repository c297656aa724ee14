"""A secret that somebody writes into a spec is refused, and no message repeats it."""

from __future__ import annotations

import pytest

from elbplan.errors import SpecProblem
from elbplan.spec.load import load_text
from elbplan.spec.yaml.sources import Source

SECRET = "hunter2-S3CRET"
LOGIN = "issuer: 'https://a.b', authorization: 'https://a.b/a', tokens: 'https://a.b/t', user_info: 'https://a.b/u'"
SPEC = f"""
name: x
domain: x.example.com
targets: {{tag: app=web}}
listeners:
  - listen: 443/https
    login: {{oidc: {{{LOGIN}, client_id: w, client_secret: %s}}}}
"""
LONG = """
name: x
domain: x.example.com
targets: {tag: app=web}
overrides: {listener.443: {leading_actions: [{type: authenticate-oidc, client_secret: %s}], colour: red}}
"""
AWS = """
name: x
domain: x.example.com
targets: {tag: app=web}
overrides:
  listener.443:
    leading_actions: [{type: authenticate-oidc, settings: {AuthenticateOidcConfig: {ClientSecret: %s}}}]
"""


def message(text: str, **env: str) -> str:
    with pytest.raises(SpecProblem) as caught:
        load_text(Source("web.yaml", text), env)
    return str(caught.value)


@pytest.mark.parametrize("spec", [SPEC, LONG, AWS], ids=["short form", "long form", "words of AWS"])
@pytest.mark.parametrize("secret", [SECRET, f"'{SECRET}'", f"vault:{SECRET}"])
def test_a_secret_in_a_spec_is_refused_and_not_repeated(spec: str, secret: str) -> None:
    text = message(spec % secret)
    assert SECRET not in text
    assert "client_secret" in text


@pytest.mark.parametrize("spec", [SPEC, LONG], ids=["short form", "long form"])
def test_a_variable_with_the_secret_is_refused_and_env_is_the_way(spec: str) -> None:
    text = message(spec % '"${OIDC_SECRET}"', OIDC_SECRET=SECRET)
    assert SECRET not in text
    assert "write env:" in text


def test_a_reference_that_is_wrong_is_shown() -> None:
    assert "ssm:web oidc" in message(SPEC % "'ssm:web oidc'")
