"""A long sheet is set by two processes, and nobody can tell but by the time that it takes."""

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
from tests.sheets.conftest import LONG_IDS

SHOWN = frozenset(PARTS)


@pytest.mark.parametrize("markup", ["html", "typ", "md"])
def test_two_set_what_one_sets(long_bank: BankLocation, markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used = []
    answer_of = two_processes._answer_of
    monkeypatch.setattr(two_processes, "_answer_of", lambda process: used.append(answer_of(process)) or used[-1])
    articles = set_all_articles(long_bank, LONG_IDS, SHOWN, markup)
    assert list(articles) == LONG_IDS
    assert articles == set_articles(long_bank, LONG_IDS, SHOWN, markup)
    (other,) = used
    assert 4 <= len(other.articles) <= len(LONG_IDS) - 4, "both have something to do"


def test_few_questions_are_set_by_one(long_bank: BankLocation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_second_process", None)
    assert list(set_all_articles(long_bank, LONG_IDS[:3], SHOWN, "md")) == LONG_IDS[:3]


def test_what_is_wrong_in_either_half_is_told_at_once(own_long_bank: BankLocation) -> None:
    for id_ in LONG_IDS[4:8]:
        (question,) = own_long_bank.questions.glob(f"*/{id_}_*.yaml")
        question.write_text(question.read_text(encoding="utf-8").replace("marks:", "makrs:", 1), encoding="utf-8")
    with pytest.raises(BankError) as error:
        set_all_articles(own_long_bank, LONG_IDS, SHOWN, "html")
    assert {problem.path.name[:5] for problem in error.value.problems} == set(LONG_IDS[4:8])


def test_a_broken_template_is_told_once(own_long_bank: BankLocation) -> None:
    (own_long_bank.questions.parent / "templates").mkdir()
    (own_long_bank.questions.parent / "templates" / "article.md.j2").write_text("{{ 1 / 0 }}")
    with pytest.raises(GradeTapeError, match=r"article\.md\.j2:1: the template is broken"):
        set_all_articles(location_at(own_long_bank.questions.parent), LONG_IDS, SHOWN, "md")


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
    assert list(set_all_articles(long_bank, LONG_IDS, SHOWN, "md")) == LONG_IDS


def test_a_second_process_that_cannot_be_started_is_done_without(
    long_bank: BankLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "no-such-python")
    assert list(set_all_articles(long_bank, LONG_IDS, SHOWN, "md")) == LONG_IDS


def test_no_file_that_lies_about_is_taken_for_a_module(long_bank: BankLocation, tmp_path: Path) -> None:
    """A student's folder may hold a json.py or a grader.py; neither process may run it."""
    for name in ("json.py", "jinja2.py", "grader.py", "yaml.py"):
        (tmp_path / name).write_text("open('run', 'w').close()\n")
    bank = str(long_bank.questions.parent)
    code = f"from grader.cli import main; raise SystemExit(main(['sheet', '--bank', {bank!r}, '-o', 'sheet.md']))"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "sheet.md").exists()
    assert not (tmp_path / "run").exists()
