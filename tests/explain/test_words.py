"""`elbplan explain` knows every word that the code can show, and each explanation fits a screen."""

from __future__ import annotations

import botocore.session
import pytest

from elbplan.cli.errors import SEVERITY
from elbplan.core.hazard import HAZARDS
from elbplan.explain import target_health
from elbplan.explain.words import EXPLANATIONS, find, nearest
from elbplan.kinds.aws.certificate_gates import CAUSES as CERTIFICATE_CAUSES
from elbplan.kinds.aws.response_codes import FIXES
from elbplan.kinds.aws.target_health import CAUSES
from elbplan.kinds.quotas import REACHED
from elbplan.live.denials import NOT_SUBSCRIBED, WRONG_CREDENTIALS
from elbplan.live.errors import EXPIRED, HINTS, HINTS_OF_OPERATION
from elbplan.live.pacing import THROTTLED
from elbplan.render.explain import explanation_screen
from elbplan.render.style import Style
from elbplan.spec.lint.names import RULES as WARNINGS

from . import code_words

MADE_BY_A_BALANCER = [
    "000", "400", "401", "403", "405", "408", "413", "414", "460", "463", "464", "500", "501", "502", "503", "504",
    "505", "507", "561", "562",
]  # fmt: skip
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""


def in_group(word: str) -> str:
    explanation = find(word)
    assert explanation is not None, f"elbplan explain {word} knows nothing"
    return explanation.group


def elbv2_enum(member: str) -> list[str]:
    shape = botocore.session.Session().get_service_model("elbv2").shape_for("TargetHealth")
    return list(shape.members[member].enum)


@pytest.mark.parametrize("reason", elbv2_enum("Reason"))
def test_every_reason_of_target_health(reason: str) -> None:
    assert in_group(reason) == target_health.GROUP


@pytest.mark.parametrize("state", elbv2_enum("State"))
def test_every_state_of_a_target(state: str) -> None:
    assert in_group(state) == target_health.STATES


def test_no_reason_is_invented() -> None:
    assert set(CAUSES) == set(elbv2_enum("Reason"))


@pytest.mark.parametrize("code", MADE_BY_A_BALANCER)
def test_every_code_that_a_load_balancer_makes(code: str) -> None:
    assert in_group(code) == "codes of a load balancer"


@pytest.mark.parametrize("code", FIXES)
def test_every_code_of_a_health_check(code: str) -> None:
    explanation = find(code)
    assert explanation is not None
    fix = FIXES[code].format(code=code, other="health: to a page that exists")
    assert any(fix in text for text in (*explanation.causes, *explanation.do))


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_hazard(hazard: str) -> None:
    assert in_group(hazard) == "hazards"


@pytest.mark.parametrize("code", sorted({*map(str, SEVERITY), *code_words.documented_exit_codes()}, key=int))
def test_every_exit_code(code: str) -> None:
    assert in_group(code) == in_group(f"exit {code}") == "exit codes"


@pytest.mark.parametrize(("name", "code"), sorted(code_words.error_classes().items()))
def test_every_class_of_errors_with_its_exit_code(name: str, code: int) -> None:
    assert in_group(name) == "errors of elbplan"
    explanation = find(name)
    assert explanation is not None
    assert f"exit code {code}: elbplan explain exit {code}" in explanation.see[0]


@pytest.mark.parametrize("name", sorted(code_words.lint_findings()))
def test_every_finding_of_lint(name: str) -> None:
    assert in_group(name) == "findings of lint"


@pytest.mark.parametrize("name", WARNINGS)
def test_every_warning_about_a_spec(name: str) -> None:
    assert in_group(name) == "warnings about specs"


KNOWN_CODES = {
    *HINTS, *(code for code, _ in HINTS_OF_OPERATION), *REACHED, *EXPIRED, *WRONG_CREDENTIALS, *NOT_SUBSCRIBED,
    *THROTTLED, *code_words.made_codes(), *code_words.awaited_codes(),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(KNOWN_CODES))
def test_every_error_code_that_elbplan_knows(code: str) -> None:
    assert in_group(code) == "error codes"


@pytest.mark.parametrize("reason", CERTIFICATE_CAUSES)
def test_every_reason_why_a_certificate_is_not_issued(reason: str) -> None:
    assert in_group(reason) == "certificates"
    explanation = find(reason)
    assert explanation is not None
    assert CERTIFICATE_CAUSES[reason].text in explanation.means


@pytest.mark.parametrize("word", [word for explanation in EXPLANATIONS for word in explanation.words])
def test_each_explanation_fits_a_screen(word: str) -> None:
    explanation = find(word)
    assert explanation is not None
    lines = [line.plain for line in explanation_screen(explanation, word, Style(80))]
    assert len(lines) < 24
    assert not [line for line in lines if len(line) > 80 and not line.strip().startswith("https://")]
    assert explanation.means.endswith(".")
    assert explanation.do or explanation.see, f"{word}: nothing to do, nothing to see"


def test_no_word_has_two_explanations() -> None:
    words = [word.lower() for explanation in EXPLANATIONS for word in explanation.words]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("reason", CAUSES)
def test_the_texts_are_those_of_every_other_screen(reason: str) -> None:
    explanation = find(reason)
    assert explanation is not None
    text = target_health.filled(CAUSES[reason].text, target_health.WORDS)
    assert explanation.means.lower() == f"{text}.".lower()
    if CAUSES[reason].fix:
        assert explanation.do[0] == target_health.filled(CAUSES[reason].fix, target_health.WORDS)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("Target.Timeot", "Target.Timeout"),
        ("timeout", "Target.Timeout"),
        ("target-unverified", "targets-unverified"),
        ("refusd", "Refused"),
        ("exit5", "exit 5"),
        ("qwertzuiop", None),
    ],
)
def test_a_mistyped_word(typed: str, known: str | None) -> None:
    assert find(typed) is None
    assert nearest(typed) == known
