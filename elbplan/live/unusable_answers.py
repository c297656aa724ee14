"""Answers that cannot be used: the page of a proxy, a body that was cut off, an answer without what AWS promises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.parsers import ResponseParserError

PAGES = (b"<!doctype html", b"<html")

MISREAD = (LookupError, TypeError, AttributeError, ValueError)
"""What Python raises where a reader looks for a key that the answer does not have."""


class UnusableAnswer(Exception):
    """The body of a response is not in the words that the service speaks."""


UNPARSED = (UnusableAnswer, ResponseParserError, *MISREAD)
"""What sending a call raises when the body of the response is broken or not from AWS."""


def refuse_pages(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """botocore's event handler: runs before a body is parsed. Raises NotAnAnswer.

    botocore takes a page for an empty answer of a service that speaks JSON: a lock that exists would look free. Of a
    page with a status of 500 and more it makes an error by itself, and sends the call again.
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
