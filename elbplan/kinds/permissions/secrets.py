"""The permissions for the client secrets of logins, on exactly the names in the spec."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import NO_RESOURCES, Condition, Permission, Values, Verb, arn
from ..aws.leading_actions import oidc_of
from ..aws.secret_references import SecretReference

LOOKS: tuple[Verb, ...] = ("compare",)
WRITES: tuple[Verb, ...] = ("create", "update")
LATER = "learns only at the step itself that a secret does not exist"
PARAMETERS = (arn("ssm", "parameter/{}"),)
SECRETS = (arn("secretsmanager", "secret:{}-??????"),)
"""AWS adds a dash and six characters to the name of a secret.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
"""
BY_ARN = ("{}",)
KEYS = (arn("kms", "key/*"),)


def _names(store: str) -> Values:
    """The names of a login's secret in this store."""

    def names(resource: Any) -> Iterable[str]:
        login = oidc_of(resource.leading_actions)
        if login is None or login.client_secret is None:
            return []
        reference = SecretReference.parse(login.client_secret)
        return [reference.name] if reference.store == store else []

    return names


def _parameters(resource: Any) -> Iterable[str]:
    """The ARN of a parameter has one slash before its name."""
    return [name.lstrip("/") for name in _names("ssm")(resource)]


def _secrets(*, by_arn: bool) -> Values:
    """The names of secrets, or their ARNs."""
    every = _names("secretsmanager")
    return lambda resource: [name for name in every(resource) if name.startswith("arn:") == by_arn]


def _through(service: str) -> tuple[Condition, ...]:
    """AWS checks a key of yours; the key that AWS manages for the service needs no permission.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    return (Condition("StringLike", "kms:ViaService", (f"{service}.{{region}}.amazonaws.com",)),)


WHY_KEY = "the spec does not name the key that encrypts the secret"
WHY = "others made the secret, and the spec names it"
SECRET_PERMISSIONS = (
    Permission("ssm:DescribeParameters", LOOKS, each=_names("ssm"), without_it=LATER, why=NO_RESOURCES),
    Permission("ssm:GetParameter", WRITES, PARAMETERS, each=_parameters, why=WHY),
    Permission("kms:Decrypt", WRITES, KEYS, _through("ssm"), _names("ssm"), why=WHY_KEY),
    *(
        Permission(f"secretsmanager:{action}", verbs, on, each=_secrets(by_arn=on == BY_ARN), without_it=later, why=WHY)
        for action, verbs, later in (("DescribeSecret", LOOKS, LATER), ("GetSecretValue", WRITES, ""))
        for on in (SECRETS, BY_ARN)
    ),
    Permission("kms:Decrypt", WRITES, KEYS, _through("secretsmanager"), _names("secretsmanager"), why=WHY_KEY),
)
"""The reads of secrets. The values belong to writes: nothing else reads them."""
