"""Asks git which names and regions the stacks of a file had before."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

TIMEOUT = 5
VERSIONS = "5"
"""How many commits of a file are read."""

DOCUMENT = re.compile(r"^---.*$", re.MULTILINE)
NAME = re.compile(r"^name:[ \t]*([\"']?)(?P<value>[A-Za-z0-9-]+)\1[ \t]*(?:#.*)?$", re.MULTILINE)
REGION = re.compile(r"^region:[ \t]*([\"']?)(?P<value>[a-z0-9-]+)\1[ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class FormerStack:
    """A name and a region that a stack of a file had; the region is empty if the file did not have one."""

    name: str
    region: str = ""


def former_stacks(file: str) -> list[FormerStack]:
    """The stacks of the last committed versions of a file, newest first; none without git or a repository."""
    folder, name = os.path.split(os.path.abspath(file))
    if not file or not os.path.isfile(file):
        return []
    commits = _git(folder, "log", f"--max-count={VERSIONS}", "--format=%H", "--", name).split()
    texts = (_git(folder, "show", f"{commit}:./{name}") for commit in commits)
    return list(dict.fromkeys(stack for text in texts for stack in stacks_in(text)))


def stacks_in(text: str) -> Iterator[FormerStack]:
    """The name and the region of each document of a spec, which need not be right."""
    for document in DOCUMENT.split(text):
        if name := NAME.search(document):
            region = REGION.search(document)
            yield FormerStack(name["value"], region["value"] if region else "")


def _git(folder: str, *arguments: str) -> str:
    """The output of git; empty if it fails: then there is no history to read."""
    try:
        process = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return process.stdout if process.returncode == 0 else ""
