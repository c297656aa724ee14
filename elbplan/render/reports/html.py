"""The report as one HTML page. It needs no network, and no text of others becomes markup or script.

Jinja2 escapes every text. The content security policy of the page allows only the two scripts and the style that it
contains, by their hashes, so that a browser would run nothing else even if a text got through.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from .page import Report, Section
from .traffic import traffic_document
from .views import View, view_of

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
TEMPLATES = "templates"


def html(report: Report, documents: Mapping[str, Any] | None = None) -> str:
    """The page. `documents` is the document of `--json`, which the page contains too."""
    css, js = _file("style.css"), _file("route.js") + _file("page.js")
    views = [view_of(section, number, report) for number, section in enumerate(report.sections, 1)]
    page = _environment().get_template("page.html.j2")
    return page.render(
        report=report,
        views=views,
        title=_title(report),
        methods=METHODS,
        css=Markup(css),
        js=Markup(js),
        policy=policy(css, js),
        data=embedded_json(_data(report, views, documents)),
    )


@cache
def _environment() -> Environment:
    loader = PackageLoader("elbplan.render.reports", TEMPLATES)
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters["breakable"] = breakable
    return env


def breakable(text: str) -> Markup:
    """The text, escaped; a narrow box breaks a long DNS name before a dot, not inside a label."""
    return Markup("<wbr>.").join(map(escape, text.split(".")))


@cache
def _file(name: str) -> str:
    return files("elbplan.render.reports").joinpath(TEMPLATES, name).read_text(encoding="utf-8")


def policy(css: str, js: str) -> str:
    """The content security policy: no network at all, and only this style and this script."""
    rules = {
        "default-src": "'none'",
        "style-src": _hash(css),
        "script-src": _hash(js),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def embedded_json(document: Any) -> Markup:
    """JSON for a script element: nothing in it can end the element."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).translate(ESCAPES)
    return Markup(text)


def _title(report: Report) -> str:
    names = [section.plan.stack for section in report.sections]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"elbplan {report.verb}: {shown}"


def _data(report: Report, views: Sequence[View], documents: Mapping[str, Any] | None) -> dict[str, Any]:
    stacks = [_stack(section, view) for section, view in zip(report.sections, views, strict=True)]
    return {"schema": 1, "verb": report.verb, "stacks": stacks, "document": dict(documents or {})}


def _stack(section: Section, view: View) -> dict[str, Any]:
    edges = [
        {"source": view.ids[edge.source], "target": view.ids[edge.target], "label": edge.label, "change": edge.change}
        for edge in section.map.edges
    ]
    traffic = {"before": traffic_document(section.before), "after": traffic_document(section.after)}
    return {"stack": section.plan.stack, "edges": edges, "ids": dict(view.ids), "traffic": traffic}
