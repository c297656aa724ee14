"""The completion of command lines: by its functions, by real shells where they are installed, and in little time.

ELBPLAN_GOLDEN=write writes the table of commands again.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from elbplan.cli.completion import table as tables
from elbplan.cli.completion.completer import complete
from elbplan.cli.completion.outline import addresses
from elbplan.cli.completion.shells import SHELLS, answer, script
from elbplan.cli.completion.sources import Sources
from elbplan.cli.main import ENTRIES, cli
from elbplan.core.hazard import HAZARDS
from elbplan.explain.words import EXPLANATIONS
from elbplan.spec import load

from .kit import Shell

ROOT = Path(__file__).parents[2]
THEMES = ("records", "certificates-[rs]", "listeners-application", "lb-addresses")
KNOBS = [path for theme in THEMES for path in (ROOT / "tests" / "knobs").glob(f"{theme}*.yaml")]
SPECS = [*(ROOT / "specs").glob("*.yaml"), *(ROOT / "tests" / "spec" / "good").glob("*.yaml"), *KNOBS]
MOST_SECONDS = 0.3


def current_table() -> str:
    regions = json.loads((ROOT / "elbplan" / "cost" / "prices.json").read_text(encoding="utf-8"))["regions"]
    words = [word for explanation in EXPLANATIONS for word in explanation.words]
    values = {"HAZARD": sorted(HAZARDS), "REGION": sorted(regions), "WORD": sorted(set(words))}
    return json.dumps(tables.table_of(cli, values), indent=1, ensure_ascii=False) + "\n"


def test_the_table_has_the_commands_and_options_of_today() -> None:
    text = current_table()
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        tables.FILE.write_text(text, encoding="utf-8")
    assert tables.FILE.read_text(encoding="utf-8") == text, "make golden writes elbplan/cli/completion/table.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "migrations" / "my-web").mkdir(parents=True)
    (tmp_path / "migrations" / "my-web" / "0002_app_on_8080.yaml").touch()
    (tmp_path / "migrations" / "my-web" / "0001_baseline.yaml").touch()
    (tmp_path / "specs" / "web.yaml").write_text(
        "name: my-web\ndomain: api.example.com\nservers: {count: 2}\ntargets: {port: 80, health: /health}\n"
        "---\nname: shop\ngroups: {api: {tag: app=api}}\n"
    )
    (tmp_path / "aws").write_text("[default]\nregion = x\n[profile prod]\n[sso-session corp]\n")
    return tmp_path


def words_after(folder: Path, line: str) -> list[str]:
    """The candidates for the last word of a command line; a type other than `plain` stands for itself."""
    *before, incomplete = line.split(" ")
    sources = Sources(folder, {"AWS_CONFIG_FILE": str(folder / "aws"), "HOME": str(folder)})
    found = complete(tables.load(), sources, before, incomplete)
    return [each.value if each.type == "plain" else f"<{each.type}>" for each in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pl", ["plan"]),
        ("sandbox st", ["start", "stop", "status"]),
        ("help pl", ["plan"]),
        ("plan --sa", ["--save", "--sandbox"]),
        ("--sandbox plan --de", ["--detail", "--detailed-exitcode", "--debug"]),
        ("plan --exit-code --detail --de", ["--debug"]),
        ("plan --format m", ["md", "mermaid"]),
        ("plan --format=m", ["--format=md", "--format=mermaid"]),
        ("plan --format = m", ["md", "mermaid"]),
        ("apply --allow route-r", ["route-removed"]),
        ("apply --allow extra-cost,route-r", ["extra-cost,route-removed"]),
        ("apply --to ", ["0001", "0002"]),
        ("apply shop --to 0002", ["0002"]),
        ("plan --profile ", ["default", "prod"]),
        ("plan --region ap-northeast-", ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"]),
        ("plan ", ["my-web", "shop", "specs/web.yaml"]),
        ("plan my-web s", ["shop", "specs/web.yaml"]),
        ("plan ./", ["<file>"]),
        ("validate ", ["specs/web.yaml"]),
        ("destroy --confirm ", ["my-web", "shop"]),
        ("plan --output ", ["<file>"]),
        ("plan --migrations ", ["<dir>"]),
        ("explain target_group.", ["target_group.web", "target_group.api"]),
        ("explain record.a", ["record.api.example.com"]),
        ("explain api.", ["api.example.com"]),
        ("explain Target.Time", ["Target.Timeout"]),
        ("explain targets.web specs/", ["specs/web.yaml"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("plan -- --de", []),
        ("nothing ", []),
    ],
)
def test_what_may_follow(folder: Path, line: str, expected: list[str]) -> None:
    assert words_after(folder, line) == expected


def test_the_first_word_is_a_command(folder: Path) -> None:
    assert words_after(folder, "") == [*ENTRIES, "help"]


@pytest.mark.parametrize("spec", sorted(SPECS), ids=lambda path: path.stem)
def test_the_addresses_are_those_of_the_spec(spec: Path) -> None:
    text = spec.read_text(encoding="utf-8")
    quick = [address for document in yaml.safe_load_all(text) for address in addresses(document)]
    real = [str(address) for stack in load([str(spec)], env={}) for address in stack.resources]
    assert sorted(set(quick)) == sorted(set(real))


@pytest.mark.parametrize(
    "text",
    ["name: [", "name: x\ntargets: {a: *b}\n", "- 1\n", "\x00", "name: x\nservers: 3\nlisteners: [1, {listen: {}}]\n"],
)
def test_a_wrong_spec_breaks_nothing(folder: Path, text: str) -> None:
    (folder / "specs" / "bad.yaml").write_text(text)
    assert "target_group.web" in words_after(folder, "explain target_group.")
    assert "my-web" in words_after(folder, "plan ")


def test_an_error_ends_without_candidates(folder: Path) -> None:
    class Broken(dict[str, str]):
        def get(self, *_: object) -> str:  # type: ignore[override]
            raise OSError("gone")

    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "elbplan plan --profile ", "3"
    try:
        assert answer("bash_complete", Broken(), folder) == ""
    finally:
        del os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
    assert answer("tcsh_complete", {}, folder) == ""


@pytest.mark.parametrize("name", SHELLS)
def test_the_command_prints_the_script(shell: Shell, name: str) -> None:
    assert shell.run("completion", name).out.strip() == script(name).strip()
    shell.environ["SHELL"] = f"/usr/bin/{name}"
    assert shell.run("completion", "--json").document == {"schema": 1, "shell": name, "script": script(name)}


def test_an_unknown_shell_is_64(shell: Shell) -> None:
    ran = shell.run("completion", "tcsh")
    assert (ran.code, "one of: bash, zsh, fish" in ran.err) == (64, True)


def asked(folder: Path, shell: str, words: str, current: str) -> list[str]:
    """What a shell gets from the installed program."""
    done = run_program(folder, {"_ELBPLAN_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": current})
    return done.stdout.split("\n")


def run_program(folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(
        [sys.executable, "-m", "elbplan"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )


def test_each_shell_gets_its_own_form(folder: Path) -> None:
    assert "plain,my-web" in asked(folder, "bash", "elbplan plan my", "2")
    assert asked(folder, "zsh", "elbplan plan my", "2")[:3] == ["plain", "my-web", "stack"]
    assert "plain,my-web\tstack" in asked(folder, "fish", "elbplan plan my", "my")


def test_a_completion_takes_little_time(folder: Path) -> None:
    """In seconds of the processor: the machine may have other work."""
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        asked(folder, "bash", "elbplan explain targets.", "2")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < MOST_SECONDS


BASH = """
eval "$(elbplan completion bash)"
COMP_WORDS=(%s); COMP_CWORD=%d; COMPREPLY=()
_elbplan_completion elbplan
printf '%%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("elbplan", "destr"), ["destroy"]),
        (("elbplan", "plan", "sho"), ["shop"]),
        (("elbplan", "explain", "targets.w"), ["targets.web"]),
        (("elbplan", "apply", "--allow", "route-rem"), ["route-removed"]),
    ],
)
def test_a_real_bash_completes(folder: Path, words: tuple[str, ...], expected: list[str]) -> None:
    bash = shutil.which("bash")
    assert bash
    environment = {**os.environ, "PATH": f"{program_folder(folder)}{os.pathsep}{os.environ['PATH']}"}
    text = BASH % (" ".join(words), len(words) - 1)
    done = subprocess.run([bash, "--norc", "-c", text], cwd=folder, env=environment, capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (expected, "")


def program_folder(folder: Path) -> Path:
    """A folder with a program called elbplan that runs this code."""
    file = folder / "bin" / "elbplan"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m elbplan "$@"\n')
    file.chmod(0o755)
    return file.parent


OTHER_SHELLS = {
    "fish": (["--no-config", "-c"], 'elbplan completion fish | source; complete -C "elbplan plan sho"'),
    "zsh": (
        ["-f", "-c"],
        "compdef() { }; compadd() { print -l -- ${(P)@[-1]} }; _describe() { print -l -- ${(P)3} }\n"
        'eval "$(elbplan completion zsh)"; words=(elbplan plan sho); CURRENT=3; _elbplan_completion',
    ),
}


def test_other_shells_complete_where_they_are_installed(folder: Path) -> None:
    installed = {name for name in OTHER_SHELLS if shutil.which(name)}
    environment = {**os.environ, "PATH": f"{program_folder(folder)}{os.pathsep}{os.environ['PATH']}"}
    environment["HOME"] = str(folder)
    answers = {}
    for name in installed:
        options, text = OTHER_SHELLS[name]
        done = subprocess.run([name, *options, text], cwd=folder, env=environment, capture_output=True, text=True)
        answers[name] = (done.stdout.replace("\t", ":").strip(), done.stderr)
    assert answers == dict.fromkeys(installed, ("shop:stack", ""))
