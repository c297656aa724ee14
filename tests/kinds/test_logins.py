"""What stands in front of a route: read whole, carried along by every write, and dropped last."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from elbplan.core.address import AwsId
from elbplan.core.change import Change, Diff
from elbplan.core.resource import differing_fields, plain
from elbplan.kinds import listener as listeners
from elbplan.kinds import rule as rules
from elbplan.kinds.aws.actions import actions_from_aws, actions_to_aws
from elbplan.kinds.aws.login_actions import OidcLogin
from elbplan.kinds.aws.token_checks import TokenCheck
from elbplan.kinds.protections import protections, uncreatable_protections

from .kit import GROUP, LISTENER, OTHER, RULE, at, play
from .test_listener import https, to
from .test_rule import rule

CONFIG = {
    "Issuer": "https://id.example.com",
    "AuthorizationEndpoint": "https://id.example.com/a",
    "TokenEndpoint": "https://id.example.com/t",
    "UserInfoEndpoint": "https://id.example.com/u",
    "ClientId": "web",
}
OIDC = OidcLogin.model_validate({"type": "authenticate-oidc", "settings": {"AuthenticateOidcConfig": CONFIG}})
TOKENS = TokenCheck(issuer="a", jwks_endpoint="https://id.example.com/j")
FORWARD = {"Type": "forward", "TargetGroupArn": GROUP}


def test_all_actions_are_read_in_awss_order_and_sent_back_with_the_secret_that_aws_keeps():
    told = [
        {**FORWARD, "Order": 2},
        {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {**CONFIG, "Scope": "openid"}},
    ]
    leading, final = actions_from_aws(told)
    assert (leading, final) == ((OIDC,), to())
    assert actions_to_aws(leading, final, lambda ref: ref.value) == [
        {
            "Type": "authenticate-oidc",
            "Order": 1,
            "AuthenticateOidcConfig": {**CONFIG, "UseExistingClientSecret": True},
        },
        {**FORWARD, "Order": 2},
    ]


def test_a_lone_action_has_no_order():
    assert actions_to_aws((), to(), lambda ref: ref.value) == [FORWARD]


def test_what_aws_fills_in_by_itself_is_no_difference():
    usual = {"Scope": "openid", "SessionTimeout": 604800, "AuthenticationRequestExtraParams": {}}
    filled = OidcLogin.model_validate(
        {"type": "authenticate-oidc", "settings": {"AuthenticateOidcConfig": {**CONFIG, **usual}}}
    )
    assert filled == OIDC


def test_a_secret_is_refused_in_a_spec():
    with pytest.raises(ValidationError, match="does not belong here"):
        OidcLogin.model_validate(
            {"type": "authenticate-oidc", "settings": {"AuthenticateOidcConfig": {**CONFIG, "ClientSecret": "x"}}}
        )


def types(step):
    return [action.type for action in step.leading_actions]


@pytest.mark.parametrize(("kind", "made"), [(listeners, https), (rules, rule)], ids=["listener", "rule"])
def test_a_login_goes_in_the_last_step_and_comes_with_the_switch(kind, made):
    without, with_login = made(action=to(OTHER)), made(action=to(), leading_actions=(OIDC,))
    leaving = kind.KIND.update_path(with_login, without, {AwsId(GROUP)})
    assert [phase for phase, _ in leaving] == ["expand", "switch", "contract"]
    assert [types(step) for _, step in leaving] == [["authenticate-oidc"], ["authenticate-oidc"], []]
    assert leaving[-1][1] == without
    coming = kind.KIND.update_path(made(action=to(OTHER)), with_login, {AwsId(OTHER)})
    assert [types(step) for _, step in coming] == [[], ["authenticate-oidc"], ["authenticate-oidc"]]


@pytest.mark.parametrize(("kind", "made"), [(listeners, https), (rules, rule)], ids=["listener", "rule"])
def test_a_login_alone_goes_in_one_step(kind, made):
    (_, same), (phase, gone) = kind.KIND.update_path(made(leading_actions=(TOKENS,)), made(), {AwsId(GROUP)})
    assert (same, phase, gone) == (made(leading_actions=(TOKENS,)), "contract", made())


def test_every_write_of_a_listener_carries_its_login_along():
    before, after = https(leading_actions=(OIDC,)), https(action=to(OTHER), leading_actions=(OIDC,))
    calls, _ = play(listeners.KIND.update(before, after, at(listeners.KIND, id=LISTENER)))
    (call,) = calls
    assert [action["Type"] for action in call.params["DefaultActions"]] == ["authenticate-oidc", "forward"]
    assert call.params["DefaultActions"][0]["AuthenticateOidcConfig"]["UseExistingClientSecret"] is True


def test_every_write_of_a_rule_carries_its_login_and_rewrites_along():
    rewrite = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/"}]}}
    before = rule(leading_actions=(TOKENS,), transforms=(rewrite,))
    after = rule(action=to(OTHER), leading_actions=(TOKENS,), transforms=(rewrite,))
    (call,), _ = play(rules.KIND.update(before, after, at(rules.KIND, id=RULE)))
    assert [action["Type"] for action in call.params["Actions"]] == ["jwt-validation", "forward"]
    assert not {"Transforms", "ResetTransforms"} & set(call.params)
    (call,), _ = play(
        rules.KIND.update(after, rule(action=to(OTHER), leading_actions=(TOKENS,)), at(rules.KIND, id=RULE))
    )
    assert call.params == {"RuleArn": RULE, "ResetTransforms": True}


def test_rewrites_in_another_order_are_the_same():
    url = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/"}]}}
    host = {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]}}
    assert rule(transforms=(url, host)) == rule(transforms=(host, url))


def test_another_setting_of_a_listener_leaves_its_actions_alone():
    before = https(leading_actions=(OIDC,), ssl_policy="ELBSecurityPolicy-2016-08")
    after = before.model_copy(update={"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"})
    (call,), _ = play(listeners.KIND.update(before, after, at(listeners.KIND, id=LISTENER)))
    assert "DefaultActions" not in call.params


def test_client_certificates_are_switched_off_by_a_mode():
    raw = {"Mode": "verify", "TrustStoreArn": "arn:aws:elasticloadbalancing:store"}
    before = https(mutual_authentication={**raw, "TrustStoreAssociationStatus": "x"})
    assert plain(before, hashing=True)["mutual_authentication"] == raw
    calls, _ = play(listeners.KIND.update(before, https(), at(listeners.KIND, id=LISTENER)))
    assert [call.params["MutualAuthentication"] for call in calls] == [{"Mode": "off"}]


def test_no_client_certificates_are_none_however_aws_says_so():
    off = https(mutual_authentication={"Mode": "off", "IgnoreClientCertificateExpiry": False})
    assert differing_fields(https(), off) == ()


def test_a_login_that_lets_everybody_pass_protects_nothing():
    config = {"AuthenticateOidcConfig": {**CONFIG, "OnUnauthenticatedRequest": "allow"}}
    open_ = OidcLogin.model_validate({"settings": config})
    assert protections(https(leading_actions=(OIDC,))) == {"authenticate-oidc"}
    assert protections(https(leading_actions=(open_,))) == frozenset()


@pytest.mark.parametrize(("first", "refusals"), [(OIDC, 1), (TOKENS, 0)], ids=["oidc", "tokens"])
def test_a_login_whose_secret_nobody_tells_cannot_be_made_anew(first, refusals):
    address = at(listeners.KIND, "443").address
    change = Change("replace", address, https(), https(leading_actions=(first,)), None)
    assert len(list(uncreatable_protections(Diff([change], {})))) == refusals
    change = Change("update", address, https(leading_actions=(first,)), https(leading_actions=(first,)), None)
    assert list(uncreatable_protections(Diff([change], {}))) == []


def test_what_says_nothing_leaves_the_hashes_of_older_files_as_they_are():
    told = {**plain(https()), **plain(rule())}
    assert not {"leading_actions", "mutual_authentication", "transforms"} & set(told)
    assert set(told["conditions"][0]) == {"field", "values", "name"}
    assert plain(https(leading_actions=(TOKENS,)))["leading_actions"][0]["type"] == "jwt-validation"
