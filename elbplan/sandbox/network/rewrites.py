"""Transforms of rules: a load balancer rewrites the host and the URL before it sends a request to a target."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..params import Params
from ..rules import rule
from ..traffic.request import VisitorRequest


@rule(31)
def rewritten(transforms: Iterable[Params], request: VisitorRequest) -> VisitorRequest:
    """The first match of a regular expression is replaced in the host, or in the path with its query; $1 is a group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html ("If there is no pattern
    match, the original request is sent to the target")
    """
    for transform in transforms:
        if transform["Type"] == "host-header-rewrite":
            host = _replaced(transform["HostHeaderRewriteConfig"]["Rewrites"], request.host)
            request = replace(request, host=host)
        else:
            url = _replaced(transform["UrlRewriteConfig"]["Rewrites"], request.target)
            path, _, query = url.partition("?")
            request = replace(request, path=path, query=query)
    return request


def _replaced(rewrites: list[Params], text: str) -> str:
    for rewrite in rewrites:
        new = re.sub(r"\$(\d)", r"\\\1", rewrite["Replace"])
        text = re.sub(rewrite["Regex"], new, text, count=1)
    return text
