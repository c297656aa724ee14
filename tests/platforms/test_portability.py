"""Outside elbplan/platforms, no code uses what only some platforms have, and text is always UTF-8."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import elbplan

HOUSE = Path(elbplan.__file__).parent
FILES = sorted(file for file in HOUSE.rglob("*.py") if file.parent.name != "platforms")
MODULES = {"fcntl", "pwd", "grp", "termios", "tty", "pty", "resource", "posix", "crypt", "msvcrt", "winreg", "ctypes"}
NAMES = {
    "os": {
        "getuid", "geteuid", "getgid", "getegid", "fork", "forkpty", "setsid", "killpg", "getpgid", "getpgrp",
        "waitpid", "wait", "WNOHANG", "mkfifo", "chown", "fchown", "uname", "nice", "sysconf", "kill", "O_CLOEXEC",
        "O_NOFOLLOW",
        "O_DIRECTORY", "O_NONBLOCK", "sched_getaffinity", "getloadavg", "startfile", "symlink",
    },
    "signal": {
        "SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGWINCH", "SIGTSTP", "SIGCHLD", "SIGPIPE",
        "alarm", "setitimer", "pthread_sigmask", "sigwait", "pause",
    },
    "socket": {"AF_UNIX", "socketpair", "SO_REUSEPORT"},
    "time": {"tzset"},
}  # fmt: skip
"""Not on Windows (https://docs.python.org/3/library/os.html and so on), or with another meaning there."""
TEXT = {"open", "read_text", "write_text", "fdopen", "NamedTemporaryFile"}
PROC = {"process_files.py": "/proc/sys/kernel/random/boot_id"}
"""Files of Linux that are read where they exist."""


def nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def findings(text: str, name: str = "x.py") -> list[str]:
    """What a file uses that is not everywhere."""
    return [
        f"{name}:{getattr(node, 'lineno', 0)} {found}"
        for node in ast.walk(ast.parse(text))
        for found in (_module(node), _name(node), _text(node), _proc(node, name), _shell(node))
        if found
    ]


def _module(node: ast.AST) -> str:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
    return next((name for name in names if name.split(".")[0] in MODULES), "")


def _name(node: ast.AST) -> str:
    is_known = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    if is_known and node.attr in NAMES.get(node.value.id, ()):  # type: ignore[attr-defined]
        return f"{node.value.id}.{node.attr}"  # type: ignore[attr-defined]
    return ""


def _text(node: ast.AST) -> str:
    """A text file without an encoding: Windows would use the one of its region."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
    mode = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    foreign = owner in ("os", "webbrowser", "browser", "opener", "formatter", "state_file", "tarfile", "gzip")
    if name not in TEXT or foreign or (not owner and name == "write_text"):
        return ""
    if any(isinstance(value, str) and "b" in value and len(value) < 4 for value in mode):
        return ""
    given = {keyword.arg for keyword in node.keywords}
    return "" if "encoding" in given or "mode" in given else f"{name}() without encoding"


def _proc(node: ast.AST, name: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/proc/"):
        return "" if PROC.get(name) == node.value else node.value
    return ""


def _shell(node: ast.AST) -> str:
    """A command that needs a shell."""
    if isinstance(node, ast.keyword) and node.arg == "shell":
        return "shell="
    first = node.elts[0] if isinstance(node, ast.List) and node.elts else None
    return str(first.value) if isinstance(first, ast.Constant) and first.value in ("sh", "bash", "/bin/sh") else ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_a_file_runs_on_every_platform(file: Path) -> None:
    assert findings(file.read_text(encoding="utf-8"), file.name) == []


@pytest.mark.parametrize(
    "text",
    ["import fcntl", "from fcntl import flock", "os.kill(1, 9)", "os.getuid()", "signal.SIGKILL", "socket.AF_UNIX",
     'open("x")', "Path().read_text()", 'Path().open("w")', 'x = "/proc/self"', "run(shell=True)",
     'run(["bash", "x"])'],
)  # fmt: skip
def test_the_search_finds(text: str) -> None:
    assert len(findings(text)) == 1


@pytest.mark.parametrize("text", ['open("x", "rb")', 'open("x", encoding="utf-8")', "os.getpid()", "signal.SIGTERM"])
def test_the_search_allows(text: str) -> None:
    assert findings(text) == []


def test_nothing_that_a_user_runs_needs_bash() -> None:
    """A package has no script with a first line for a shell."""
    scripts = [file for file in HOUSE.rglob("*") if file.is_file() and file.suffix in ("", ".sh", ".bash")]
    assert [file for file in scripts if file.read_bytes()[:2] == b"#!"] == []
