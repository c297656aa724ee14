"""The page: self-contained, without network, and no text of others as markup or script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.hazard import Hazard
from elbplan.core.security_edge import SecurityEdge
from elbplan.render.documents import plan_document
from elbplan.render.reports.html import embedded_json, html
from tests.render.plans import WEB, WEB_8080, plan
from tests.render.reports.kit import HOSTILE, hostile, named, report, shop, shop_change

VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """Collects the elements of a page, and checks that each is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            key = f"{self.open[-1]}{sum(1 for tag, _ in self.elements if tag == self.open[-1])}"
            self.texts[key] = self.texts.get(key, "") + data

    def attributes(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.elements if name in attributes]

    @property
    def data(self) -> Mapping[str, Any]:
        return dict(json.loads(self.texts["script1"]))


def visible(page: str) -> str:
    """The text of a page without scripts and tags."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_the_templates_are_in_the_package():
    folder = files("elbplan.render.reports").joinpath("templates")
    names = {file.name for file in folder.iterdir()}
    assert {"page.html.j2", "stack.html.j2", "node.html.j2", "style.css", "page.js", "route.js"} <= names
    wanted = re.search(r"\[options.package_data\](.*?)\n\[", _setup(), re.DOTALL)
    assert wanted
    assert "render/reports/templates/*" in wanted[1]


def _setup() -> str:
    from pathlib import Path

    return (Path(__file__).parents[3] / "setup.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize("made", [plan(WEB), plan(WEB_8080, WEB), plan(None, WEB), shop(), shop_change()])
def test_a_page_is_well_formed_and_its_ids_are_unique(made):
    page = Page(html(report(made, replace(made, stack="second"))))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    for attribute in ("aria-labelledby", "data-detail"):
        suffix = "-body" if attribute == "data-detail" else ""
        assert {f"{value}{suffix}" for value in page.attributes(attribute)} <= set(ids)


def test_the_policy_allows_this_style_and_script_and_no_network():
    page = Page(html(report(plan(WEB))))
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for rule, key in (("style-src", "style1"), ("script-src", "script2")):
        digest = base64.b64encode(hashlib.sha256(page.texts[key].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert not page.attributes("src")
    assert all(link.startswith(("#", "data:")) for link in page.attributes("href"))
    assert not page.attributes("style")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_others_is_only_text(text):
    usual, page = Page(html(report(hostile("harmless")))), Page(html(report(hostile(text))))
    assert [tag for tag, _ in usual.elements] == [tag for tag, _ in page.elements]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert page.texts["script2"] == usual.texts["script2"]
    assert text in json.dumps(page.data, ensure_ascii=False) or json.dumps(text)[1:-1] in json.dumps(page.data)


def test_json_in_a_page_cannot_end_its_element():
    assert str(embedded_json({"a": "</script><!--&\u2028"})) == (
        '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}'
    )
    assert json.loads(str(embedded_json("</script>\u2029&"))) == "</script>\u2029&"


def test_the_page_contains_the_document_of_json():
    document = plan_document([plan(WEB)])
    assert Page(html(report(plan(WEB)), document)).data["document"] == document


def test_the_header_says_what_the_plan_does_and_what_it_costs():
    text = visible(html(report(plan(WEB_8080, WEB))))
    assert "my-web ap-northeast-2 · account 123456789012" in text
    assert "~ 1 to change" in text
    assert "+/- 2 to replace" in text
    assert "Cost $0.0325/h · $0.78/day · $24/month, as before (ALB + 2 IPv4)" in text


def test_what_ignore_hides_is_on_the_page():
    hidden = plan(WEB + "ignore: [target_group.web.health]\n", WEB.replace("/health", "/up"))
    assert "Ignored target group web, health: path /health → /up" in visible(html(report(hidden)))


def test_risks_are_listed_with_the_safe_form():
    risky = replace(plan(WEB), hazards=(Hazard("extra-cost", Address("listener", "80"), "two", remedy="wait"),))
    assert "extra-cost listener 80 two Safe form wait" in visible(html(report(risky)))


def test_a_missing_rule_of_a_security_group_stands_out():
    edge = SecurityEdge(
        "server", Address("load_balancer", "main"), Address("targets", "web"), 80, "tcp", ("requests",), "missing",
        "sg-0lb", ("sg-0web",), "i-0aaa", "server-a", "sg-0web", "80 from sg-0lb", "aws ec2 authorize", why="closed",
    )  # fmt: skip
    page = html(report(replace(plan(WEB), security_path=(edge,))))
    assert '<li class="missing">' in page
    text = visible(page)
    assert "✗ missing closed" in text
    assert "add the rule 80 from sg-0lb to sg-0web" in text
    assert "aws ec2 authorize" in text


def test_the_security_path_of_a_plan_is_shown():
    text = visible(html(report(named(plan(WEB)))))
    assert "anywhere 443" in text
    assert "✓ open" in text


def test_costs_have_source_and_date():
    text = visible(html(report(plan(WEB))))
    row = r"application load balancer load balancer main 1 \$0.0225/hour \$0.0225 \$16.43 .* 20\d\d-\d\d-\d\d"
    assert re.search(row, text)


def test_a_stack_without_a_plan_shows_its_problem():
    from elbplan.render.reports.page import section_of

    failed = section_of(replace(plan(None), stack="broken"), error="no <credentials>")
    page = html(replace(report(plan(WEB)), sections=(failed,)))
    assert "no &lt;credentials&gt;" in page


def test_the_page_shows_no_value_of_a_variable():
    import io

    from elbplan.kinds import KINDS
    from elbplan.planner.reconcile import reconcile
    from elbplan.render.reports.markdown import markdown
    from elbplan.spec import load
    from tests.render.plans import ACCOUNT, REGION
    from tests.render.reports.kit import SHOP

    spec = SHOP.replace('X-Tool: "a*"', 'X-Tool: "${TOKEN}"').replace('body: "not here"', 'body: "${TOKEN}"')
    (stack,) = load(["-"], stdin=io.StringIO(spec), env={"TOKEN": "s3cr3t-value-1"})
    secret = reconcile("my-web", stack.resources, [], KINDS, region=REGION, account=ACCOUNT)
    page, text = html(report(secret), plan_document([secret])), markdown(report(secret))
    assert "${TOKEN}" in page
    assert "s3cr3t" not in page
    assert "${TOKEN}" in text.replace("\\", "")
    assert "s3cr3t" not in text
