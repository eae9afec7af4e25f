"""The static site in a real browser: no request, no serious finding, readable on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build_site import build_site

PAGES = (
    "index.html", "notebooks/00_start_here.html", "notebooks/05_prevention_and_reopening.html",
    "notebooks/06_words_in_context.html", "figures/index.html", "words.html", "GLOSSARY.html",
    "data/index.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    build_site(folder)
    return folder


def test_no_page_asks_the_network_for_anything(
    browser, site: Path, requests: Callable[[], list[str]]
) -> None:
    for path in sorted(site.rglob("*.html")):
        browser.get(path.as_uri())
    assert requests() == []
    assert [row for row in browser.get_log("browser") if row["level"] == "SEVERE"] == []


@pytest.mark.parametrize("page", PAGES)
def test_axe_core_has_no_serious_finding(
    browser, site: Path, audit: Callable[[], list[str]], page: str
) -> None:
    browser.get((site / page).as_uri())
    assert audit() == []


@pytest.mark.parametrize("page", PAGES)
def test_on_a_phone_only_tables_and_code_scroll_sideways(browser, site: Path, page: str) -> None:
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        browser.get((site / page).as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize(
    ("typed", "word"),
    [("yiqing fangkong", "疫情防控"), ("复工复产", "复工复产"), ("quarantine", "隔离")],
)
def test_the_glossary_finds_words_by_pinyin_characters_and_english(
    browser, site: Path, typed: str, word: str
) -> None:
    browser.get((site / "words.html").as_uri())
    n_all = len(browser.find_elements("css selector", "tbody tr"))
    browser.find_element("id", "search").send_keys(typed)
    shown = browser.execute_script(
        "return [...document.querySelectorAll('tbody tr:not([hidden])')]"
        ".map(r => r.cells[0].textContent)"
    )
    assert word in shown
    assert 0 < len(shown) < n_all / 4


def test_next_leads_through_all_lessons(browser, site: Path) -> None:
    browser.get((site / "notebooks" / "00_start_here.html").as_uri())
    seen = 1
    while links := browser.find_elements("partial link text", "Next: "):
        links[0].click()
        seen += 1
    assert seen == len(list((site / "notebooks").glob("*.html")))
