"""The golden pages in a real browser: nothing is requested, nothing overflows, every part is named and readable."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORTS = Path(__file__).parents[1] / "golden" / "reports"
PAGES = ("manager.html", "auditor.html", "officer.html")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = pytest.mark.chromium

# elements past the right edge, but for those inside a box that scrolls by itself or a drawing
OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll') && !e.closest('svg'))
  .map(e => e.tagName + '.' + e.className)"""

# WCAG 2 contrast of every element that holds words itself, against the nearest painted background
CONTRASTS = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = rgb(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (rgb(c).length < 4 || rgb(c)[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
  const low = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || e.closest('.unseen')) continue;
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return [...low]; }"""

NAMES = """() => ({
  h1: document.querySelectorAll('h1').length,
  skipped: [...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])
    .filter((level, i, all) => i && level > all[i - 1] + 1).length,
  tables: [...document.querySelectorAll('table')].filter(t => !t.querySelector('thead th[scope=col]')).length,
  rows: [...document.querySelectorAll('tbody tr')].filter(r => !r.querySelector('th[scope=row], td[colspan]')).length,
  drawings: [...document.querySelectorAll('svg[role=img]')]
    .filter(s => !s.getAttribute('aria-label') && !s.getAttribute('aria-labelledby')).length,
  ids: (ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id)),
  links: [...document.querySelectorAll('a[href^="#"]')].filter(a => !document.getElementById(a.hash.slice(1))).length,
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine; enable: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield opened
        opened.close()


def _open(browser: Browser, name: str, width: int, scheme: str = "light") -> tuple[Page, list[str], list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal of two
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((REPORTS / name).as_uri())
    # what the page leaves undrawn until it is scrolled to is drawn at once, so that it can be measured
    page.evaluate("""() => { const sheet = document.styleSheets[0];
      sheet.insertRule('.encounter { content-visibility: visible !important }', sheet.cssRules.length);
      document.querySelectorAll('details').forEach(d => { d.open = true; }); }""")
    return page, requests, complaints


@pytest.mark.parametrize("name", PAGES)
def test_opening_a_report_from_disk_requests_nothing_but_itself(browser: Browser, name: str) -> None:
    page, requests, complaints = _open(browser, name, 1280)
    page.wait_for_timeout(200)
    assert requests == [(REPORTS / name).as_uri()]
    assert complaints == []


@pytest.mark.parametrize("width", [390, 900, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_over_the_edge_of_a_phone_or_a_desk(browser: Browser, name: str, width: int) -> None:
    page, _, _ = _open(browser, name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("name", PAGES)
def test_names_of_any_length_find_room(browser: Browser, name: str, width: int, tmp_path: Path) -> None:
    text = (REPORTS / name).read_text(encoding="utf-8")
    for short in ("C01", "E-100241", "2026-Q2-outpatient", "internal medicine"):
        text = text.replace(f">{short}<", f">{'X' * 64}<").replace(f"{short} ", f"{'X' * 64} ")
    (tmp_path / name).write_text(text, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((tmp_path / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_sheet_holds_the_whole_width_and_every_note(browser: Browser, name: str) -> None:
    page = browser.new_page(viewport={"width": 690, "height": 980})  # A4 within its margins
    page.emulate_media(media="print")
    page.goto((REPORTS / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    closed = "[...document.querySelectorAll('details pre')].filter(n => !n.checkVisibility()).length"
    assert page.evaluate(closed) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_word_can_be_read_by_day_and_by_night(browser: Browser, name: str, scheme: str) -> None:
    page, _, _ = _open(browser, name, 1280, scheme)
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_tables_drawings_and_links_are_sound(browser: Browser, name: str) -> None:
    page, _, _ = _open(browser, name, 1280)
    found: dict[str, Any] = page.evaluate(NAMES)
    assert found == {"h1": 1, "skipped": 0, "tables": 0, "rows": 0, "drawings": 0, "ids": 0, "links": 0}


def test_the_auditor_can_hide_what_has_no_error_without_a_script(browser: Browser) -> None:
    page, _, _ = _open(browser, "auditor.html", 1280)
    page.check("#show-error")
    assert page.locator(".index tbody tr:visible").count() < page.locator(".index tbody tr").count()
    assert page.locator('.encounter:visible:not([data-worst="error"])').count() == 0


def test_a_report_with_phi_says_so_before_anything_else(browser: Browser) -> None:
    page, _, _ = _open(browser, "auditor.html", 1280)
    assert "protected health information" in (page.locator("body > *").first.text_content() or "")
