"""Writes docs/aws-behaviour.md: each rule of the simulator with its source, and the test that holds it.

The behaviour and the sources come from the docstrings of the rules. The tests come from the page itself, because a
person chooses the test that fails without the rule.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from elbplan import sandbox
from elbplan.sandbox.rules import RULES, TITLES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/aws-behaviour.md"
INTRODUCTION = """\
# What AWS does, and what the simulator does

elbplan is tested against its local AWS simulator: moto, with AWS's stricter behaviour added. This page lists every
rule that the simulator adds, its source, and the test that fails without the rule. If AWS is stricter than the
simulator, add the rule first, then the test, then the change in elbplan. Where the sources are not sure, the docstring
of the rule says so; elbplan then works in both cases.

`make golden` writes this page. You choose the test of a new rule: write its file and its name in
the last column.
"""
REFERENCES = {
    "elbv2": "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/",
    "ec2": "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/",
    "acm": "https://docs.aws.amazon.com/acm/latest/APIReference/",
    "network": "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/",
    "traffic": "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/",
    "classic": "https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/",
    "s3": "https://docs.aws.amazon.com/AmazonS3/latest/API/",
    "route53": "https://docs.aws.amazon.com/Route53/latest/APIReference/",
}
SOURCE = re.compile(r"https?://[^\s,;)>\"]+|\bAPI_\w+")
ROW = re.compile(r"^\| (?P<behaviour>.*) \| `(?P<rule>[^`]+)` \| (?P<source>.*) \| (?P<test>.*) \|$", re.M)
NO_TEST = "no test"


def load_rules() -> Mapping[int, list[Callable[..., Any]]]:
    """All rules by their number."""
    for module in pkgutil.walk_packages(sandbox.__path__, f"{sandbox.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return RULES


def name_of(rule: Callable[..., Any]) -> str:
    """`elbv2.listeners.existing`"""
    return f"{rule.__module__}.{rule.__qualname__}".removeprefix(f"{sandbox.__name__}.")


def page_tests(text: str) -> dict[str, str]:
    """The last column of each rule: `tests/sandbox/test_x.py::test_y`."""
    return {row["rule"]: row["test"].strip("`") for row in ROW.finditer(text)}


def behaviour_of(rule: Callable[..., Any]) -> str:
    """The first sentence of the docstring, without its sources."""
    first = (inspect.getdoc(rule) or "").partition("\n")[0]
    sentence = SOURCE.split(first)[0] if SOURCE.search(first) else first
    return sentence.rstrip(" :.(").replace("|", "\\|")


def sources_of(rule: Callable[..., Any]) -> list[str]:
    """The pages that the docstring names, or else those of the module."""
    module = inspect.getmodule(rule)
    found = SOURCE.findall(inspect.getdoc(rule) or "") or SOURCE.findall((module and module.__doc__) or "")
    return list(dict.fromkeys(source.rstrip(".:") for source in found))


def _link(source: str, rule: Callable[..., Any]) -> str:
    if not source.startswith("API_"):
        issue = re.fullmatch(r"https://github.com/[^/]+/([^/]+)/(?:issues|pull)/(\d+).*", source)
        name = f"{issue[1]}#{issue[2]}" if issue else source.rstrip("/").rpartition("/")[2].replace(".html", "")
        return f"[{name.removeprefix('API_')}]({source})"
    service = name_of(rule).partition(".")[0]
    return f"[{source.removeprefix('API_')}]({REFERENCES[service]}{source}.html)"


def rendered(tests: Mapping[str, str]) -> str:
    """The page, with these tests by the name of their rule."""
    parts = [INTRODUCTION]
    for number, rules in sorted(load_rules().items()):
        parts.append(f"\n## {number}. {TITLES[number][0].upper()}{TITLES[number][1:]}\n\n")
        parts.append("| behaviour | rule | source | test |\n|---|---|---|---|\n")
        for rule in sorted(rules, key=name_of):
            links = ", ".join(_link(source, rule) for source in sources_of(rule))
            test = tests.get(name_of(rule), NO_TEST)
            parts.append(f"| {behaviour_of(rule)} | `{name_of(rule)}` | {links} | `{test}` |\n")
    return "".join(parts)
