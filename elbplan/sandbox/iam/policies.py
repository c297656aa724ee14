"""Evaluates policies as IAM does: nothing is allowed that no statement allows, and a Deny wins.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..rules import rule

Decision = Literal["allowed", "implicitDeny", "explicitDeny"]
Keys = Mapping[str, Sequence[str]]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """One authorization that a call needs: an action on a resource, with the condition keys of the request."""

    action: str
    resource: str = "*"
    keys: Keys = field(default_factory=dict)


class MalformedPolicy(ValueError):
    """IAM would refuse the document."""


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


@rule(39)
def decide(documents: Iterable[Document], need: Need) -> Decision:
    """Nothing is allowed that no statement allows; a statement with Deny wins over all others.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    statements = [s for document in documents for s in as_list(document["Statement"]) if applies(s, need)]
    if any(statement["Effect"] == "Deny" for statement in statements):
        return "explicitDeny"
    return "allowed" if statements else "implicitDeny"


def applies(statement: Mapping[str, Any], need: Need) -> bool:
    """Whether action, resource and conditions of the statement match."""
    return (
        any(_matches(pattern.lower(), need.action.lower()) for pattern in as_list(statement["Action"]))
        and any(_matches(pattern, need.resource) for pattern in as_list(statement["Resource"]))
        and fulfilled(statement.get("Condition") or {}, need.keys)
    )


def _matches(pattern: str, text: str) -> bool:
    """IAM knows `*` and `?`; a bracket stands for itself."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _equals(value: str, wanted: str) -> bool:
    return value == wanted


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringLike": lambda value, wanted: _matches(wanted, value),
    "ArnEquals": lambda value, wanted: _matches(wanted, value),
    "ArnLike": lambda value, wanted: _matches(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


@rule(39)
def fulfilled(conditions: Mapping[str, Mapping[str, Any]], keys: Keys) -> bool:
    """Every key of every operator must fit; of several values, one is enough. A key that is missing does not fit.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    ForAllValues is also true without the key, ForAnyValue is not:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    return all(
        _fits(operator, _of(keys, key), [str(value) for value in as_list(wanted)])
        for operator, entries in conditions.items()
        for key, wanted in entries.items()
    )


def _of(keys: Keys, wanted: str) -> Sequence[str] | None:
    """The values of a key. The names of keys ignore case, also the tag's key in them."""
    return next((values for key, values in keys.items() if key.lower() == wanted.lower()), None)


def _fits(operator: str, values: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if_exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    if name == "Null":
        return (values is None) == (wanted[0].lower() == "true")
    test, positive = _test(name)
    if quantifier == "ForAllValues":
        return all(_any(test, value, wanted) == positive for value in values or ())
    if values is None:
        return if_exists or not positive
    return any(_any(test, value, wanted) == positive for value in values)


def _any(test: Callable[[str, str], bool], value: str, wanted: Iterable[str]) -> bool:
    return any(test(value, each) for each in wanted)


def _test(name: str) -> tuple[Callable[[str, str], bool], bool]:
    """The comparison of an operator, and False if the operator negates it."""
    plain = name.replace("Not", "", 1)
    if plain not in OPERATORS:
        raise MalformedPolicy(f"the sandbox does not know the operator {name}")
    return OPERATORS[plain], plain == name


ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
ARN = re.compile(r"\*|arn:[\w*-]+:[\w*-]*:[\w*-]*:[\d*]*:.+")
SID = re.compile(r"[A-Za-z0-9]+")
LARGEST = 6144
"""Characters of a managed policy, without white space.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


@rule(39)
def check_document(document: Document) -> None:
    """A policy has a version and statements with an effect, actions, resources, known operators and unique names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html (a Sid has only letters and digits)
    """
    if document.get("Version") not in ("2012-10-17", "2008-10-17"):
        raise MalformedPolicy("the policy has no valid Version")
    statements = as_list(document.get("Statement") or [])
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if not statements or len(set(sids)) != len(sids) or not all(SID.fullmatch(sid) for sid in sids):
        raise MalformedPolicy("a policy needs statements, and each Sid is unique and has only letters and digits")
    for statement in statements:
        _check_statement(statement)


def _check_statement(statement: Mapping[str, Any]) -> None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicy("a statement has the Effect Allow or Deny")
    for name, pattern in (("Action", ACTION), ("Resource", ARN)):
        values = as_list(statement.get(name) or [])
        wrong = [value for value in values if not pattern.fullmatch(value)]
        if wrong or not values:
            raise MalformedPolicy(f"{name} is missing or wrong: {', '.join(wrong)}")
    for operator in statement.get("Condition") or {}:
        name = operator.rpartition(":")[2].removesuffix("IfExists")
        if name != "Null":
            _test(name)
