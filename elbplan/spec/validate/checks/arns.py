"""Checks ARNs that are texts of the spec, not references: functions and load balancers as targets, and secrets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (same account and region)
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html (same VPC)
https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (FunctionName: 64 characters)
"""

from __future__ import annotations

from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.leading_actions import oidc_of
from .subject import Subject

LONGEST_FUNCTION = 64
PARTS = 7
"""arn:PARTITION:SERVICE:REGION:ACCOUNT:TYPE:NAME"""


def check(subject: Subject) -> None:
    """Reports ARNs of another region or account, and names of functions that are too long."""
    for address, targets in subject.of("targets"):
        for member in targets.members:
            for what, hint in _target(subject, member.address or ""):
                subject.problem(address, ("members",), what, hint, near=member.address)
    for address, resource in (*subject.of("listener"), *subject.of("rule")):
        _secret(subject, address, resource.leading_actions)


def _target(subject: Subject, text: str) -> Iterator[tuple[str, str]]:
    parts = text.split(":")
    if parts[0] != "arn" or len(parts) < PARTS - 1:
        return
    what = "function" if parts[2] == "lambda" else "load balancer"
    if (wanted := subject.short.region) and parts[3] != wanted:
        yield f"this {what} is in {parts[3]}, but the stack is in {wanted}", f"use a {what} of {wanted}"
    if (account := subject.short.account) and parts[4] != account:
        what_else = f"this {what} belongs to account {parts[4]}, and the stack to account {account}"
        yield what_else, f"AWS wants a {what} of the same account"
    if parts[2] == "lambda" and len(parts) >= PARTS and len(parts[6]) > LONGEST_FUNCTION:
        yield (
            "the name of this function is too long",
            f"the name of a function has at most {LONGEST_FUNCTION} characters",
        )


def _secret(subject: Subject, address: Address, leading: tuple[object, ...]) -> None:
    login, wanted = oidc_of(leading), subject.short.region
    parts = (login.client_secret or "").split(":") if login else []
    if parts[1:2] == ["arn"] and wanted and parts[4] != wanted:
        what = f"this secret is in {parts[4]}, but the stack is in {wanted}"
        hint = f"use a secret of {wanted}: Secrets Manager can replicate this one there"
        subject.problem(address, ("leading_actions",), what, hint, near=":".join(parts))
