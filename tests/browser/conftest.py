"""A browser for the tests of the page: Debian's Chromium, without a window and without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from elbplan.render.reports.html import html
from elbplan.render.reports.page import Report

MISSING = (
    "these tests need Chromium and its driver: apt-get install chromium chromium-driver. "
    "To leave them out: make test-without-browser"
)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--window-size=1400,1000",
)  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Show = Callable[[Report], "Chrome"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all tests of a file. Fails, with what to install, on a machine without one."""
    driver = shutil.which("chromedriver")
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not driver or not binary:
        pytest.fail(MISSING, pytrace=False)
    options = ChromeOptions()
    options.binary_location = binary
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def show(browser: Chrome, tmp_path: Path) -> Iterator[Show]:
    """Opens a report as a file. Afterwards, asserts that the page logged no error and asked no network."""

    def opened(report: Report) -> Chrome:
        file = tmp_path / "report.html"
        file.write_text(html(report), encoding="utf-8")
        browser.get(file.as_uri())
        return browser

    browser.get_log("performance")
    yield opened
    assert browser.get_log("browser") == []
    assert [url for url in requested(browser) if not url.startswith(("file:", "data:"))] == []


def requested(browser: Chrome) -> Iterator[str]:
    """The URLs that the browser asked for since the last look at its log."""
    for entry in browser.get_log("performance"):
        message: dict[str, Any] = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]
