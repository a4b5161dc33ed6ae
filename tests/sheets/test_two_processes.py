"""A long sheet is set by two processes, and nobody can tell but by the time that it takes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.bank.location import BankLocation, location_at
from grader.problems import BankError, GradeTapeError
from grader.sheets import two_processes
from grader.sheets.articles import set_articles
from grader.sheets.commands import PARTS
from grader.sheets.two_processes import set_all_articles
from tests.sheets.conftest import SAMPLES

SHOWN = frozenset(PARTS)
IDS = [f"m1q{number:02d}" for number in range(1, 15)]


@pytest.fixture(scope="module")
def long_bank(tmp_path_factory: pytest.TempPathFactory) -> BankLocation:
    """Make a bank of the sample question under many ids."""
    folder = tmp_path_factory.mktemp("long") / "bank"
    shutil.copytree(SAMPLES, folder)
    question = next((folder / "questions").glob("*/*.yaml"))
    reference = folder / "reference_impl" / question.parent.name / f"{question.stem}.py"
    for id_ in IDS[1:]:
        stem = f"{id_}_everything"
        text = question.read_text(encoding="utf-8").replace("id: m1q01", f"id: {id_}", 1)
        (question.parent / f"{stem}.yaml").write_text(text, encoding="utf-8")
        shutil.copy(reference, reference.parent / f"{stem}.py")
    return location_at(folder)


@pytest.fixture
def spoilt(long_bank: BankLocation, tmp_path: Path) -> BankLocation:
    shutil.copytree(long_bank.questions.parent, tmp_path / "bank")
    return location_at(tmp_path / "bank")


@pytest.mark.parametrize("markup", ["html", "typ", "md"])
def test_two_set_what_one_sets(long_bank: BankLocation, markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    answer_of = two_processes._answer_of
    monkeypatch.setattr(two_processes, "_answer_of", lambda process: used.append(answer_of(process)) or used[-1])
    articles = set_all_articles(long_bank, IDS, SHOWN, markup)
    assert list(articles) == IDS
    assert articles == set_articles(long_bank, IDS, SHOWN, markup)
    (other,) = used
    assert 4 <= len(other.articles) <= len(IDS) - 4, "both have something to do"


def test_few_questions_are_set_by_one(long_bank: BankLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_second_process", None)
    assert list(set_all_articles(long_bank, IDS[:3], SHOWN, "md")) == IDS[:3]


def test_what_is_wrong_in_either_half_is_told_at_once(spoilt: BankLocation) -> None:
    for id_ in IDS[4:8]:
        (question,) = spoilt.questions.glob(f"*/{id_}_*.yaml")
        question.write_text(question.read_text(encoding="utf-8").replace("marks:", "makrs:", 1), encoding="utf-8")
    with pytest.raises(BankError) as error:
        set_all_articles(spoilt, IDS, SHOWN, "html")
    assert {problem.path.name[:5] for problem in error.value.problems} == set(IDS[4:8])


def test_a_broken_template_is_told_once(spoilt: BankLocation) -> None:
    (spoilt.questions.parent / "templates").mkdir()
    (spoilt.questions.parent / "templates" / "article.md.j2").write_text("{{ 1 / 0 }}")
    with pytest.raises(GradeTapeError, match=r"article\.md\.j2:1: the template is broken"):
        set_all_articles(location_at(spoilt.questions.parent), IDS, SHOWN, "md")


@pytest.mark.parametrize("when", ["before it is asked", "while it works"])
def test_a_second_process_that_is_killed_is_done_without(
    when: str, long_bank: BankLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "_ask" if when == "before it is asked" else "_answer_of"
    go_on = getattr(two_processes, place)

    def killed(process: "subprocess.Popen[bytes]", *request: object) -> object:
        process.kill()
        process.wait()
        return go_on(process, *request)

    monkeypatch.setattr(two_processes, place, killed)
    assert list(set_all_articles(long_bank, IDS, SHOWN, "md")) == IDS


def test_a_second_process_that_cannot_be_started_is_done_without(
    long_bank: BankLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "no-such-python")
    assert list(set_all_articles(long_bank, IDS, SHOWN, "md")) == IDS


def test_no_file_that_lies_about_is_taken_for_a_module(long_bank: BankLocation, tmp_path: Path) -> None:
    """A student's folder may hold a json.py or a grader.py; neither process may run it."""
    for name in ("json.py", "jinja2.py", "grader.py", "yaml.py"):
        (tmp_path / name).write_text("open('run', 'w').close()\n")
    bank = str(long_bank.questions.parent)
    code = f"from grader.cli import main; raise SystemExit(main(['sheet', '--bank', {bank!r}, '-o', 'sheet.md']))"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "sheet.md").exists()
    assert not (tmp_path / "run").exists()
