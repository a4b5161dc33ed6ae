"""A question may ask for a class as for a function: read, shown, graded, and its mistakes told apart."""

import shutil
from pathlib import Path

import pytest

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Bank
from grader.bank.source import parse_module
from grader.bank.stubs import render_stub
from grader.classroom.similar import functions_of
from grader.grade import Setting, grade_question
from grader.problems import BankError
from grader.sandbox.submission import Submission
from grader.verify.question import verify_question
from grader.vocabulary import known_words
from tests.conftest import SMALL_BANK

REFERENCE = '''"""Counting."""

import numpy as np
import tensorflow as tf


class Counter:
    """A number that grows, {braces} and a \\\\ included.

    Args:
        start: where to begin.
    """

    unit = 1

    def __init__(self, start: int = 0) -> None:
        self._at = start
        self._check()

    @property
    def at(self) -> int:
        """How far it is."""
        return self._at

    def add(self, x: tf.Tensor, *, times: int = 1) -> tf.Tensor:
        """Grow by the sum of ``x``, so many ``times``.

        Returns:
            How far it is now.
        """
        if tf.reduce_sum(x) > 0:  # AutoGraph needs the source of this
            x = x - 1
        self._at = self._at + times * tf.reduce_sum(x)
        return self._at

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array(self._at, dtype)

    def _check(self) -> None:
        """Refuse what cannot be."""
        if self._at < 0:
            raise ValueError("below 0")


def added(x: tf.Tensor) -> tf.Tensor:
    """Add ``x`` to nothing."""
    return Counter(0).add(tf.cast(x, tf.int32))
'''
MISTAKES = '''"""Wrong ones."""

import tensorflow as tf

from reference_impl.m1_small.m1q01_scale import Counter


class Counter__from_one(Counter):
    def __init__(self, start=1):
        super().__init__(start)


def added__not(x):
    return tf.constant(0)
'''
QUESTION = """id: m1q01
title: Counting
marks: 2
topics: [classes]
prompt: Implement `Counter` and `added`.
answer: It counts.
marking: [{marks: 2, point: It counts}]
errata:
  - {printed: from one, correct: from 0, because: it is so, evidence: {check: Counter/from_0, mistake: from_one}}
functions:
  - name: Counter
    marks: 1
    checks:
      - {id: starts, title: It starts, inputs: {start: 3}}
      - {id: from_0, title: At 0 if not told}
      - {id: rejects, title: Below 0 is refused, probe: rejects, inputs: {start: 0}, variants: {less: {start: -1}}}
    mistakes:
      from_one: {says: It starts at 1., caught_by: [from_0]}
  - name: added
    marks: 1
    checks:
      - {id: traced, title: In a graph, inputs: {x: {integers: [3], low: 5, high: 9}}, probe: under_tf_function, with: {relax: {x: [null]}}}
    mistakes:
      not: {says: Nothing was added., caught_by: [traced]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bank = tmp_path / "bank"
    shutil.copytree(SMALL_BANK, bank)
    (bank / "questions/m1_small/m1q01_scale.yaml").write_text(QUESTION, encoding="utf-8")
    (bank / "reference_impl/m1_small/m1q01_scale.py").write_text(REFERENCE, encoding="utf-8")
    (bank / "reference_impl/mistakes/m1_small/m1q01_scale.py").write_text(MISTAKES, encoding="utf-8")
    return bank


@pytest.fixture
def bank(folder: Path) -> Bank:
    return load_bank(location_at(folder), known_words())


def test_a_class_is_read_as_what_makes_its_objects(bank: Bank) -> None:
    module = bank.questions["m1q01"].reference
    assert list(module.functions) == ["added"]
    counter = module.classes["Counter"]
    assert counter.is_class
    assert [(one.name, one.required) for one in counter.parameters] == [("start", False)]
    assert {one.name: one.signature for one in counter.methods} == {
        "__init__": "def __init__(self, start: int=0) -> None:",
        "at": "@property\ndef at(self) -> int:",
        "add": "def add(self, x: tf.Tensor, *, times: int=1) -> tf.Tensor:",
        "__array__": "def __array__(self, dtype: object=None, copy: object=None) -> np.ndarray:",
    }
    assert [one.name for one in counter.methods[2].parameters] == ["x", "times"]
    made = parse_module(Path("a.py"), "class A(B, metaclass=C):\n    @staticmethod\n    def f(x): ...\n").classes["A"]
    assert (made.signature, made.parameters) == ("class A(B, metaclass=C):", ())
    assert [one.name for one in made.methods[0].parameters] == ["x"]


def test_the_stub_has_the_methods_and_no_answer(bank: Bank) -> None:
    stub = render_stub(bank.questions["m1q01"], bank.location)
    namespace: dict[str, type] = {}
    exec(compile(stub, "stub.py", "exec"), namespace)
    counter = namespace["Counter"]
    assert (counter.__doc__ or "").startswith("A number that grows, {braces} and a \\ included.\n\n    Args:\n")
    assert isinstance(counter.at, property)
    assert counter.add.__doc__.endswith("How far it is now.\n        ")
    assert not {"_check", "unit"} & set(vars(counter))
    assert "_at" not in stub
    with pytest.raises(NotImplementedError, match=r"m1q01: Counter.__init__ is not written yet$"):
        counter()
    with pytest.raises(NotImplementedError, match=r"Counter\.add is not written yet"):
        counter.add(None, None)


def test_such_a_question_is_fit_to_grade_with(bank: Bank, setting: Setting) -> None:
    findings = list(verify_question(bank.questions["m1q01"], bank.location, setting, [0]))
    assert [f"{one.claim}: {one.fault}" for one in findings if not one.holds] == []
    assert {"the mistake Counter__from_one is caught and diagnosed", "the stub earns nothing"} <= {
        one.claim for one in findings
    }


def test_a_class_that_is_missing_or_wrong_is_said_to_be(bank: Bank, setting: Setting) -> None:
    question = bank.questions["m1q01"]
    wrong = REFERENCE.replace("start: int = 0", "start: int = 1")
    for source, reason, mistakes in (("x = 1", "no such function", []), (wrong, "another value", ["from_one"])):
        (check,) = grade_question(question, Submission("m1q01.py", source), setting, {"Counter/from_0"}).checks()
        assert check.status != "passed"
        assert reason in check.reason
        assert [one.mistake for one in check.diagnoses] == mistakes


def test_a_class_without_methods_cannot_be_asked_for(folder: Path) -> None:
    path = folder / "reference_impl/m1_small/m1q01_scale.py"
    path.write_text(
        'import tensorflow as tf\n\n\nclass Counter:\n    """None."""\n\n\n' + REFERENCE.split("\n\n\n")[-1]
    )
    with pytest.raises(BankError) as caught:
        load_bank(location_at(folder), known_words())
    assert "the class 'Counter' has no methods to write" in [problem.what for problem in caught.value.problems]


def test_a_mistake_of_a_class_must_be_there_and_be_declared(folder: Path) -> None:
    path = folder / "reference_impl/mistakes/m1_small/m1q01_scale.py"
    path.write_text(MISTAKES.replace("Counter__from_one", "Counter__from_two"))
    with pytest.raises(BankError) as caught:
        load_bank(location_at(folder), known_words())
    whats = " ".join(problem.what for problem in caught.value.problems)
    assert "no function 'Counter__from_one'" in whats
    assert "'Counter__from_two', which no function declares" in whats


def test_classes_of_two_students_are_compared_as_functions_are() -> None:
    renamed = REFERENCE.replace("_at", "_n").replace("times", "k").replace("How far it is", "What there is")
    assert functions_of(REFERENCE)["Counter"] == functions_of(renamed)["Counter"]
    assert functions_of(REFERENCE)["Counter"].total() > 20
