"""The bank's own questions: proved fit to grade with, and open to right answers of another kind."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import grader.demo
from grader.bank.headings import read_headings
from grader.bank.load import load_bank
from grader.bank.location import default_location
from grader.bank.model import Bank, Question, checks_of
from grader.grade import Setting, grade_question
from grader.submissions import find_files, read_submission
from grader.verify.question import verify_question
from grader.vocabulary import known_words
from tests.conftest import ROOT, Run

STUDENTS = Path(grader.demo.__file__).parent / "students"
IDS = [heading.id for heading in read_headings(default_location())]
OF_THE_DEMO = [id_ for id_ in IDS if (STUDENTS / "ada" / f"{id_}.py").exists()]

#: What concerns one question runs in one worker, in this order, so that what `verify` ran is not run again.
by_question = pytest.mark.parametrize(
    "question_id", [pytest.param(id_, marks=pytest.mark.xdist_group(id_)) for id_ in IDS]
)


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank(default_location(), known_words())


@pytest.fixture
def setting(setting: Setting, shared_cache: Path) -> Setting:
    """Grade with a cache that was empty when the tests began."""
    return replace(setting, cache=shared_cache)


def _skip_without_network(question: Question, setting: Setting) -> None:
    needed = any(check.needs.network for _, check in checks_of(question))
    if needed and "network" not in setting.children.isolation().layers:
        pytest.skip("this machine gives no private networks, so not all of it can be proved")


@by_question
def test_a_question_is_fit_to_grade_with(bank: Bank, setting: Setting, question_id: str) -> None:
    _skip_without_network(bank.questions[question_id], setting)
    findings = list(verify_question(bank.questions[question_id], bank.location, setting, range(3)))
    assert [f"{one.claim}: {one.fault}" for one in findings if not one.holds] == []


@by_question
def test_a_right_answer_of_another_kind_earns_full_marks(bank: Bank, setting: Setting, question_id: str) -> None:
    """By a student of the demo; where there is none `verify` has graded the question's alternatives."""
    question = bank.questions[question_id]
    if question_id not in OF_THE_DEMO:
        assert list((bank.location.alternatives / question_id).glob("*.py"))
        return
    files = find_files(STUDENTS / "ada", {question.id: question.spec.covers})
    result = grade_question(question, read_submission(files[question.id]), setting)
    assert [(check.id, check.reason) for check in result.checks() if check.status != "passed"] == []


@pytest.mark.parametrize("question_id", [pytest.param(id_, marks=pytest.mark.xdist_group(id_)) for id_ in OF_THE_DEMO])
def test_believable_mistakes_are_named(bank: Bank, setting: Setting, question_id: str) -> None:
    question = bank.questions[question_id]
    files = find_files(STUDENTS / "ben", {question.id: question.spec.covers})
    result = grade_question(question, read_submission(files[question.id]), setting)
    named = {one.mistake for check in result.checks() for one in check.diagnoses}
    assert len(named) >= 2, named
    assert 0 < result.marks < result.out_of


def test_the_demo_grades_three_students(gradetape: Run, tmp_path: Path) -> None:
    done = gradetape("demo", "shown")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "shown").iterdir()} == {"ada.json", "ben.json", "cleo.json", "stubs"}
    assert "The error was taken as" in " ".join(done.stdout.split())
    assert gradetape("demo", "shown").returncode == 0, "a second time, over the first"


def test_the_reference_modules_import_as_a_package() -> None:
    """They run as submissions, from their text; students also read and import them."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "reference_impl").rglob("m*q*.py"))
    ]
    subprocess.run([sys.executable, "-c", "; ".join(f"import {module}" for module in modules)], check=True, timeout=120)


def test_every_figure_that_a_question_declares_can_be_drawn(bank: Bank) -> None:
    from grader.sheets.figures import draw

    for question in bank.questions.values():
        for figure in question.spec.figures:
            assert draw(figure.draw, figure.with_).svg.startswith("<svg"), f"{question.id}: {figure.id}"
