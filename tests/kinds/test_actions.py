"""Actions and conditions: whatever AWS adds to what was sent, equal meanings are equal objects."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from elbplan.core.address import AwsId
from elbplan.kinds.aws.action_transitions import action_path, attaching_action, draining_action, not_attachable
from elbplan.kinds.aws.actions import (
    Forward,
    Redirect,
    Respond,
    WeightedGroup,
    from_aws,
    groups_of,
    to_aws,
)
from elbplan.kinds.aws.conditions import Condition, condition_from_aws, condition_to_aws
from elbplan.kinds.aws.leading_actions import OtherAction

from .kit import GROUP, OTHER

WEB, API = AwsId(GROUP), AwsId(OTHER)
HTTPS = Redirect(protocol="HTTPS", port="443")


def forward(*groups, **rest):
    shares = [WeightedGroup(group=g, weight=w) for g, w in (g if isinstance(g, tuple) else (g, 1) for g in groups)]
    return Forward(groups=tuple(shares), **rest)


@pytest.mark.parametrize(
    "raw",
    [
        {"Type": "forward", "TargetGroupArn": GROUP},
        {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP}]}},
        {
            "Type": "forward",
            "Order": 1,
            "TargetGroupArn": GROUP,
            "ForwardConfig": {
                "TargetGroups": [{"TargetGroupArn": GROUP, "Weight": 1}],
                "TargetGroupStickinessConfig": {"Enabled": False},
            },
        },
        {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP, "Weight": 100}]}},
    ],
)
def test_a_forward_to_one_group_is_the_same_however_aws_writes_it(raw):
    assert from_aws(raw) == forward(WEB)


def test_the_order_of_groups_means_nothing_and_their_weights_do():
    assert forward((WEB, 1), (API, 9)) == forward((API, 9), (WEB, 1)) != forward((WEB, 9), (API, 1))


def test_stickiness_that_is_off_has_no_duration():
    config = {"TargetGroups": [{"TargetGroupArn": GROUP}, {"TargetGroupArn": OTHER}]}
    off = {**config, "TargetGroupStickinessConfig": {"Enabled": False, "DurationSeconds": 60}}
    on = {**config, "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}
    assert from_aws({"Type": "forward", "ForwardConfig": off}).sticky is None
    assert from_aws({"Type": "forward", "ForwardConfig": on}).sticky == 60


@pytest.mark.parametrize(
    "config",
    [
        {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
        {
            "Protocol": "HTTPS",
            "Port": "443",
            "Host": "#{host}",
            "Path": "/#{path}",
            "Query": "#{query}",
            "StatusCode": "HTTP_301",
        },
    ],
)
def test_a_redirect_that_keeps_the_rest_is_the_same_said_or_unsaid(config):
    assert from_aws({"Type": "redirect", "RedirectConfig": config}) == HTTPS


def test_a_redirect_may_drop_the_query():
    config = {"Protocol": "HTTPS", "Port": "443", "Query": "", "StatusCode": "HTTP_302"}
    assert from_aws({"Type": "redirect", "RedirectConfig": config}) == HTTPS.model_copy(
        update={"query": "", "code": 302}
    )


def test_ports_and_status_codes_are_the_same_as_numbers_and_as_text():
    assert Redirect(port=443) == Redirect(port="443")
    assert Respond(status=404) == Respond(status="404")


def test_a_fixed_answer_without_text_is_plain():
    raw = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    assert from_aws(raw) == Respond(status="404")


def test_an_action_of_another_type_stays_in_awss_own_words():
    assert from_aws({"Type": "teleport", "TeleportConfig": {"To": "Mars"}}) == OtherAction(
        type="teleport", settings={"TeleportConfig": {"To": "Mars"}}
    )


@pytest.mark.parametrize(
    "action",
    [
        forward(WEB),
        forward((WEB, 90), (API, 10), sticky=3600),
        forward((WEB, 1), (API, 0)),
        HTTPS,
        Redirect(host="example.com", path="/new", query="", code=302),
        Respond(status=503, body="soon", content_type="text/html"),
    ],
)
def test_what_is_sent_reads_back_as_what_was_meant(action):
    assert from_aws(to_aws(action, lambda ref: ref.value)) == action


def test_a_lone_group_goes_by_its_arn_and_several_or_a_sticky_one_by_the_whole_configuration():
    arn = lambda ref: ref.value  # noqa: E731
    assert to_aws(forward(WEB), arn) == {"Type": "forward", "TargetGroupArn": GROUP}
    sticky = to_aws(forward(WEB, sticky=60), arn)
    assert sticky["TargetGroupArn"] == GROUP
    assert sticky["ForwardConfig"]["TargetGroupStickinessConfig"] == {"Enabled": True, "DurationSeconds": 60}
    assert [g["TargetGroupArn"] for g in sticky["ForwardConfig"]["TargetGroups"]] == [GROUP]
    assert "TargetGroupArn" not in to_aws(forward((WEB, 1), (API, 0)), arn)


@pytest.mark.parametrize("config", [{}, {"ForwardConfig": {}}, {"ForwardConfig": {"TargetGroups": []}}])
def test_a_forward_to_nobody_is_told_as_it_is(config):
    assert from_aws({"Type": "forward", **config}) == OtherAction(type="forward", settings=config)


def condition(field, *values, **rest):
    return Condition(field=field, values=values, **rest)


CONDITIONS = [
    condition("host-header", "a.example.com", "*.example.com"),
    condition("path-pattern", "/api/*"),
    condition("http-request-method", "GET", "POST"),
    condition("http-header", "1", name="X-Beta"),
    condition("query-string", "flag=a", "b"),
    condition("source-ip", "10.0.0.0/8"),
    condition("host-header", "a.example.com", regex=("^b[0-9]+$",)),
    condition("http-header", name="X-Beta", regex=("^(1|2)$",)),
]


@pytest.mark.parametrize("wanted", CONDITIONS, ids=lambda c: c.field)
def test_a_condition_reads_back_as_it_was_sent(wanted):
    assert condition_from_aws(condition_to_aws(wanted)) == wanted


@pytest.mark.parametrize("field", ["host-header", "path-pattern"])
def test_values_of_the_old_and_of_the_new_spelling_are_one(field):
    new = condition_to_aws(condition(field, "/a", "/b"))
    both = {**new, "Values": ["/b", "/a"]}
    old = {"Field": field, "Values": ["/b", "/a"]}
    assert condition_from_aws(old) == condition_from_aws(new) == condition_from_aws(both)


def test_values_are_a_set_and_hosts_know_no_case():
    assert condition("path-pattern", "/b", "/a", "/b") == condition("path-pattern", "/a", "/b")
    assert condition("host-header", "WWW.Example.com") == condition("host-header", "www.example.com")
    assert condition("path-pattern", "/A") != condition("path-pattern", "/a")


def test_a_new_group_is_attached_at_weight_0_before_it_is_switched_to():
    attach, switch, let_go = action_path(forward(WEB), forward(API), {WEB})
    assert attach == ("expand", forward((WEB, 1), (API, 0)))
    assert switch == ("switch", forward((API, 1), (WEB, 0)))
    assert let_go == ("contract", forward(API))


def test_a_group_that_carries_traffic_already_needs_no_attaching():
    assert attaching_action(forward(WEB), forward(API), {WEB, API}) is None
    assert [phase for phase, _ in action_path(forward(WEB), forward(API), {WEB, API})] == ["switch", "contract"]


def test_from_a_redirect_to_a_group_there_is_nothing_to_attach_it_to():
    assert action_path(HTTPS, forward(WEB), set()) == [("switch", forward(WEB))]
    assert not_attachable(HTTPS, forward(WEB), set()) == [WEB]


def test_a_full_forward_takes_no_sixth_group():
    five = [AwsId(f"{GROUP}{number}") for number in range(5)]
    assert attaching_action(forward(*five), forward(WEB), set(five)) is None
    assert draining_action(forward(WEB), forward(*five)) is None
    assert not_attachable(forward(*five), forward(WEB), set(five)) == [WEB]
    with pytest.raises(ValidationError):
        forward(*five, WEB)


def test_a_sticky_group_is_never_beside_another_without_group_stickiness():
    for sticky in (WEB, API):
        assert action_path(forward(WEB), forward(API), {WEB}, {sticky}) == [("switch", forward(API))]
        assert not_attachable(forward(WEB), forward(API), {WEB}, {sticky}) == [API]
    path = action_path(forward(WEB, sticky=60), forward(API), {WEB}, {WEB})
    assert path == [("expand", forward((WEB, 1), (API, 0), sticky=60)), ("switch", forward(API))]


def test_an_attached_group_counts_even_at_weight_0():
    assert groups_of(forward((WEB, 1), (API, 0))) == (API, WEB)
    assert groups_of(HTTPS) == ()
