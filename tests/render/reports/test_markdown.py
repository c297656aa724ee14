"""Markdown for the comment of a pull request: one marker, nothing too long, no text of others as markup."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from elbplan.core.address import Address
from elbplan.core.hazard import Hazard
from elbplan.core.plan import Refusal
from elbplan.render.reports.inline import code, escaped_text
from elbplan.render.reports.markdown import LIMIT, markdown, marker
from elbplan.render.reports.page import section_of
from tests.render.plans import WEB, WEB_8080, plan
from tests.render.reports.kit import HOSTILE, SHOP, hostile, report, shop, shop_change


def html_of(text: str) -> str:
    """The HTML that GitHub's dialect makes of it."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)


def test_the_marker_comes_first():
    assert markdown(report(plan(WEB))).startswith("<!-- elbplan:plan:my-web -->\n")


def test_several_stacks_have_one_marker_for_all_and_one_each():
    text = markdown(report(plan(WEB), replace(plan(WEB), stack="other")))
    assert text.startswith("<!-- elbplan:plan:* -->\n")
    assert text.index("<!-- elbplan:plan:my-web -->") < text.index("<!-- elbplan:plan:other -->")
    assert "| `my-web` | 8 | 0 | 0 | 0 |" in text


def test_a_marker_cannot_end_early():
    assert marker("a--> <b>") == "<!-- elbplan:plan:a-____b_ -->"


def test_a_comment_says_what_why_and_what_it_costs():
    text = markdown(report(plan(WEB_8080, WEB)))
    assert "### `my-web`: 1 to change, 2 to replace" in text
    assert "- **Cost** \\$0.0325/h" in text
    assert "port 80 → 8080 cannot change in place" in text
    assert "| `+/-` | target group `web` |" in text
    assert "```mermaid\nflowchart LR\n" in text
    assert "<details><summary>+/- replace target group web</summary>" in text
    assert "| port | `80` | `8080` |" in text


def test_hazards_and_refusals_are_in_the_comment():
    risky = replace(
        plan(WEB),
        hazards=(Hazard("route-removed", Address("listener", "80"), "gone for clients", remedy="keep it"),),
        refusals=(Refusal("the name is taken", "choose another"),),
    )
    text = markdown(report(risky))
    assert "⚠ **route-removed** `listener.80` gone for clients" in text
    assert "✗ **refused** the name is taken — choose another" in text


def test_what_is_cut_of_the_risks_is_counted():
    address, long = Address("listener", "80"), "x" * 290
    hazards = tuple(Hazard("route-removed", address, f"{number} {long}", remedy="") for number in range(400))
    text = markdown(report(replace(plan(WEB), hazards=hazards)))
    shown = text.count("**route-removed**")
    assert 0 < shown < 400
    assert f"- and {400 - shown} more" in text


def test_what_ignore_hides_is_in_the_comment():
    hidden = plan(WEB + "ignore: [target_group.web.health]\n", WEB.replace("/health", "/up"))
    assert "- **Ignored** target group web, health: path /health → /up" in markdown(report(hidden))


def test_a_stack_without_a_plan_says_why():
    failed = section_of(replace(plan(None), stack="broken"), error="AWS refused\nlog in")
    text = markdown(replace(report(plan(WEB)), sections=(failed,)))
    assert "### `broken`: no plan" in text
    assert "> ✗ AWS refused log in" in text


def many_rules(number: int) -> str:
    rules = "".join(f"      - {{name: r{n}, path: /r{n}/*, forward: api}}\n" for n in range(number))
    return SHOP + rules


def test_three_hundred_resources_fit_into_a_comment():
    made = plan(many_rules(290))
    text = markdown(report(made))
    assert len(made.changes) > 300
    assert len(text) <= LIMIT
    assert "This comment is cut" in text
    assert "### `my-web`: 306 to create" in text


def test_forty_stacks_fit_into_a_comment():
    plans = [replace(shop(), stack=f"stack-{number:02}") for number in range(40)]
    text = markdown(report(*plans))
    assert len(text) <= LIMIT
    assert all(f"| `stack-{number:02}` | 16 |" in text for number in range(40))
    assert "This comment is cut" in text


def test_nothing_makes_a_comment_too_long():
    long = tuple(Refusal("x" * 5000, "y" * 5000) for _ in range(40))
    plans = [replace(plan(None), stack=f"s{number}" * 20, refusals=long) for number in range(600)]
    text = markdown(report(*plans))
    assert len(text) <= LIMIT
    assert text.endswith("shows everything.\n")


def test_a_short_comment_is_not_cut():
    assert "This comment is cut" not in markdown(report(plan(WEB)))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_others_is_only_text(text):
    page = html_of(markdown(report(hostile(text))))
    tags = set(re.findall(r"<(/?[a-z][a-z0-9]*)", page))
    allowed = {
        "h3", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "pre", "details",
        "summary",
    }  # fmt: skip
    assert {tag.strip("/") for tag in tags} <= allowed
    assert not re.search(r"<[^>]*href", page)
    assert not re.search(r"(?<!\w)@octocat", re.sub(r"<(code|pre).*?</\1>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize("text", [*HOSTILE, "a|b", "`", "``x", "*_~", r"\| \` \\", "a" * 400])
def test_an_escaped_text_shows_exactly_these_characters(text):
    (row,) = re.findall(r"<td>(.*?)</td>", html_of(f"| a |\n|---|\n| {escaped_text(text)} |\n"), re.DOTALL)
    assert html.unescape(row).replace("\u200b", "") == " ".join(text.split())


@pytest.mark.parametrize("text", ["a|b", "`", "``x", "plain", "<b>", "a ` b"])
def test_a_code_span_shows_exactly_these_characters(text):
    (row,) = re.findall(r"<td><code>(.*?)</code></td>", html_of(f"| a |\n|---|\n| {code(text)} |\n"), re.DOTALL)
    assert html.unescape(row) == text


def test_every_change_is_in_the_table():
    text = markdown(report(shop_change()))
    assert text.count("\n| `+` ") + text.count("\n| `~` ") + text.count("\n| `+/-` ") + text.count("\n| `-` ") >= 5
    assert "rule `30`" in text
