"""botocore's sessions with one set of AWS models in a process.

Each session of botocore reads the models of its services again, which takes longer than most commands' other work: the
model of EC2 alone has 10 MB of JSON.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader

DATA_PATH = "AWS_DATA_PATH"
"""https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html: folders with further models."""


@cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


def botocore_session(
    profile: str = "",
    variables: Mapping[str, Any] | None = None,
    *,
    kind: type[botocore.session.Session] = botocore.session.Session,
) -> botocore.session.Session:
    """Returns a new session that shares the models with all other sessions of this process.

    `variables` are botocore's session variables: (config key, environment variable, default, converter).
    """
    session = kind(session_vars=dict(variables or {}), profile=profile or None)
    session.register_component("data_loader", _loader(os.environ.get(DATA_PATH)))
    return session


def boto3_session(
    key_id: str | None = None, secret: str | None = None, region: str | None = None, *, profile: str = ""
) -> boto3.session.Session:
    """Returns a new session of boto3 that shares the models; without keys it has AWS's usual credentials."""
    return boto3.session.Session(key_id, secret, region_name=region, botocore_session=botocore_session(profile))
