"""References to secrets: where elbplan gets the value in the moment in which it sends it to AWS.

    ssm:/web/oidc                       a SecureString of SSM Parameter Store; `ssm:/web/oidc:3` is its version 3
    secretsmanager:web/oidc             a secret of Secrets Manager, by name or ARN
    secretsmanager:web/oidc#password    one key of a secret that is a JSON object
    env:OIDC_SECRET                     an environment variable of the process that applies

A reference is no secret: specs, plans, files and tags contain it. Only `secret_value` gets the value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ...core.environment import read_variable, value_in
from ...core.hidden import SecretValue
from ...errors import ElbplanError

Store = Literal["ssm", "secretsmanager", "env"]
FORMS = "ssm:/PATH, secretsmanager:NAME, secretsmanager:NAME#KEY or env:NAME"
LONGEST = 200
"""Characters of a reference: elbplan remembers it in a tag, and a tag has 256."""

PARAMETER = re.compile(r"(?P<name>[A-Za-z0-9_.\-/]+)(?P<version>:[A-Za-z0-9_.-]+)?", re.ASCII)
SECRET = re.compile(
    r"(?P<name>arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+|[A-Za-z0-9/_+=.@-]+)"
    r"(#(?P<key>[A-Za-z0-9_.-]+))?",
    re.ASCII,
)
"""https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name)"""
VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)", re.ASCII)
"""https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html"""

PATTERNS: Mapping[Store, re.Pattern[str]] = {"ssm": PARAMETER, "secretsmanager": SECRET, "env": VARIABLE}


@dataclass(frozen=True)
class SecretReference:
    """A reference: the store, the name there, the key of a JSON object, and the version of a parameter (`:3`)."""

    store: Store
    name: str
    key: str = ""
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> SecretReference:
        """Reads a reference. Raises ValueError; its text does not repeat `text`, which may be a secret."""
        word, _, rest = text.partition(":")
        store = next((known for known in PATTERNS if known == word), None)
        match = PATTERNS[store].fullmatch(rest) if store else None
        if store is None or match is None:
            raise ValueError(f"is not a reference to a secret; write {FORMS}")
        if len(text) > LONGEST:
            raise ValueError(f"has {len(text)} characters; a reference has at most {LONGEST}")
        parts = match.groupdict()
        return cls(store, parts["name"], parts.get("key") or "", parts.get("version") or "")

    def __str__(self) -> str:
        return f"{self.store}:{self.name}{self.version}{f'#{self.key}' if self.key else ''}"


def secret_value(text: str) -> Generator[Call, Answer, SecretValue]:
    """The value of a reference, which shows itself only as the reference. Raises ElbplanError, AwsProblem."""
    reference = SecretReference.parse(text)
    if reference.store == "env":
        value = value_in((yield read_variable(reference.name)))
    elif reference.store == "ssm":
        name = f"{reference.name}{reference.version}"
        answer = yield Call("ssm", "GetParameter", {"Name": name, "WithDecryption": True})
        value = answer["Parameter"]["Value"]
    else:
        answer = yield Call("secretsmanager", "GetSecretValue", {"SecretId": reference.name})
        value = _text_of(answer, reference)
    if not value:
        raise ElbplanError(f"{text} has no value", hint="give it the client secret, then run the same command again")
    if value != value.strip():
        what = f"the value of {text} begins or ends with a space or a line break"
        raise ElbplanError(what, hint="write it again without them, then run the same command again")
    return SecretValue(value, text)


def _text_of(answer: Answer, reference: SecretReference) -> str:
    """The text of a secret, or of one key in it. Raises ElbplanError; its text has nothing of the secret."""
    text = answer.get("SecretString") or ""
    if not reference.key:
        return str(text)
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    value = found.get(reference.key) if isinstance(found, dict) else None
    if not isinstance(value, str):
        what = f"the secret {reference.name} has no text with the key {reference.key}"
        raise ElbplanError(what, hint="check the key after # in the reference")
    return value


def existence_call(reference: SecretReference) -> Call:
    """A read that tells whether the secret exists. It does not get the value of a secret in AWS."""
    if reference.store == "env":
        return read_variable(reference.name)
    if reference.store == "ssm":
        filters = [{"Key": "Name", "Option": "Equals", "Values": [reference.name]}]
        return Call("ssm", "DescribeParameters", {"ParameterFilters": filters}, may_be_denied=True, has_fallback=True)
    params = {"SecretId": reference.name}
    return Call("secretsmanager", "DescribeSecret", params, done_if=MISSING, may_be_denied=True, has_fallback=True)


MISSING = ("ResourceNotFoundException",)


def missing(reference: SecretReference, answer: Answer) -> str:
    """Why the secret cannot be read, from the answer to `existence_call`; empty if it can, or if AWS does not say."""
    if answer in (DENIED_ANSWER, FAILED_ANSWER):
        return ""
    if reference.store == "env":
        return "" if value_in(answer) else f"the environment has no variable {reference.name}"
    if reference.store == "ssm":
        found = answer.get("Parameters") or ()
        if not found:
            return f"Parameter Store has no parameter {reference.name} in this region"
        kind = found[0].get("Type", "SecureString")
        return "" if kind == "SecureString" else f"the parameter {reference.name} is a {kind}, not a SecureString"
    if not answer:
        return f"Secrets Manager has no secret {reference.name} in this region"
    return f"the secret {reference.name} is marked for deletion" if answer.get("DeletedDate") else ""
