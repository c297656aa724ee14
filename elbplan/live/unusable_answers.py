"""Unusable answers: the web page of a proxy, an incomplete body, or an answer without the fields that AWS documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.parsers import ResponseParserError

PAGES = (b"<!doctype html", b"<html")

MISREAD = (LookupError, TypeError, AttributeError, ValueError)
"""Python's exceptions if the answer does not have a field that a program reads."""


class UnusableAnswer(Exception):
    """The body of a response is not in the format of the service."""


UNPARSED = (UnusableAnswer, ResponseParserError, *MISREAD)
"""Exceptions of a call if the body of the response is broken or not from AWS."""


def refuse_pages(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """botocore's event handler: runs before botocore parses a body. Raises UnusableAnswer.

    For a service with JSON, botocore takes a web page for an empty answer: an existing lock would look free. For a page
    with a status of 500 or more, botocore itself raises an error and retries.
    """
    body, status = response_dict.get("body", b""), response_dict.get("status_code", 0)
    if status >= 500 or not isinstance(body, bytes):
        return
    if body.lstrip()[:14].lower().startswith(PAGES):
        raise UnusableAnswer("it is a web page")
    if operation_model.service_model.resolved_protocol == "json" and body.strip():
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise UnusableAnswer(f"it is not JSON: {error}") from error
        if not isinstance(answer, dict):
            raise UnusableAnswer("it is not a JSON object")
