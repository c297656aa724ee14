"""Unusable answers: the web page of a proxy, an incomplete body, or an answer without the fields that AWS documents."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.parsers import ResponseParserError

DOCTYPE = b"<!doctype html"
PAGES = (DOCTYPE, b"<html")

MISREAD = (LookupError, TypeError, AttributeError, ValueError)
"""Python's exceptions if the answer does not have a field that a program reads."""


class UnusableAnswer(Exception):
    """The body of a response is not in the format of the service."""


UNPARSED = (UnusableAnswer, ResponseParserError, *MISREAD)
"""Exceptions of a call if the body of the response is broken or not from AWS."""


TITLE = re.compile(rb"<title>(?:\d+ )?([\w .-]{1,60})</title>", re.IGNORECASE)


def _title(page: bytes) -> str:
    """The title of a web page; empty if it has none."""
    found = TITLE.search(page[:2000])
    return found[1].decode("ascii", "replace") if found else ""


def refuse_pages(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """botocore's event handler: runs before botocore parses a body. Raises UnusableAnswer.

    For a service with JSON, botocore takes a web page for an empty answer: an existing lock would look free. A page of
    a failing gateway (502 and more) is left to the retries. With 500 and a doctype, an AWS simulator answers a call
    that it does not have: no try will help.
    """
    body, status = response_dict.get("body", b""), response_dict.get("status_code", 0)
    if not isinstance(body, bytes):
        return
    beginning = body.lstrip()[:14].lower()
    if status < 500 and beginning.startswith(PAGES):
        raise UnusableAnswer("it is a web page")
    if status == 500 and beginning.startswith(DOCTYPE):
        raise UnusableAnswer(f"it is a web page, {status} {_title(body)}".rstrip())
    if status >= 500:
        if beginning.startswith(DOCTYPE):
            response_dict["body"] = b""  # botocore knows a page that begins with <html>, and ends at others
        return
    if operation_model.service_model.resolved_protocol == "json" and body.strip():
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise UnusableAnswer(f"it is not JSON: {error}") from error
        if not isinstance(answer, dict):
            raise UnusableAnswer("it is not a JSON object")
