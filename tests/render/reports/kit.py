"""Plans for reports, among them those whose texts try to become markup."""

from __future__ import annotations

from dataclasses import replace

from elbplan.core.plan import Plan, ServerLabel
from elbplan.cost import bundled_prices, stack_cost
from elbplan.render.reports.page import Report, Section, section_of
from tests.render.plans import SERVERS, WEB, WEB_8080, plan

WHEN = "2026-11-30 11:40 UTC"

SHOP = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: [shop.example.com, api.shop.example.com]
groups:
  web: {instances: [i-0aaaaaaaaaaaaaaaa], port: 8080, health: /health}
  api: {instances: [i-0bbbbbbbbbbbbbbbb], port: 80, health: /health}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: web
    rules:
      - {name: api, host: api.shop.example.com, forward: api}
      - {name: v1, path: [/v1, /v1/*], forward: {api: 90, web: 10}}
      - {name: beta, query: {beta: 1}, forward: api}
      - {name: tool, header: {X-Tool: "a*"}, method: POST, forward: api}
      - {name: closed, path: /admin/*, respond: {status: 403, body: "not here"}}
"""

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "`code` **bold** [link](http://evil.example) | cell | @octocat #1",
    "{{ 7 * 7 }} ${HOME} <!-- --> ]]>",
    "%%{init: {'theme': 'dark'}}%% end\"]; click n1 href \"javascript:alert(1)\"",
)


def shop() -> Plan:
    """A plan that creates a stack with rules of every kind."""
    return plan(SHOP)


def shop_change() -> Plan:
    """A plan that creates, changes, replaces and deletes."""
    after = SHOP.replace("port: 8080", "port: 8081").replace("api: 90, web: 10", "api: 50, web: 50")
    after = after.replace("      - {name: beta, query: {beta: 1}, forward: api}\n", "")
    return plan(after.replace("path: /admin/*", "path: /private/*"), SHOP)


def hostile(text: str) -> Plan:
    """A plan with this text as the name of a server, in a condition and in a text of AWS."""
    spec = SHOP.replace("path: /admin/*", "path: /admin/*, query: {text: " + _quoted(text[:100]) + "}")
    made = plan(spec)
    labels = {id: ServerLabel(text, text) for id in SERVERS}
    return replace(made, servers=labels, warnings=(text,), stays=(text,), unread=(text,))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("${", "$${") + "'"


def named(plan: Plan) -> Plan:
    """The plan with the names of its servers."""
    names = zip(SERVERS, ("server-a", "server-c"), strict=True)
    return replace(plan, servers={id: ServerLabel(name, "running") for id, name in names})


def report(*plans: Plan, verb: str = "plan") -> Report:
    """The report of these plans."""
    return Report(verb, WHEN, tuple(map(section, plans)))


def section(plan: Plan) -> Section:
    """The section of a plan, with its cost."""
    return section_of(plan, cost=stack_cost(plan, bundled_prices()))


REPLACED = (WEB_8080, WEB)
