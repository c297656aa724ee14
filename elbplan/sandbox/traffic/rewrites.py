"""Transforms of rules: a load balancer rewrites the host and the URL before it sends a request to a target."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..params import Params
from ..rules import rule
from .request import VisitorRequest


class TransformFailed(Exception):
    """A pattern matched, and its replacement cannot be made."""


@rule(31)
def rewritten(transforms: Iterable[Params], request: VisitorRequest) -> VisitorRequest:
    """The first match of a regular expression is replaced in the host, or in the path with its query; $1 is a group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html ("If there is no pattern
    match, the original request is sent to the target"; "If there is a pattern match but the transform fails, we return
    an HTTP 500 error"). The page does not say whether a second match is replaced too. Here it is not. Raises
    TransformFailed for a group that the expression does not have.
    """
    for transform in transforms:
        if transform["Type"] == "host-header-rewrite":
            host = _replaced(transform["HostHeaderRewriteConfig"]["Rewrites"], request.host)
            request = replace(request, host=host, named=request.named if host == request.host else host)
        else:
            url = _replaced(transform["UrlRewriteConfig"]["Rewrites"], request.target)
            path, _, query = url.partition("?")
            request = replace(request, path=path, query=query)
    return request


def _replaced(rewrites: list[Params], text: str) -> str:
    for rewrite in rewrites:
        new = re.sub(r"\$(\d)", r"\\\1", rewrite["Replace"])
        if found := re.search(rewrite["Regex"], text):
            text = f"{text[: found.start()]}{_filled(found, new)}{text[found.end() :]}"
    return text


def _filled(found: re.Match[str], template: str) -> str:
    try:
        return found.expand(template)
    except (re.error, IndexError) as error:
        raise TransformFailed(str(error)) from error
