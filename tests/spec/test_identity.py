"""`account:`, `profile:` and `role:`: where a stack is, and whose credentials elbplan uses."""

from __future__ import annotations

import pytest

from elbplan.core.identity import Identity
from elbplan.errors import SpecProblem
from elbplan.spec.export.text import expand_text

from .kit import stacks

REST = "targets: {port: 80, instances: [i-0aaa]}\nzones: [a, c]\n"
ROLE = "arn:aws:iam::210987654321:role/team/deploy"


def identity_of(lines: str) -> Identity:
    (stack,) = stacks(f"name: web\n{lines}\n{REST}")
    return stack.identity


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", Identity()),
        ("profile: prod", Identity("prod")),
        ("profile: my prod-1", Identity("my prod-1")),
        (f"role: {ROLE}", Identity(role=ROLE)),
        (f"role: {{arn: '{ROLE}', external_id: 1234}}", Identity(role=ROLE, external_id="1234")),
        (f"profile: prod\nrole: {{arn: '{ROLE}'}}", Identity("prod", ROLE)),
        ("role: arn:aws-cn:iam::210987654321:role/x", Identity(role="arn:aws-cn:iam::210987654321:role/x")),
    ],
)
def test_the_credentials_of_a_stack(lines: str, expected: Identity) -> None:
    assert identity_of(lines) == expected


def test_the_account_of_a_role() -> None:
    assert identity_of(f"role: {ROLE}").role_account == "210987654321"
    assert identity_of("profile: prod").role_account == ""


@pytest.mark.parametrize(
    ("lines", "what", "hint"),
    [
        ("role: deploy", '"deploy" is not the ARN of a role', "write the ARN of an IAM role"),
        ("role: arn:aws:iam::210987654321:user/ann", "is not the ARN of a role", "arn:aws:iam::"),
        ("role: arn:aws:iam::21098765432:role/x", "is not the ARN of a role", "arn:aws:iam::"),
        (f"role: {{arn: '{ROLE}', external_id: x}}", '"x" is not an external id', "2 to 1224"),
        ("role: {external_id: abc}", "arn is missing", ""),
        ("profile: ' '", "is not the name of a profile", "~/.aws/config"),
        ("profile: '[prod]'", "is not the name of a profile", "aws configure list-profiles"),
        (f"account: 111111111111\nrole: {ROLE}", "belongs to account 210987654321, and the stack to", "correct one"),
    ],
)
def test_wrong_credentials_are_problems_with_a_place(lines: str, what: str, hint: str) -> None:
    with pytest.raises(SpecProblem) as raised:
        identity_of(lines)
    (problem,) = raised.value.problems
    assert what in problem.what
    assert hint in problem.hint
    assert problem.line == len(lines.splitlines()) + 1


def test_credentials_do_not_change_the_hash_of_the_spec() -> None:
    hashes = {stacks(f"name: web\n{lines}\n{REST}")[0].spec_hash for lines in ("", "profile: a", f"role: {ROLE}")}
    assert len(hashes) == 1


@pytest.mark.parametrize("role", [f"'{ROLE}'", f"{{arn: '{ROLE}', external_id: abc}}"])
def test_expand_keeps_them(role: str) -> None:
    short = stacks(f"name: web\nprofile: prod\naccount: 210987654321\nrole: {role}\n{REST}")
    assert stacks(expand_text(short))[0].identity == short[0].identity
