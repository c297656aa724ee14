"""Moments that AWS tells, as text in UTC: `2026-11-30T04:14:22Z`. Text sorts by time, and facts are texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TRANSITION = re.compile(r"\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:GMT|UTC)\)")
STOPS = ("stopping", "stopped")


def moment_text(value: object) -> str:
    """The moment of an answer; empty if AWS does not tell it."""
    if not isinstance(value, datetime):
        return ""
    moment = value if value.tzinfo else value.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(text: str) -> float | None:
    """The seconds since 1970 of a text of this module; None for another text."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def stopped_since(raw: Mapping[str, Any]) -> str:
    """Since when an instance is stopped, as DescribeInstances describes it; empty if it runs, or AWS does not tell.

    `StateTransitionReason` is a text: `User initiated (2026-11-30 04:14:22 GMT)`.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (reason),
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-instances-stopping.html
    """
    if (raw.get("State") or {}).get("Name") not in STOPS:
        return ""
    match = TRANSITION.search(raw.get("StateTransitionReason") or "")
    return f"{match[1]}T{match[2]}Z" if match else ""


def launched_at(raw: Mapping[str, Any]) -> str:
    """When an instance was launched, as DescribeInstances describes it; empty if AWS does not tell.

    `LaunchTime` is the last start of an instance. Its first network interface is attached at the first launch, and
    stays until the instance is terminated.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (launchTime)
    """
    attachments = [interface.get("Attachment") or {} for interface in raw.get("NetworkInterfaces") or ()]
    moments = [moment_text(attachment.get("AttachTime")) for attachment in attachments]
    return min(filter(None, [moment_text(raw.get("LaunchTime")), *moments]), default="")


def expiry_facts(certificate: Mapping[str, Any]) -> Mapping[str, str]:
    """The end of a certificate's validity, from ACM's answer; nothing before AWS has issued it."""
    expires = moment_text(certificate.get("NotAfter"))
    return {"expires": expires} if expires else {}
