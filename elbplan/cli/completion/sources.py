"""The names around a command line: stacks, specs, addresses, migrations, AWS profiles. Wrong files have no names."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..options import DEFAULT_FOLDER, DEFAULT_PATHS
from .outline import addresses, domains

NAME = re.compile(r"^name:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9.-]*)", re.MULTILINE)
PROFILE = re.compile(r"^[ \t]*\[(?:profile[ \t]+)?[\"']?([^\]\"']+)[\"']?\]", re.MULTILINE)
NOT_PROFILES = ("sso-session ", "services ", "plugins", "preview")
MIGRATION = re.compile(r"(\d{4})_(.+)\.yaml")
LARGEST = 1_000_000
MOST_FILES = 500


@dataclass(frozen=True)
class Sources:
    """The current folder and the environment of a completion."""

    folder: Path
    environ: Mapping[str, str]

    def stacks(self) -> list[str]:
        """The names of stacks with a spec in specs/ or with a folder of migrations."""
        named = [name for file in self._specs() for name in NAME.findall(_text(file))]
        folders = [path.name for path in self._children(DEFAULT_FOLDER) if path.is_dir()]
        return list(dict.fromkeys([*named, *folders]))

    def spec_paths(self) -> list[str]:
        """The spec files in specs/, as a user writes them."""
        return [file.relative_to(self.folder).as_posix() for file in self._specs()]

    def addresses(self, words: Sequence[str] = ()) -> list[str]:
        """The addresses and domains in the specs that the words name; without such words, in specs/."""
        paths = [self.folder / word for word in words if word.endswith((".yaml", ".yml"))]
        documents = [document for file in paths or self._specs() for document in _documents(file)]
        found = [name for document in documents for name in (*addresses(document), *domains(document))]
        return list(dict.fromkeys(found))

    def migrations(self, words: Sequence[str] = (), base: str = DEFAULT_FOLDER) -> dict[str, str]:
        """The numbers and titles of the migrations of the stacks among the words, or of all stacks."""
        folders = [path for path in self._children(base) if path.is_dir()]
        chosen = [path for path in folders if path.name in words] or folders
        files = [file.name for folder in chosen for file in sorted(folder.glob("[0-9]*.yaml"))]
        matches = [match for match in map(MIGRATION.fullmatch, files) if match]
        return {match[1]: match[2].replace("_", " ") for match in matches}

    def profiles(self) -> list[str]:
        """The profiles of the AWS configuration."""
        home = Path(self.environ.get("HOME") or self.environ.get("USERPROFILE") or "~").expanduser() / ".aws"
        config = Path(self.environ.get("AWS_CONFIG_FILE") or home / "config")
        credentials = Path(self.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials")
        names = [name.strip() for file in (config, credentials) for name in PROFILE.findall(_text(file))]
        return list(dict.fromkeys(name for name in names if not name.startswith(NOT_PROFILES)))

    def _specs(self) -> list[Path]:
        return [file for path in DEFAULT_PATHS for file in self._children(path) if file.suffix in (".yaml", ".yml")]

    def _children(self, name: str) -> list[Path]:
        with contextlib.suppress(OSError):
            return sorted(path for path in (self.folder / name).iterdir() if path.name[0] != ".")[:MOST_FILES]
        return []


def _text(file: Path) -> str:
    with contextlib.suppress(OSError):
        if os.path.getsize(file) <= LARGEST:
            return file.read_text(encoding="utf-8", errors="replace")
    return ""


def _documents(file: Path) -> Iterator[Any]:
    """The documents of a file up to the first syntax error."""
    with contextlib.suppress(yaml.YAMLError, ValueError, RecursionError):
        yield from yaml.load_all(_text(file), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
