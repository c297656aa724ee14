"""Builds the site of the documentation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .pages import ROOT


def build(folder: Path) -> str:
    """Builds the site into this folder. Returns what mkdocs says. Asserts that there is no warning."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return done.stderr
