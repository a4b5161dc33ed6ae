"""Question papers: which questions a seed chooses, what a form id vouches for, and what stands on the pages."""

import re
import shutil
import subprocess
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.headings import Heading, read_headings
from grader.bank.location import BankLocation, default_location, location_at
from grader.cli import main
from grader.problems import GradeTapeError
from grader.sheets.blocks import Paragraph, Text, plain_text
from grader.sheets.loading import select
from grader.sheets.paper import Paper, Pattern, asked_in_writing, choose, draw_questions, make_paper
from grader.sheets.selection import Wanted

BANK = default_location()
NEEDS_POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is missing")


def heading(id_: str, marks: str) -> Heading:
    return Heading(id_, id_, (), (), marks, (), Path(id_))


def test_a_seed_chooses_the_same_questions_on_every_machine() -> None:
    """Worked out with sha256sum and sort; a change here makes every seed that was written down lie."""
    eligible = [heading(f"m1q{number:02d}", "8") for number in range(1, 7)]
    assert [draw_questions(eligible, 2, f"{seed}/module 1") for seed in range(4)] == [
        ["m1q04", "m1q05"],
        ["m1q03", "m1q05"],
        ["m1q01", "m1q03"],
        ["m1q01", "m1q02"],
    ]


def test_every_choice_of_equal_marks_is_as_likely() -> None:
    marks = {"m1q01": "5", "m1q02": "8", "m1q03": "16/2", "m1q04": "8", "m1q05": "10", "m1q06": "10"}
    eligible = [heading(id_, text) for id_, text in marks.items()]
    draws = 4000
    seen = Counter(tuple(draw_questions(eligible, 2, f"{seed}/x")) for seed in range(draws))
    assert all(Fraction(marks[a]) == Fraction(marks[b]) for a, b in seen)
    assert len(seen) == 4  # three pairs of 8 marks and one of 10
    assert all(abs(count - draws / 4) < 5 * (draws * 3 / 16) ** 0.5 for count in seen.values())


def test_too_few_of_equal_marks_are_no_choice() -> None:
    assert draw_questions([heading("m1q01", "5"), heading("m1q02", "8")], 2, "x") == []


def test_the_pattern_says_which_modules_it_cannot_fill() -> None:
    chosen = choose(location_at(Path(__file__).parent.parent.parent), Wanted(), None, seed=1)
    modules = {heading.module for heading in read_headings(BANK)}
    filled = {int(id_[1 : id_.index("q")]) for id_ in chosen.ids}
    assert filled <= modules
    assert len(chosen.ids) == 2 * len(filled)
    assert len(chosen.unfilled) == 5 - len(filled)


def test_a_pattern_chooses_among_those_wanted() -> None:
    for seed in range(10):
        chosen = choose(BANK, Wanted(asked="2023-07"), Pattern(1, 2), seed)
        asked = {heading.id for heading in read_headings(BANK) if "2023-07" in heading.asked}
        assert set(chosen.ids) <= asked
        assert chosen.answer == 1


def test_a_pattern_that_nothing_fills_is_refused() -> None:
    with pytest.raises(GradeTapeError, match="no module has 50 questions"):
        choose(BANK, Wanted(), Pattern(1, 50), 0)


def paper_of(*ids: str, seed: int = 0, **options: int) -> Paper:
    return make_paper(select(BANK, Wanted(ids=ids)), seed, **options)


def test_what_is_named_is_asked_in_full_and_in_that_order() -> None:
    paper = paper_of("m1q05", "m1q01")
    assert [one.writeup.question.id for one in paper.questions] == ["m1q05", "m1q01"]
    assert [one.number for one in paper.questions] == [1, 2]
    assert paper.marks == sum(one.marks for one in paper.questions)


def test_a_choice_counts_once() -> None:
    paper = paper_of("m1q03", "m1q05", answer=1)
    assert paper.marks == paper.questions[0].marks
    assert [group.is_choice for group in paper.groups] == [True]


def test_each_answer_gets_its_part_of_the_time() -> None:
    """180 minutes are for five answers: 36 each, rounded up to five minutes."""
    assert paper_of("m1q01").minutes == 40
    assert paper_of("m1q03", "m1q05", answer=1).minutes == 40
    assert paper_of("m1q01", "m1q02", "m1q03", "m1q04", "m1q05").minutes == 180
    assert paper_of("m1q01", minutes=25).minutes == 25


def test_the_form_id_changes_with_all_that_is_asked() -> None:
    papers = [
        paper_of("m1q03", "m1q05"),
        paper_of("m1q05", "m1q03"),
        paper_of("m1q03", "m1q05", answer=1),
        paper_of("m1q03", "m1q05", minutes=1),
        paper_of("m1q03"),
        paper_of("m1q03", seed=1),
    ]
    forms = [paper.form for paper in papers]
    assert len(set(forms)) == len(forms)
    assert all(re.fullmatch(r"\d+-[0-9A-F]{8}", form) for form in forms)
    assert papers[0].form == paper_of("m1q03", "m1q05").form
    assert forms[4].partition("-")[2] == forms[5].partition("-")[2], "the hash is of the content, the seed before it"


def test_a_wording_that_changes_gives_another_form(tmp_path: Path) -> None:
    before = paper_of("m1q01").form
    for folder in ("questions", "reference_impl"):
        shutil.copytree(BANK.questions.parent / folder, tmp_path / folder)
    question = next((tmp_path / "questions").glob("*/m1q01_*.yaml"))
    question.write_text(question.read_text(encoding="utf-8").replace("Define neural", "Define the neural", 1), "utf-8")
    changed = make_paper(select(location_at(tmp_path), Wanted(ids=("m1q01",))), 0)
    assert changed.form != before


def test_every_question_asks_something_in_writing_before_it_asks_for_code() -> None:
    for question in paper_of(*(heading.id for heading in read_headings(BANK))).questions:
        words = " ".join(plain_text(one.line) for one in question.asks if isinstance(one, Paragraph))
        assert words
        assert "implement" not in words, f"{question.writeup.question.id} does not begin this with 'Then implement'"


def test_a_question_that_asks_for_code_alone_is_asked_whole() -> None:
    prompt = (Paragraph((Text("Then implement it."),)),)
    assert asked_in_writing(prompt) == prompt


def print_paper(folder: Path, kind: str, *options: str) -> tuple[Path, Path]:
    paper, key = folder / f"paper.{kind}", folder / f"key.{kind}"
    assert main(["paper", *options, "-o", str(paper), "--key", str(key)]) == 0
    return paper, key


def pages_of(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


@NEEDS_POPPLER
def test_the_form_stands_on_every_page_of_paper_and_key(tmp_path: Path) -> None:
    form = paper_of("m1q02", "m1q05", seed=7).form
    for path in print_paper(tmp_path, "pdf", "m1q02", "m1q05", "--seed", "7"):
        pages = pages_of(path)
        for number, page in enumerate(pages, start=1):
            assert f"Form {form}" in page
            assert f"Page {number} of {len(pages)}" in page


@NEEDS_POPPLER
def test_the_key_has_the_answers_and_the_paper_none(tmp_path: Path) -> None:
    paper, key = (
        "".join(pages_of(path)) for path in print_paper(tmp_path, "pdf", "--module", "1", "--asked", "2023-07")
    )
    for words in ("Model answer", "A full answer", "Gradient by hand: 2/m"):
        assert words not in paper
        assert words in key
    for words in ("Roll number", "Obtained", "Answer all questions", "[6 marks]", "Full marks: 32"):
        assert words in paper
    assert "implement" not in paper


@pytest.mark.parametrize("space", ["lines", "box", "grid", "none", "1/2", "box:1/3", "lines:9/10"])
def test_every_kind_of_space_prints_the_same_on_every_run(space: str, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    options = ("m1q01", "m1q03", "--space", space, "--paper", "letter")
    first, again = (print_paper(folder, "pdf", *options)[0] for folder in (tmp_path, tmp_path / "again"))
    assert first.read_bytes() == again.read_bytes()


@NEEDS_POPPLER
@pytest.mark.parametrize(("space", "pages"), [("none", 1), ("1/10", 2), ("1/2", 3), ("1", 5)])
def test_a_share_of_the_page_is_what_each_question_gets(space: str, pages: int, tmp_path: Path) -> None:
    """Four questions after the page with the title: two to a page with a half each."""
    paper, _ = print_paper(tmp_path, "pdf", "--module", "1", "--asked", "2023-07", "--space", space)
    assert len(pages_of(paper)) <= pages + (space == "1/10")
    assert len(pages_of(paper)) >= pages


def test_the_web_page_has_the_same_form_and_no_answer(tmp_path: Path) -> None:
    paper, key = (path.read_text(encoding="utf-8") for path in print_paper(tmp_path, "html", "m1q03", "--seed", "5"))
    form = paper_of("m1q03", seed=5).form
    assert form in paper
    assert form in key
    assert "Model answer" not in paper
    assert "Marking scheme" in key


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--pattern", "3/2"], "'3/2' is no pattern"),
        (["--pattern", "0/2"], "'0/2' is no pattern"),
        (["--pattern", "two"], "'two' is no pattern"),
        (["--space", "boxes"], "'boxes' is neither lines, box, grid nor none"),
        (["--space", "box:2"], "'2' is neither"),
        (["--space", "1/0"], "'1/0' is neither"),
        (["--seed", "-1"], "'-1' is no seed"),
        (["--minutes", "0"], "'0' is no time"),
        (["--asked", "1999-01"], "no question was asked in 1999-01"),
        (["m9q99"], "there is no question 'm9q99'"),
        (["--key", "paper.html"], "give the key a name of its own"),
        (["--key", "key.docx"], "let its name end in .pdf or .html"),
        (["-o", "paper.docx"], "let its name end in .pdf or .html"),
        (["-o", "/dev/null/paper.pdf", "m1q01"], "/dev/null/paper.pdf"),
    ],
)
def test_bad_input_is_told_in_one_message_and_writes_nothing(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["paper", "-o", "paper.html", *options])
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_marks_that_are_no_number_are_told_with_their_file(tmp_path: Path) -> None:
    location = _copied(tmp_path)
    question = next((tmp_path / "questions").glob("*/m1q01_*.yaml"))
    question.write_text(question.read_text(encoding="utf-8").replace("marks: 5", "marks: five", 1), "utf-8")
    with pytest.raises(GradeTapeError, match=r"m1q01_neurons\.yaml: 'five' are no marks"):
        choose(location, Wanted(), None, 0)


def _copied(folder: Path) -> BankLocation:
    for name in ("questions", "reference_impl"):
        shutil.copytree(BANK.questions.parent / name, folder / name)
    return location_at(folder)
