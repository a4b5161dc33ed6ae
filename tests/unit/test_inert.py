"""Whatever a student wrote, printed or named: in every report it can be read and does nothing."""

import io
import json
import sys
import unicodedata
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from _pytest.junitxml import bin_xml_escape
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from grader.judge.compare import Mismatch, Row
from grader.observation import ErrorSeen
from grader.problems import GradeTapeError
from grader.pytest_plugin import _explain
from grader.report.inert import cut, inert, visible
from grader.report.json_report import report_to_json
from grader.report.terminal import print_report
from grader.results import CheckResult, FunctionResult, QuestionResult, Report
from grader.sandbox.locks.levels import Isolation

EVIL = [
    "\x1b[2J\x1b[31m\x07\x08\x9b1m\x7f", "\r3/3", "\x00\x0b\x0c\x1c\x85\u2028\u2029", "\u202e\u2066\u200b\ufeff\u061c",
    "\ud800\udfff\ufffe\uffff", "]]></failure>&evil;<!--", "</pre><script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "[red]x[/red][link=file:///]y[/link][/] :skull:", "\U000e0041", "x" * 5000, "\n" * 500, "e\u0301\u200d\U0001f600",
]  # fmt: skip
#: Any text, and often what somebody would try.
TEXTS = st.text(st.characters() | st.sampled_from("".join(EVIL[:5])), max_size=80) | st.lists(
    st.sampled_from(EVIL), max_size=4
).map("".join)


@given(TEXTS)
def test_visible_text_is_plainly_seen_and_fits_any_file(text: str) -> None:
    seen = visible(text)
    assert all(c == "\n" or c == " " or unicodedata.category(c)[0] not in "CZ" for c in seen)
    seen.encode("utf-8")
    assert ElementTree.fromstring(_element(seen)).text == (seen or None)
    assert visible(seen) == seen
    lines = text.replace("\r\n", "\n").count("\n")
    assert seen.count("\n") == lines, "no new line is made"


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"]) | st.just(" ") | st.just("\n")))
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(TEXTS, st.integers(1, 5), st.integers(1, 50), st.booleans())
def test_text_is_cut_to_lines_and_width(text: str, lines: int, width: int, last: bool) -> None:
    for short in (cut(text, lines, width, last), inert(text, lines, width, last)):
        kept = short.split("\n")
        assert len(kept) <= lines + 1
        assert all(len(line) <= 2 * width + 1 for line in kept)


def test_the_last_lines_are_kept_of_a_traceback() -> None:
    assert cut("1\n2\n3\n4", 2, last=True) == "…\n3\n4"
    assert cut("1\n2\n3\n4", 2) == "1\n2\n…"


def _element(text: str) -> bytes:
    element = ElementTree.Element("failure", message=text)
    element.text = text
    return ElementTree.tostring(element, encoding="utf-8")


def _report(text: str) -> Report:
    """Return a report with one text in every place that a student has a hand in."""
    check = CheckResult(
        id="c",
        title="A check",
        status="failed",
        out_of=Fraction(1),
        reason=text,
        mismatch=Mismatch("", text, text, text, f"{text}!", (Row(text, text, text),)),
        error=ErrorSeen(text, (text,), text, text, None, text, text),
        stdout=text,
        stderr=text,
        blocked=text,
    )
    function = FunctionResult("f", (check, CheckResult("d", "Another", "not_reached", Fraction(1), reason=text)))
    question = QuestionResult("m1q01", "A question", True, (function,), text)
    return Report(text, (question,), 0, "cpu", "fork", isolation=Isolation("strict"))


def _printed(report: Report, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=100, **options)
    print_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@given(TEXTS)
@example("".join(EVIL))
def test_the_terminal_is_sent_nothing_but_text(text: str) -> None:
    shown = _printed(_report(text), no_color=True, force_terminal=False)
    assert all(c == "\n" or c.isprintable() for c in shown)
    assert len(shown) < 60_000


@pytest.mark.parametrize("text", EVIL)
def test_colours_are_the_reports_own(text: str) -> None:
    """On a terminal the report is coloured, alike whatever the text is."""
    harmless = visible(text).replace("[", "(").replace("]", ")").replace(":", ";")
    options = {"force_terminal": True, "color_system": "truecolor"}
    sent, expected = _printed(_report(text), **options), _printed(_report(harmless), **options)
    # With the brackets of its own sequences apart, which are all that it sends:
    assert sent.count("\x1b") == expected.count("\x1b")
    assert "\x1b]" not in sent


def test_markup_is_shown_as_it_was_written() -> None:
    shown = _printed(_report("[red]x[/red] [/] :skull:"), no_color=True, force_terminal=False)
    assert shown.count("[red]x[/red] [/] :skull:") >= 10


@given(TEXTS)
@example("".join(EVIL))
def test_json_is_ascii_and_gives_back_the_text(text: str) -> None:
    written = report_to_json(_report(text))
    assert written.isascii()
    check = json.loads(written, parse_constant=pytest.fail)["questions"][0]["functions"][0]["checks"][0]
    whole = text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "surrogatepass"
    )  # halves that met are one character
    assert check["stdout"] == check["reason"] == check["error"]["message"] == whole


@given(TEXTS)
@example("".join(EVIL))
def test_junit_files_are_valid_xml(text: str) -> None:
    """As pytest writes what the plugin tells of a failed check."""
    told = _explain(_report(text).questions[0].functions[0].checks[0])
    read = ElementTree.fromstring(_element(bin_xml_escape(told))).text
    assert read == told, "nothing had to be replaced"


def test_messages_of_the_command_line_are_visible(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from grader import cli

    class Parser:
        def parse_known_args(self, _: object) -> Any:
            def run(_: object) -> int:
                raise GradeTapeError("'\x1b[2Jevil\udcff.py' is not UTF-8")

            return type("Options", (), {"run": staticmethod(run)}), []

    monkeypatch.setattr(cli, "build_parser", Parser)
    assert cli.main([]) == 2
    assert capsys.readouterr().err == "gradetape: '\\x1b[2Jevil\\udcff.py' is not UTF-8\n"


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be had there")
def test_a_file_s_name_is_shown_and_not_sent(gradetape: Any, tmp_path: Any) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for name in (b"m1q01_\x1b[31m.py", b"m1q01_\xff.py"):
        (folder / "x").write_text("")
        (folder / "x").rename(folder / name.decode("utf-8", "surrogateescape"))
    done = gradetape("grade", folder, "m1q01")
    assert done.returncode == 2
    assert "two files for m1q01: m1q01_\\x1b[31m.py and m1q01_\\udcff.py" in done.stderr
