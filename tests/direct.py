"""Sessions of boto3 whose clients use no socket for a sandbox of this process."""

from __future__ import annotations

import boto3

from elbplan.live.aws_models import botocore_session
from elbplan.sandbox.server.direct import DirectSession


def direct_session(key_id: str, secret: str) -> boto3.session.Session:
    """Returns a new session, with the same AWS models as all others."""
    return boto3.session.Session(key_id, secret, botocore_session=botocore_session(kind=DirectSession))
