"""plan --format and map: formats, files, and what a live stack looks like."""

from __future__ import annotations

import json
import os
import re

import pytest

from .kit import WEB, Shell

OTHER = WEB.replace("my-web", "shop").replace("api.example.com", "shop.example.com")
SERVERS = "targets: {port: 80, health: /health}"


@pytest.mark.parametrize(
    ("format", "start"),
    [("html", "<!doctype html>"), ("md", "<!-- elbplan:plan:my-web -->"), ("mermaid", "flowchart LR"), ("json", "{")],
)
def test_a_plan_in_each_format(shell, format, start):
    result = shell.run("plan", shell.spec, "--format", format)
    assert result.code == 0
    assert result.out.startswith(start)
    assert result.out.endswith("\n")


def test_text_is_the_screen(shell):
    assert (
        shell.run("plan", shell.spec, "--format", "text").out.splitlines()[2:]
        == (shell.run("plan", shell.spec).out.splitlines()[2:])
    )


@pytest.mark.parametrize("format", ["text", "html", "md", "mermaid", "json"])
def test_a_report_goes_to_a_file(shell, format):
    file = shell.folder / "report"
    result = shell.run("plan", shell.spec, "--format", format, "-o", str(file))
    assert (result.code, result.out) == (0, "")
    assert f"wrote {file}" in result.err
    assert "my-web" in file.read_text(encoding="utf-8")


def test_a_dash_is_stdout(shell):
    assert shell.run("plan", shell.spec, "--format", "md", "-o", "-").out.startswith("<!-- elbplan")


def test_a_file_that_cannot_be_written(shell):
    result = shell.run("plan", shell.spec, "--format", "md", "-o", str(shell.folder / "no" / "plan.md"))
    assert result.code == 64
    assert "No such file or directory" in result.err
    assert "create the folder first" in result.err


def test_json_is_another_word_for_the_format(shell):
    document = shell.run("plan", shell.spec, "--format", "json").document
    assert shell.run("plan", shell.spec, "--json").document == document
    result = shell.run("plan", shell.spec, "--json", "--format", "md")
    assert result.code == 64
    assert "--json does not go with --format md" in result.err


def test_errors_are_json_too(shell):
    result = shell.run("plan", shell.write("broken.yaml", "name: broken\nno: such key\n"), "--format", "json")
    assert result.code == 65
    assert "unknown key" in result.document["stacks"][0]["error"]["what"]


def test_the_document_has_the_map(shell):
    (stack,) = shell.run("plan", shell.spec, "--json").document["stacks"]
    nodes = {node["id"]: node for node in stack["map"]["nodes"]}
    assert nodes["target_group.web"]["change"] == "create"
    assert {"from": "listener.443/default", "to": "target_group.web", "change": "create"} in stack["map"]["edges"]


def test_a_broken_spec_does_not_hide_the_others(shell):
    broken = shell.write("broken.yaml", "name: broken\nregion: ap-northeast-2\nno: such key\n")
    result = shell.run("plan", shell.spec, broken, "--format", "md")
    assert result.code == 65
    assert "<!-- elbplan:plan:my-web -->" in result.out
    assert "unknown key" in result.out
    assert "unknown key" in result.err


def test_the_exit_code_stays(shell):
    assert shell.run("plan", shell.spec, "--format", "md", "--exit-code").code == 2


@pytest.fixture
def applied(shell: Shell) -> Shell:
    """A shell in which the stack exists."""
    assert shell.run("apply", "--yes", shell.spec).code == 0
    return shell


def test_the_map_of_a_live_stack_has_servers_and_their_health(applied):
    result = applied.run("map", applied.spec)
    assert result.code == 0
    assert "✓ load balancer my-web  application, internet-facing, zones a, c," in result.out
    assert result.out.count("healthy") >= 2
    assert "✓ web-1  :80" in result.out
    assert max(map(len, result.out.splitlines()[1:])) <= 80


def test_a_stack_is_found_by_its_name_without_its_spec(applied):
    os.remove(applied.spec)
    result = applied.run("map", "my-web", "--region", "ap-northeast-2", "--json")
    (stack,) = result.document["stacks"]
    titles = {node["title"] for node in stack["map"]["nodes"]}
    assert {"api.example.com", "443/HTTPS", "web", "web-1"} <= titles
    assert {node["change"] for node in stack["map"]["nodes"]} == {"keep"}
    assert {node["state"] for node in stack["map"]["nodes"] if node["kind"] == "target"} == {"healthy"}


@pytest.mark.parametrize(
    ("format", "start"), [("html", "<!doctype html>"), ("md", "<!-- elbplan:map:my-web -->"), ("mermaid", "flowchart")]
)
def test_a_map_in_each_format(applied, format, start):
    assert applied.run("map", applied.spec, "--format", format).out.startswith(start)


def test_a_map_shows_what_is_there_and_not_what_the_spec_wants(applied):
    applied.write("web.yaml", WEB.replace("port: 80", "port: 8080"))
    text = applied.run("map", applied.spec).out
    assert "target group web  HTTP:80," in text
    assert "8080" not in text


def test_a_map_of_nothing(shell):
    result = shell.run("map", shell.spec)
    assert result.code == 64
    assert "AWS has nothing of my-web in ap-northeast-2" in result.err


def test_apply_writes_a_page_of_what_it_did(shell):
    file = shell.folder / "done.html"
    assert shell.run("apply", "--yes", shell.spec, "--report", str(file)).code == 0
    page = file.read_text(encoding="utf-8")
    assert ">Took</th>" in page
    assert re.search(r"(\d+) of \1 steps ended within", page)


def test_apply_without_a_change_writes_no_page(applied):
    file = applied.folder / "done.html"
    assert applied.run("apply", "--yes", applied.spec, "--report", str(file)).code == 0
    assert not file.exists()


def test_several_stacks_in_one_page(applied):
    other = applied.write("other.yaml", OTHER)
    page = applied.run("plan", applied.spec, other, "--format", "html").out
    assert page.count('<article class="stack"') == 2
    data = page.split('id="elbplan-data">')[1].split("</script>")[0]
    assert [stack["stack"] for stack in json.loads(data)["document"]["stacks"]] == ["my-web", "shop"]
