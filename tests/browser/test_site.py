"""The site of the documentation in a browser: opened as a file, it searches, and asks no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.docs.site import build

from .conftest import requested

WIDEST = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


@pytest.mark.parametrize(("words", "found"), [("redirect", "The redirect"), ("리스너", "HTTPS 리스너")])
def test_the_search_finds_a_section(browser: Chrome, site: Path, words: str, found: str) -> None:
    browser.get_log("performance")
    browser.get(f"{(site / 'index.html').as_uri()}?q={words}")
    WebDriverWait(browser, 20).until(lambda page: page.find_elements(By.CSS_SELECTOR, ".md-search-result__item"))
    titles = browser.find_elements(By.CSS_SELECTOR, ".md-search-result__item :is(h1, h2)")
    assert any(found in (title.get_attribute("textContent") or "") for title in titles)
    assert browser.get_log("browser") == []
    assert [url for url in requested(browser) if not url.startswith(("file:", "data:", "about:"))] == []


@pytest.mark.parametrize("page", ["index", "tutorial.ko", "reference/spec-keys", "coming-from/terraform", "migrations"])
def test_no_page_is_wider_than_a_phone(browser: Chrome, site: Path, page: str) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    )
    browser.get((site / f"{page}.html").as_uri())
    assert browser.execute_script(WIDEST) == 0
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
