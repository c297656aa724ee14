"""A listener changes between HTTP and HTTPS while its group gets or loses HTTP/2."""

from __future__ import annotations

import pytest

from elbplan.errors import Refused

from . import specs
from .stage import Stage

PLAIN = (
    specs.HEAD
    + """
domain: api.example.com
groups: {web: {ips: [172.31.0.9], port: 80}}
listeners:
  - {listen: 443/https, respond: 404}
  - listen: 8080/http
    forward: web
    rules: [{name: api, path: /api, forward: web}]
"""
)
SECURE = PLAIN.replace("8080/http", "8080/https")
HTTP2 = SECURE.replace("port: 80}", "port: 80, version: http2}")


def test_together_they_are_refused_and_one_after_the_other_they_work(stage: Stage) -> None:
    stage.apply(PLAIN)
    with pytest.raises(Refused, match=r"listener\.8080 and target_group\.web cannot .* version HTTP2") as there:
        stage.plan(HTTP2)
    assert "first apply the listener with HTTPS" in there.value.hint
    stage.apply(SECURE)
    stage.apply(HTTP2)
    with pytest.raises(Refused, match="cannot change together") as back:
        stage.plan(PLAIN)
    assert "first apply the group without version:" in back.value.hint
    stage.apply(SECURE)
    stage.apply(PLAIN)
