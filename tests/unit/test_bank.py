"""A broken bank says everything that is wrong with it, each with its line and its mend."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.json_schema import bank_schema, question_schema
from grader.bank.load import load_bank
from grader.bank.location import default_location, location_at
from grader.bank.model import Bank, marks_of_checks
from grader.bank.schema import Function
from grader.bank.stubs import render_stub
from grader.problems import BankError, Problem
from grader.vocabulary import known_words
from tests.conftest import SMALL_BANK

Break = Callable[..., list[Problem]]


@pytest.fixture
def problems_after(tmp_path: Path) -> Break:
    """Replace text in a file of the small bank and return the problems of loading it."""

    def break_it(*replacements: tuple[str, str], file: str = "questions/m1_small/m1q01_scale.yaml") -> list[Problem]:
        bank = tmp_path / "bank"
        shutil.copytree(SMALL_BANK, bank, dirs_exist_ok=True)
        text = (bank / file).read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        (bank / file).write_text(text, encoding="utf-8")
        with pytest.raises(BankError) as caught:
            load_bank(location_at(bank), known_words())
        return caught.value.problems

    return break_it


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ("title: Scaling a vector", "titel: Scaling a vector", 2, "unknown key 'titel'", "did you mean 'title'?"),
        ("topics: [vectors]", "topics: [vectors]\ntopics: [x]", 6, "duplicate key 'topics' (first on line 5)", "keep one"),
        ("marks: 4\ntopics", "marks: 5\ntopics", 8, "adds up to 4, the question has 5", "make them equal"),
        ("marks: 4\ntopics", "marks: 5\ntopics", 10, "marks add up to 4, the question has 5", "make them equal"),
        ("        marks: 1\n", "        marks: 3\n", 12, "take 3 of 3, leaving nothing for the other 2", "lower"),
        ("  - name: norm", "  - name: nrom", 38, "has no function 'nrom'", "did you mean 'norm'?"),
        ("probe: rejects", "probe: reject", 26, "unknown probe 'reject'", "did you mean 'rejects'?"),
        ("probe: rejects", "probe: rejects\n        with: {errors: X}", 27, "no option 'errors'", "did you mean 'error'?"),
        ("{normal: [5]}, factor: -0.5", "{norml: [5]}, factor: -0.5", 22, "unknown input 'norml'", "'normal'?"),
        ("{normal: [5]}, factor: -0.5", "{normal: [5], sdt: 1}, factor: -0.5", 22, "no option 'sdt'", "'std'?"),
        ("factor: -0.5", "factr: -0.5", 22, "no parameter 'factr'", "did you mean 'factor'?"),
        ("expect: {value: 5}", "expect: {valu: 5}", 44, "unknown key 'valu'", "did you mean 'value'?"),
        ("expect: {value: 5}", "expect: {value: 5, below: 6}", 44, "value and below at once", ""),
        ("expect: {value: 5}", "expect: {value: 5, margin: 0.2}", 44, "has a margin and no bound", ""),
        ("expect: {value: 5}", "expect: {below: 0.0, margin: 0.2}", 44, "no bound that is not 0", ""),
        ("expect: {value: 5}", "expect: {compare: exact}", 44, "'close', 'equal'", "'exact'"),
        ("      no_root:", "      no_roots:", 47, "no function 'norm__no_roots'", "running code"),
        ("caught_by: [by_hand]", "caught_by: [by_hands]", 49, "no check 'by_hands'", "did you mean 'by_hand'?"),
        ("      - id: random", "      - id: by_hand", 20, "'by_hand' stands twice", "its own name"),
        ("{matrix: {x: {normal: [2, 2]}}}", "{matrix: {x: {callable: scriptd}}}", 28, "'scriptd'", "'scripted'?"),
        ("marks: 4\ntopics", "marks: four\ntopics", 4, "'four' is not a number of marks", ""),
        ("id: m1q01", "id: m2q01", 1, "lies in the folder of module 1", "move the file"),
        ("asked: [2024-01]", "asked: [2024-13]", 3, "asked.0", "2024-13"),
    ],
)  # fmt: skip
def test_each_fault_is_said_where_it_stands(
    problems_after: Break, old: str, new: str, line: int, what: str, mend: str
) -> None:
    problems = problems_after((old, new))
    assert any(p.line == line and what in p.what and mend in p.mend for p in problems), "\n".join(map(str, problems))


def test_all_faults_are_said_at_once(problems_after: Break) -> None:
    problems = problems_after(
        ("probe: rejects", "probe: reject"),
        ("{normal: [5]}, factor: -0.5", "{norml: [5]}"),
        ("- name: norm", "- name: nrom"),
    )
    assert len({problem.line for problem in problems}) >= 3


def test_an_erratum_needs_its_evidence(problems_after: Break) -> None:
    erratum = "errata:\n  - {printed: a, correct: b, because: c, evidence: {check: scale/by_hnd, mistake: addz}}\nfunctions:\n"
    whats = [problem.what for problem in problems_after(("functions:\n", erratum))]
    assert "'scale' has no check 'by_hnd'" in whats
    assert "'scale' has no mistake 'addz'" in whats


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("reference_impl/m1_small/m1q01_scale.py", "def norm(", "def norm((", "not Python"),
        ("reference_impl/mistakes/m1_small/m1q01_scale.py", "def norm__no_root", "def norm__root", "norm__root"),
        ("questions/bank.yaml", "course:", "curse:", "unknown key 'curse'"),
    ],
)
def test_faults_of_the_other_files_name_them(problems_after: Break, file: str, old: str, new: str, what: str) -> None:
    assert any(what in problem.what for problem in problems_after((old, new), file=file))


def test_missing_and_undecodable_files_are_problems(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    (bank / "reference_impl/m1_small/m1q01_scale.py").unlink()
    (bank / "questions/m1_small/m1q02_x.yaml").write_bytes(b"id: \xff")
    with pytest.raises(BankError) as caught:
        load_bank(location_at(bank), known_words())
    assert [problem.what.split(" (")[0] for problem in caught.value.problems] == [
        "not UTF-8",
        "the file does not exist",
    ]


def test_shares_of_marks_are_exact_and_add_up(small_bank: Bank) -> None:
    scale, _ = small_bank.questions["m1q01"].spec.functions
    assert marks_of_checks(scale) == {"by_hand": 1, "random": 1, "rejects": 1}
    third = Function.model_validate({"name": "f", "marks": 1, "checks": [{"id": c, "title": c} for c in "abc"]})
    assert marks_of_checks(third) == {c: Fraction(1, 3) for c in "abc"}


def test_the_committed_schemas_are_current() -> None:
    questions = default_location().questions
    assert (questions / "schema.json").read_text(encoding="utf-8") == question_schema(), "run 'make schema'"
    assert (questions / "bank.schema.json").read_text(encoding="utf-8") == bank_schema(), "run 'make schema'"


def test_the_stub_is_python_with_the_contract_and_no_answer(small_bank: Bank) -> None:
    stub = render_stub(small_bank.questions["m1q01"], small_bank.location)
    namespace: dict[str, object] = {}
    exec(compile(stub, "stub.py", "exec"), namespace)
    assert "Multiply a vector (n,) by" in stub
    assert "factor: float=2.0" in stub
    assert "tf.sqrt" not in stub
    with pytest.raises(NotImplementedError, match="norm is not written yet"):
        namespace["norm"](None)  # type: ignore[operator]
