"""Hooks of mkdocs: pages from outside docs/, folders in the navigation, and links to other files of the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
OUTSIDE = {
    "README.md": "overview.md",
    "README.ko.md": "overview.ko.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGES.md": "changes.md",
}
"""Pages of the repository's root, and the pages of the site that have their text."""
EXAMPLES = "examples.md"
"""The page with every file of these folders. Links to the folders and their files lead to it."""
EXAMPLE_FOLDERS = ("specs", "migrations/shop")
UNLISTED = "Topics"
FOREIGN_WORKER = "https://unpkg.com/iframe-worker/shim"
"""What the theme would load from the internet, so that the search works for a site that is opened as a file."""
LINK = re.compile(r"(?<=\]\()([^)\s:#]+)(#[^)\s]*)?(?=\))")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Replaces folders of the navigation by their pages, and adds the pages that the navigation does not name."""
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    config.nav = [_expanded(entry, pages) for entry in config.nav or []]
    listed = set(_listed(config.nav))
    for section in config.nav:
        if UNLISTED in section:
            section[UNLISTED] += sorted(pages - listed)
    return config


def _expanded(entry: Any, pages: set[str]) -> Any:
    if isinstance(entry, dict):
        return {title: _contents(value, pages) for title, value in entry.items()}
    return entry


def _contents(value: Any, pages: set[str]) -> Any:
    if not isinstance(value, list):
        return value
    contents: list[Any] = []
    for item in value:
        if isinstance(item, str) and item.endswith("/"):
            contents.append({item.strip("/").capitalize(): sorted(page for page in pages if page.startswith(item))})
        else:
            contents.append(_expanded(item, pages))
    return contents


def _listed(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    for item in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
        yield from _listed(item)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages from outside docs/."""
    for name, page in OUTSIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=from_root(text)))
    files.append(File.generated(config, EXAMPLES, content=examples()))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Turns links to files outside docs/ into links to their pages of the site."""
    folder = posixpath.dirname(page.file.src_uri)

    def target(link: re.Match[str]) -> str:
        path, anchor = link.group(1), link.group(2) or ""
        reached = posixpath.normpath(posixpath.join("docs", folder, path))
        return posixpath.relpath(site_page(reached), folder or ".") + anchor

    return LINK.sub(target, markdown)


def on_post_page(output: str, *, page: Any, config: MkDocsConfig) -> str:
    """Replaces the script that the theme would load from the internet by our own."""
    root = "../" * page.file.dest_uri.count("/")
    return output.replace(FOREIGN_WORKER, f"{root}assets/frame-worker.js")


def on_post_template(output: str, *, template_name: str, config: MkDocsConfig) -> str:
    """The same for pages that are no Markdown, such as 404.html."""
    return output.replace(FOREIGN_WORKER, "/assets/frame-worker.js")


def from_root(text: str) -> str:
    """Returns a page of the repository's root with links as from docs/."""
    return LINK.sub(lambda link: posixpath.relpath(link.group(1), "docs") + (link.group(2) or ""), text)


def site_page(path: str) -> str:
    """Returns the page of the site, as from docs/, for a file or folder of the repository."""
    if path == "docs/decisions":
        return "decisions/0001-tags-are-the-state.md"
    if path.startswith(EXAMPLE_FOLDERS):
        return EXAMPLES
    return OUTSIDE.get(path, path.removeprefix("docs/"))


def examples() -> str:
    """Returns the page with the specs and migrations of the repository."""
    lines = ["# Examples", "", "The specs and migrations of the repository.", ""]
    for folder in EXAMPLE_FOLDERS:
        for file in sorted((ROOT / folder).glob("*.yaml")):
            lines += [
                f"## {file.relative_to(ROOT)}",
                "",
                "```yaml",
                file.read_text(encoding="utf-8").rstrip(),
                "```",
                "",
            ]
    return "\n".join(lines)
