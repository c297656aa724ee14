"""Changes by others in the stack's resources: elbplan shows, repairs or ignores them, and never loses them silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from tests.sandbox.test_logins import COGNITO_LOGIN, OIDC, TOKEN_CHECK

from . import specs
from .migration_shell import PORT, REGION, WEB, MigrationShell
from .specs import API, NAMED
from .stage import Stage
from .test_drift import SPEC, ConsoleUser

LOGIN = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {**OIDC, "ClientSecret": "hunter2"}}
LOGINS = {"oidc": LOGIN, "cognito": COGNITO_LOGIN, "tokens": TOKEN_CHECK}
FORWARD_API = SPEC.replace("forward: web\n", "forward: {web: 50, api: 50}\n")


def targets(stage: Stage, group: str) -> dict[int, list[str]]:
    """Returns the registered targets of a group by port, without draining ones."""
    ids_by_port: dict[int, list[str]] = {}
    for description in stage.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]:
        if description["TargetHealth"]["State"] != "draining":
            ids_by_port.setdefault(description["Target"]["Port"], []).append(description["Target"]["Id"])
    return {port: sorted(ids) for port, ids in ids_by_port.items()}


@pytest.mark.parametrize("port", [22, 8081])
@pytest.mark.parametrize("move", [False, True], ids=["beside", "instead"])
def test_a_registration_on_another_port_goes_and_the_right_one_stays(stage: Stage, port: int, move: bool) -> None:
    stage.apply(specs.COURSE)
    hand = ConsoleUser(stage)
    right = targets(stage, hand.group["web"])
    wrong = [{"Id": id, "Port": port} for ids in right.values() for id in ids]
    hand.elb.register_targets(TargetGroupArn=hand.group["web"], Targets=wrong)
    if move:
        known = [{"Id": id, "Port": 80} for id in right[80]]
        hand.elb.deregister_targets(TargetGroupArn=hand.group["web"], Targets=known)
    plan = stage.plan(specs.COURSE)
    (change,) = plan.changes
    assert (str(change.address), change.fields) == ("targets.web", ("members",))
    assert str(port) in change.because
    assert plan.hazards == ()
    stage.apply(specs.COURSE, watch=() if move else [NAMED])
    assert targets(stage, hand.group["web"]) == right
    stage.destroy(specs.COURSE)


def login(hand: ConsoleUser, first: dict[str, Any], where: str) -> None:
    """Adds a login action to a listener or rule, outside elbplan."""
    if where == "listener":
        (description,) = hand.elb.describe_listeners(ListenerArns=[hand.listener[443]])["Listeners"]
        actions = [first, {**description["DefaultActions"][0], "Order": 2}]
        hand.elb.modify_listener(ListenerArn=hand.listener[443], DefaultActions=actions)
    else:
        (description,) = hand.elb.describe_rules(RuleArns=[hand.rule()])["Rules"]
        hand.elb.modify_rule(RuleArn=hand.rule(), Actions=[first, {**description["Actions"][0], "Order": 2}])


def actions(hand: ConsoleUser, where: str) -> list[str]:
    if where == "listener":
        (description,) = hand.elb.describe_listeners(ListenerArns=[hand.listener[443]])["Listeners"]
        return [action["Type"] for action in description["DefaultActions"]]
    (description,) = hand.elb.describe_rules(RuleArns=[hand.rule()])["Rules"]
    return [action["Type"] for action in description["Actions"]]


@pytest.mark.parametrize("where", ["listener", "rule"])
@pytest.mark.parametrize("kind", LOGINS)
def test_a_login_is_seen_and_goes_only_as_a_hazard(stage: Stage, kind: str, where: str) -> None:
    stage.apply(SPEC)
    hand = ConsoleUser(stage)
    login(hand, LOGINS[kind], where)
    plan = stage.plan(SPEC)
    assert [change.fields for change in plan.changes if change.action == "update"] == [("leading_actions",)]
    assert [hazard.name for hazard in plan.hazards] == ["login-removed"]
    assert LOGINS[kind]["Type"] in plan.hazards[0].text
    stage.apply(SPEC, watch=[NAMED, API])
    assert actions(hand, where) == ["forward"]
    stage.destroy(SPEC)


@pytest.mark.parametrize("where", ["listener", "rule"])
@pytest.mark.parametrize("kind", LOGINS)
def test_an_ignored_login_is_carried_along_by_every_change(stage: Stage, kind: str, where: str) -> None:
    ignore = "ignore: ['*.leading_actions']\n"
    stage.apply(SPEC + ignore)
    hand = ConsoleUser(stage)
    login(hand, LOGINS[kind], where)
    stage.assert_settled(SPEC + ignore)
    other_port = SPEC.replace("port: 80,", "port: 8081,").replace("port: 8080,", "port: 8082,") + ignore
    plan = stage.apply(other_port, watch=[NAMED, API])
    assert {"replace"} <= {change.action for change in plan.changes}
    assert "login-removed" not in {hazard.name for hazard in plan.hazards}
    sent = [call for call in stage.box.calls if call.action in ("ModifyListener", "ModifyRule")]
    for call in sent:
        given = call.params.get("DefaultActions") or call.params.get("Actions")
        assert given is None or len(given) in (1, 2)
    assert actions(hand, where) == [LOGINS[kind]["Type"], "forward"]
    stage.destroy(other_port)


def test_a_login_that_nobody_allowed_away_is_there_at_every_step_but_the_last(stage: Stage) -> None:
    """The weights change and the login is removed last."""
    stage.apply(SPEC)
    hand = ConsoleUser(stage)
    login(hand, LOGIN, "listener")
    seen: list[list[str]] = []
    plan = stage.plan(FORWARD_API)
    steps = [step.id for step in plan.steps if step.do == "update" and step.address.kind == "listener"]
    callbacks = {id: lambda: seen.append(actions(hand, "listener")) for id in steps}
    assert stage.run(plan, when_made=callbacks).complete
    assert len(steps) >= 2
    assert seen == [["authenticate-oidc", "forward"]] * (len(steps) - 1) + [["forward"]]
    stage.destroy(FORWARD_API)


def add_esp(hand: ConsoleUser) -> None:
    permission = {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "vpn"}]}
    hand.ec2.authorize_security_group_ingress(GroupId=hand.firewall, IpPermissions=[permission])


def add_peer(hand: ConsoleUser) -> None:
    stranger = {"Filters": [{"Name": "group-name", "Values": ["my-web"]}]}
    id = hand.ec2.describe_security_groups(**stranger)["SecurityGroups"][0]["GroupId"]
    peer = [{"GroupId": id, "UserId": "111122223333"}]
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": peer}
    hand.ec2.authorize_security_group_ingress(GroupId=hand.firewall, IpPermissions=[permission])


def add_ping(hand: ConsoleUser) -> None:
    permission = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    hand.ec2.authorize_security_group_ingress(GroupId=hand.firewall, IpPermissions=[permission])


def add_regex(hand: ConsoleUser) -> None:
    config = {"Values": ["/api/*"], "RegexValues": ["^/v[0-9]+/"]}
    hand.elb.modify_rule(RuleArn=hand.rule(), Conditions=[{"Field": "path-pattern", "PathPatternConfig": config}])


def only_regex(hand: ConsoleUser) -> None:
    config = {"RegexValues": ["^/v[0-9]+/"]}
    hand.elb.modify_rule(RuleArn=hand.rule(), Conditions=[{"Field": "path-pattern", "PathPatternConfig": config}])


def add_rewrite(hand: ConsoleUser) -> None:
    url = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/api/(.*)", "Replace": "/$1"}]}}
    hand.elb.modify_rule(RuleArn=hand.rule(), Transforms=[url])


ODD: dict[str, tuple[Callable[[ConsoleUser], None], str, str]] = {
    "a rule of protocol 50": (add_esp, "security_group.lb", "protocol 50"),
    "a group of another account": (add_peer, "security_group.lb", "22"),
    "a ping": (add_ping, "security_group.lb", "icmp"),
    "a regular expression beside a path": (add_regex, "rule.443-api", "^/v[0-9]+/"),
    "a regular expression instead": (only_regex, "rule.443-api", "^/v[0-9]+/"),
    "a rewrite": (add_rewrite, "rule.443-api", "url-rewrite"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_elbplan_would_not_write_is_shown_and_taken_away(stage: Stage, odd: str) -> None:
    change, address, words = ODD[odd]
    stage.apply(SPEC)
    change(ConsoleUser(stage))
    reasons = {str(one.address): one.because for one in stage.plan(SPEC).changes}
    assert set(reasons) == {address}
    assert words.split()[-1] in reasons[address]
    stage.apply(SPEC, watch=[NAMED, API])
    stage.destroy(SPEC)


@pytest.mark.parametrize("odd", ODD)
def test_it_does_not_stand_in_the_way_of_the_end(stage: Stage, odd: str) -> None:
    stage.apply(SPEC)
    ODD[odd][0](ConsoleUser(stage))
    stage.destroy(SPEC)


def test_a_further_certificate_stands_beside_the_domains_own(stage: Stage) -> None:
    stage.apply(SPEC)
    hand = ConsoleUser(stage)
    spare = stage.box.create_fixture("certificate", region=REGION, names=["spare.example.com"])
    more = SPEC.replace("listen: 443/https\n", f"listen: 443/https\n    certificates: ['{spare}']\n")
    plan = stage.apply(more, watch=[NAMED])
    assert plan.hazards == ()
    certificates = hand.elb.describe_listener_certificates(ListenerArn=hand.listener[443])["Certificates"]
    assert {certificate["IsDefault"] for certificate in certificates if certificate["CertificateArn"] == spare} == {
        False
    }
    assert len({certificate["CertificateArn"] for certificate in certificates}) == 2
    instead = more.replace("certificates:", "certificate:").replace(f"['{spare}']", f"'{spare}'")
    assert "certificate-invalid" in {hazard.name for hazard in stage.plan(instead).hazards}
    stage.destroy(more)


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def https(shell: MigrationShell) -> tuple[Any, dict[str, Any]]:
    elb = shell.box.client("elbv2", REGION)
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (https,) = [
        listener for listener in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if listener["Port"] == 443
    ]
    return elb, https


def with_login(shell: MigrationShell) -> None:
    elb, listener = https(shell)
    actions_ = [LOGIN, {**listener["DefaultActions"][0], "Order": 2}]
    elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=actions_)


def types(shell: MigrationShell) -> list[str]:
    return [action["Type"] for action in https(shell)[1]["DefaultActions"]]


def test_a_file_takes_no_login_away_that_it_does_not_speak_of(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    with_login(shell)
    shell.write("web.yaml", PORT)
    shell.save("app_on_8080")
    refused = shell.apply()
    assert refused.code == 5, refused.err
    assert types(shell) == ["authenticate-oidc", "forward"]


def test_putting_back_what_was_changed_by_hand_opens_nothing_unless_it_is_allowed(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    with_login(shell)
    refused = shell.apply("--revert-drift")
    assert (refused.code, "login-removed" in refused.err) == (5, True), refused.err
    assert types(shell) == ["authenticate-oidc", "forward"]
    assert shell.apply("--revert-drift", "--allow", "login-removed").code == 0
    assert types(shell) == ["forward"]


def test_a_file_carries_an_ignored_login_along(shell: MigrationShell) -> None:
    ignore = "ignore: [listener.443.leading_actions]\n"
    shell.write("web.yaml", WEB + ignore)
    shell.save("first")
    assert shell.apply().code == 0
    with_login(shell)
    shell.write("web.yaml", PORT + ignore)
    saved = shell.save("app_on_8080")
    assert saved.code == 0, saved.err
    assert "authenticate" not in shell.file("0002_app_on_8080.yaml").read_text()
    applied = shell.apply()
    assert applied.code == 0, applied.err
    assert types(shell) == ["authenticate-oidc", "forward"]


def test_without_files_apply_refuses_to_open_what_a_login_guards(shell: MigrationShell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    with_login(shell)
    refused = shell.run("apply", shell.spec, "--yes")
    assert (refused.code, "login-removed" in refused.err) == (5, True), refused.err
    assert types(shell) == ["authenticate-oidc", "forward"]
    assert "authenticate-oidc" in shell.run("plan", shell.spec).out
    status = shell.run("status", shell.spec).out
    assert "listener 443: OIDC login at id.example.com is not in the spec" in status, status
    allowed = shell.run("apply", shell.spec, "--yes", "--allow", "login-removed")
    assert allowed.code == 0, allowed.err
    assert types(shell) == ["forward"]


def test_a_login_that_was_made_by_hand_can_be_kept_in_the_spec(shell: MigrationShell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    with_login(shell)
    adopted = shell.run("accept-drift", shell.spec, "--write")
    assert adopted.code == 0, adopted.err
    assert "hunter2" not in (shell.folder / "web.yaml").read_text()
    assert "Nothing to do" in shell.run("plan", shell.spec).out
    assert shell.run("apply", shell.spec, "--yes").code == 0
    assert types(shell) == ["authenticate-oidc", "forward"]
