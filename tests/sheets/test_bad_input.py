"""Bad input, as a user meets it: one message with the place, exit code 2, no file half-written."""

import os
from pathlib import Path

import pytest
from pypdf import PdfReader

from grader.bank.location import BankLocation
from grader.sheets.loading import select
from grader.sheets.selection import Wanted
from grader.verify.question import verify_question
from tests.conftest import Run
from tests.sheets.conftest import SAMPLES


def refused(done: object) -> str:
    """Return the message of a command that must have refused."""
    assert done.returncode == 2, (done.stdout, done.stderr)  # type: ignore[attr-defined]
    message: str = done.stderr  # type: ignore[attr-defined]
    assert "Traceback" not in message
    assert message.startswith(("gradetape: ", "usage: "))
    return message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--module", "9", "-o", "x.pdf"], "no question in module 9"),
        (["--asked", "1999-01", "-o", "x.pdf"], "no question was asked in 1999-01; known are 2023-07, 2024-01"),
        (["--topic", "samplez", "-o", "x.pdf"], "did you mean 'samples'?"),
        (["m1q02", "-o", "x.pdf"], "there is no question 'm1q02'; did you mean 'm1q01'?"),
        (["-o", "x.doc"], "'x.doc' does not say what to write"),
        (["-o", "x"], "let its name end in .html or .pdf or .md"),
        (["-o", "folder.pdf"], "cannot write 'folder.pdf'"),
        (["-o", "file/x.pdf"], "cannot write 'file/x.pdf'"),
        (["--with", "answer", "-o", "x.pdf"], "there is no 'answer' to print; choose from answers, marking"),
        (["--columns", "2", "-o", "x.html"], "two columns are for PDF"),
        (["--columns", "3", "-o", "x.pdf"], "--columns"),
        (["--paper", "a5", "-o", "x.pdf"], "--paper"),
        ([], "-o"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_that_cannot_be_done(arguments: list[str], said: str, gradetape: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "file").write_text("a file, not a folder")
    before = sorted(tmp_path.rglob("*"))
    assert said in refused(gradetape("sheet", "--bank", SAMPLES, *arguments))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (r"\sigma(z) = \frac", r"\sigmoid(z) = \frac", 19, r'Unknown command "\sigmoid"'),
        ("draw: curve", "draw: curves", 45, "unknown drawing 'curves'; did you mean 'curve'?"),
        ("[logistic], derivatives", "[logistics], derivatives", 45, "curve"),
        ("> A remark", "# A heading", 14, "a heading is not supported in a question"),
        ("\\$5", "$5", 39, "a '$' that opens no formula"),
        ("The formula $\\\\sigma(z)$", "The formula $\\\\sigm(z)$", 41, "the formula '\\sigm(z)'"),
        ("is a bell.", "is $a$ bell.", 47, "a formula in an alternative text"),
        ("Not HTML", "漢字", 39, "'漢' is in none of the fonts of a PDF"),
    ],
)
def test_a_question_that_cannot_be_set_is_named_with_file_and_line(
    old: str, new: str, line: int, said: str, gradetape: Run, own_bank: BankLocation, tmp_path: Path
) -> None:
    (file,) = own_bank.questions.glob("*/*.yaml")
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    (tmp_path / "sheet.pdf").write_text("an older sheet")
    message = refused(gradetape("sheet", "--bank", "bank", "-o", "sheet.pdf"))
    assert f"m1q01_everything.yaml:{line}: " in message
    assert said in message
    assert (tmp_path / "sheet.pdf").read_text() == "an older sheet"


def test_all_faults_are_told_at_once(gradetape: Run, own_bank: BankLocation) -> None:
    (file,) = own_bank.questions.glob("*/*.yaml")
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("\\sigma(z) = \\frac", "\\foo = \\frac"),
        ("draw: curve", "draw: nothing"),
        ("> A remark", "# A"),
    ):
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    assert refused(gradetape("sheet", "--bank", "bank", "-o", "sheet.html")).count("m1q01_everything.yaml:") == 3


@pytest.mark.parametrize(
    "command",
    [
        ["sheet", "-o", "x.html"],
        ["paper", "-o", "x.pdf"],
        ["cards", "-o", "x.pdf"],
        ["list"],
        ["show", "m1q02"],
        ["verify"],
    ],
    ids=lambda command: command[0],
)
def test_a_file_that_is_not_called_after_its_question(
    command: list[str], gradetape: Run, own_bank: BankLocation, tmp_path: Path
) -> None:
    (file,) = own_bank.questions.glob("*/*.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("id: m1q01", "id: m1q02", 1), encoding="utf-8")
    said = refused(gradetape(*command, "--bank", "bank"))
    assert "m1q01_everything.yaml:1: the id is 'm1q02', the file is called 'm1q01_everything.yaml'" in said


@pytest.mark.parametrize(
    ("name", "text", "output", "said"),
    [
        ("sheet.html.j2", "<p>\n{% if %}", "x.html", "sheet.html.j2:2: the template is broken"),
        ("sheet.html.j2", "<p>\n\n{{ titel }}", "x.html", "sheet.html.j2:3: the template is broken"),
        ("sheet.html.j2", "{{ 1 / 0 }}", "x.html", "sheet.html.j2:1: the template is broken"),
        ("sheet.html.j2", '{% include "none.j2" %}', "x.html", "there is no template 'none.j2'"),
        ("sheet.md.j2", "{{ title | loud }}", "x.md", "sheet.md.j2:1: the template is broken"),
        ("article.html.j2", "\n{{ writeup.titel }}", "x.html", "article.html.j2:2: the template is broken"),
        (
            "sheet.typ.j2",
            "#set document(title: [A])\n#let x = (",
            "x.pdf",
            "what Typst cannot set: unclosed delimiter (line 2",
        ),
        ("sheet.typ.j2", "#set document(title: [A])\n$ x $", "x.pdf", "missing alt text"),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    name: str, text: str, output: str, said: str, gradetape: Run, own_bank: BankLocation, tmp_path: Path
) -> None:
    (tmp_path / "bank" / "templates").mkdir()
    (tmp_path / "bank" / "templates" / name).write_text(text, encoding="utf-8")
    assert said in refused(gradetape("sheet", "--bank", "bank", "-o", output))
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sheet_module.typ.j2", "\n{{ titel }}", "sheet_module.typ.j2:2: the template is broken"),
        ("sheet_module.typ.j2", "#set document(title: [A])\n$ x $", "missing alt text"),
        ("sheet_frame.typ.j2", "#set document(title: [A])\n#let x = (", "unclosed delimiter (line 2"),
        ("sheet_frame.typ.j2", "#set document(title: [A])\nNo pages.", "'sheet_frame.typ.j2' gave too few pages: 1,"),
    ],
)
def test_a_broken_template_of_a_long_sheet_is_named(
    name: str, text: str, said: str, gradetape: Run, own_long_bank: BankLocation, tmp_path: Path
) -> None:
    (tmp_path / "bank" / "templates").mkdir()
    (tmp_path / "bank" / "templates" / name).write_text(text, encoding="utf-8")
    assert said in refused(gradetape("sheet", "--bank", "bank", "-o", "x.pdf"))
    assert not (tmp_path / "x.pdf").exists()


def test_a_long_sheet_may_have_an_own_frame(gradetape: Run, own_long_bank: BankLocation, tmp_path: Path) -> None:
    (tmp_path / "bank" / "templates").mkdir()
    frame = "#set document(title: [A])\nA leaf before{% for marks in pages %}\n#pagebreak()\n{% endfor %}"
    (tmp_path / "bank" / "templates" / "sheet_frame.typ.j2").write_text(frame, encoding="utf-8")
    assert gradetape("sheet", "--bank", "bank", "-o", "x.pdf").returncode == 0
    assert PdfReader(tmp_path / "x.pdf").pages[0].extract_text() == "A leaf before"


def test_a_bank_may_have_a_template_of_its_own(gradetape: Run, own_bank: BankLocation, tmp_path: Path) -> None:
    (tmp_path / "bank" / "templates").mkdir()
    own = tmp_path / "bank" / "templates" / "sheet.md.j2"
    own.write_text("{% for section in sections %}{{ section.entries | length }} of {{ title }}{% endfor %}")
    assert gradetape("sheet", "--bank", "bank", "-o", "sheet.md").returncode == 0
    assert (tmp_path / "sheet.md").read_text() == "1 of A course of samples"
    assert gradetape("sheet", "--bank", "bank", "-o", "sheet.html").returncode == 0, "the others are the program's"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(gradetape: Run, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    assert "Permission denied" in refused(gradetape("sheet", "--bank", SAMPLES, "-o", "locked/sheet.md"))


def test_parts_may_be_repeated_or_parted_by_commas(gradetape: Run, tmp_path: Path) -> None:
    def sheet(*options: str) -> str:
        done = gradetape("sheet", "--bank", SAMPLES, *options, "-o", "sheet.md")
        assert (done.returncode, done.stdout) == (0, "wrote sheet.md\n"), done.stderr
        return (tmp_path / "sheet.md").read_text()

    assert sheet("--with", "answers,code") == sheet("--with", "answers", "--with", "code")
    assert "Model answer" not in sheet("--with", "none")
    assert sheet("--with", "all") == sheet()


def test_show_sets_formulas_as_a_terminal_can(gradetape: Run) -> None:
    shown = gradetape("show", "m1q01", "--bank", SAMPLES).stdout
    assert "nested twice: xᵢ." in shown
    assert "• nested once" in shown
    assert "$" not in shown.partition('"""')[0], "before the stub"


def test_verify_holds_a_question_to_what_can_be_printed(own_bank: BankLocation) -> None:
    (file,) = own_bank.questions.glob("*/*.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("> A remark", "# A heading"), encoding="utf-8")
    bank = select(own_bank, Wanted())
    first = next(verify_question(bank.questions["m1q01"], own_bank, None, ()))  # type: ignore[arg-type]
    assert not first.holds
    assert "m1q01_everything.yaml:14: a heading is not supported" in first.fault
