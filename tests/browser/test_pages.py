"""The pages in a real browser: formulas, folding, filters, print, accessibility, no network, no foreign script."""

import base64
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AXE, Browser

KINDS = ["sheet", "samples", "paper", "key", "choice", "feedback"]
Pages = dict[str, Path]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched_and_nothing_is_refused(browser: Browser, pages: Pages, kind: str) -> None:
    """A page asks for itself and for what it carries; the console stays empty."""
    browser.requests()
    browser.driver.get_log("browser")
    browser.open(pages[kind])
    asked = browser.requests()
    assert pages[kind].as_uri() in asked, "the log tells"
    assert [url[:80] for url in asked if url != pages[kind].as_uri() and not url.startswith("data:")] == []
    assert [entry["message"] for entry in browser.driver.get_log("browser")] == []


@pytest.mark.parametrize("kind", ["sheet", "key"])
def test_every_formula_is_mathml_in_the_math_font(browser: Browser, pages: Pages, kind: str) -> None:
    browser.open(pages[kind])
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    left = browser.ask(
        """(() => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
          while (walk.nextNode()) {
            const text = walk.currentNode;
            if (!text.parentElement.closest("code, pre, script, style, annotation") && /\\$|\\\\[a-zA-Z(]/.test(text.data))
              found.push(text.data);
          }
          return found;
        })()"""
    )
    assert left == [], "LaTeX shown as text"
    browser.ask(
        """(() => {
          const seen = new Set();
          for (const token of document.querySelectorAll("math :is(mi, mo, mn, mtext)"))
            if (!seen.has(token.textContent)) { seen.add(token.textContent); token.dataset.first = ""; }
        })()"""
    )
    browser.cdp("DOM.enable")
    browser.cdp("CSS.enable")
    root = browser.cdp("DOM.getDocument")["root"]["nodeId"]
    tokens = browser.cdp("DOM.querySelectorAll", nodeId=root, selector="[data-first]")["nodeIds"]
    drawn = 0
    for node in tokens:
        for font in browser.cdp("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]:
            where = browser.cdp("DOM.getOuterHTML", nodeId=node)["outerHTML"]
            assert font["isCustomFont"], f"{font['familyName']} draws {where}"
            drawn += 1
    assert drawn > 30
    browser.cdp("CSS.disable")
    browser.cdp("DOM.disable")


def test_answers_fold_and_unfold(browser: Browser, pages: Pages) -> None:
    browser.open(pages["sheet"])
    hidden = "[...document.querySelectorAll('details > :not(summary)')].filter(one => one.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}) && one.getClientRects().length).length"
    assert browser.ask("document.querySelectorAll('details').length") > 8
    assert browser.ask(hidden) == 0
    summary = browser.driver.find_element("css selector", "summary")
    browser.ask("arguments[0].scrollIntoView({block: 'center'})", summary)
    summary.click()
    opened = browser.ask(hidden)
    assert opened > 0
    summary.send_keys("\ue007")  # Enter
    assert browser.ask(hidden) == 0
    everything = browser.driver.find_element("css selector", "[data-fold]")
    everything.click()
    assert browser.ask(hidden) > opened
    assert browser.ask("[...document.querySelectorAll('details')].every(one => one.open)")
    assert everything.text == "Hide all answers"
    everything.click()
    assert browser.ask(hidden) == 0


def test_the_filters_leave_what_matches(browser: Browser, pages: Pages, questions: int) -> None:
    browser.open(pages["sheet"])

    def shown() -> list[str]:
        visible = "[...document.querySelectorAll('article')].filter(one => one.checkVisibility()).map(one => one.id)"
        return list(browser.ask(visible))

    def put(name: str, value: str) -> None:
        browser.driver.execute_script(
            "const field = document.forms[0].elements.namedItem(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', {bubbles: true}));",
            name,
            value,
        )

    assert len(shown()) == questions
    put("sitting", "2023-07")
    asked = shown()
    assert asked
    assert all("2023-07" in browser.ask("document.getElementById(arguments[0]).dataset.sittings", id_) for id_ in asked)
    assert browser.ask("document.querySelector('.filter output').value") == f"{len(asked)} of {questions} questions"
    put("words", "Learning Rule perceptron")
    assert shown() == ["m1q03"]
    entries = "[...document.querySelectorAll('[data-entry]')].filter(one => one.checkVisibility()).length"
    assert browser.ask(entries) == 1
    put("words", "no such words anywhere")
    assert shown() == []
    put("words", "")
    put("sitting", "")
    put("module", "1")
    assert all(id_.startswith("m1") for id_ in shown())


def test_the_sheet_is_read_without_scripts(browser: Browser, pages: Pages) -> None:
    """The filter, which would not work, is not there; a click still unfolds an answer."""
    browser.open_without_scripts(pages["sheet"])
    browser.cdp("DOM.enable")
    root = browser.cdp("DOM.getDocument")["root"]["nodeId"]

    def node(selector: str) -> int:
        return int(browser.cdp("DOM.querySelector", nodeId=root, selector=selector)["nodeId"])

    def is_open() -> bool:
        return "open" in browser.cdp("DOM.getAttributes", nodeId=node("details"))["attributes"]

    assert "hidden" in browser.cdp("DOM.getAttributes", nodeId=node(".filter"))["attributes"]
    assert not is_open()
    summary = node("summary")
    browser.cdp("DOM.scrollIntoViewIfNeeded", nodeId=summary)
    box = browser.cdp("DOM.getBoxModel", nodeId=summary)["model"]["content"]
    for event in ("mousePressed", "mouseReleased"):
        browser.cdp(
            "Input.dispatchMouseEvent", type=event, x=box[0] + 12, y=(box[1] + box[5]) / 2, button="left", clickCount=1
        )
    assert is_open()
    browser.cdp("DOM.disable")


@pytest.mark.parametrize("kind", KINDS)
def test_a_narrow_window_needs_no_scrolling_sideways(browser: Browser, pages: Pages, kind: str) -> None:
    browser.open(pages[kind])
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    browser.resize(360)
    assert browser.ask("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(browser: Browser, pages: Pages, kind: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe.min.js is missing beside the browser tests")
    browser.open(pages[kind])
    browser.emulate(scheme)
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    browser.driver.execute_script(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = browser.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done, e => done({error: String(e)}))"
    )
    assert "error" not in found, found
    assert len(found["passes"]) > 10, "axe has looked"
    problems = [
        f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"][:3]
    ]
    assert problems == []


def test_axe_would_find_a_violation(browser: Browser, pages: Pages, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = pages["sheet"].read_text(encoding="utf-8")
    broken.write_text(text.replace("<html lang=", "<html data-was=", 1), encoding="utf-8")
    browser.open(broken)
    browser.driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.driver.execute_async_script("axe.run(document).then(arguments[0])")
    assert [one["id"] for one in found["violations"]] == ["html-has-lang"]


def test_a_hostile_report_runs_nothing(browser: Browser, pages: Pages) -> None:
    browser.open(pages["feedback"])
    assert "<script>alert(1)</script>" in browser.ask("document.body.innerText")
    assert browser.ask("document.scripts.length") == 1
    assert browser.ask("document.images.length") == 0
    assert browser.ask("document.querySelectorAll('iframe, object, embed, base, form').length") == 0
    # Were there a way in all the same, the page's own policy would stop it.
    browser.driver.get_log("browser")
    browser.ask(
        "(() => { window.ran = []; const script = document.createElement('script');"
        " script.textContent = 'window.ran.push(1)'; document.body.append(script);"
        " document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran.push(2)\">'); })()"
    )
    assert browser.driver.execute_async_script("setTimeout(() => arguments[0](window.ran), 200)") == []
    assert "Content Security Policy" in str(browser.driver.get_log("browser"))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is missing")
@pytest.mark.parametrize(
    ("kind", "fewest", "most"),  # pages for each question on it
    [("sheet", 1, 7.5), ("paper", 0.5, 2), ("key", 0.75, 3.5), ("choice", 0.5, 2), ("feedback", 0.5, 6)],
)
def test_a_page_prints_well(
    browser: Browser, pages: Pages, tmp_path: Path, kind: str, fewest: float, most: float, questions: int
) -> None:
    """With what is folded unfolded, within the margins, and with the number of each page."""
    browser.open(pages[kind])
    printed = tmp_path / "printed.pdf"
    printed.write_bytes(base64.b64decode(browser.cdp("Page.printToPDF", preferCSSPageSize=True)["data"]))
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], capture_output=True, text=True, check=True).stdout
    sides = text.split("\f")[:-1]
    source = pages[kind].read_text(encoding="utf-8")
    shown = source.count("<article") or source.count('<section class="graded"')
    assert fewest * shown <= len(sides) <= most * shown
    assert all(f"Page {number} of {len(sides)}" in side for number, side in enumerate(sides, start=1))
    if kind == "sheet":
        assert text.count("Marking scheme") == questions, "folded on the screen"
        assert "Show all answers" not in text
    if kind in ("paper", "key", "choice"):
        form = re.search(r"Form: <strong>([0-9A-F-]+)<", source)
        assert form
        assert all(f"Form {form[1]}" in side for side in sides)
    boxes = subprocess.run(["pdftotext", "-bbox", printed, "-"], capture_output=True, text=True, check=True).stdout
    edges = [float(edge) for edge in re.findall(r'<word xMin="[-\d.]+" yMin="[-\d.]+" xMax="([-\d.]+)"', boxes)]
    assert len(edges) > 50
    page = re.search(r'<page width="([\d.]+)"', boxes)
    assert page
    assert max(edges) < float(page[1]) - 15 / 25.4 * 72, "words in the right margin"
