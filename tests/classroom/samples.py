"""A small class without a process of TensorFlow: records made by hand, and an engine that looks at file names only."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Bank, Question
from grader.classroom.records import Record, State, Task
from grader.classroom.roster import Person
from grader.classroom.run import Class, Plan, Watch, grade_class, read_class
from grader.grade import not_graded
from grader.judge.compare import Mismatch, Row
from grader.observation import ErrorSeen
from grader.results import CheckResult, Diagnosis, FunctionResult, QuestionResult, Report
from grader.sandbox.locks.levels import Isolation
from grader.vocabulary import known_words

SMALL_BANK = Path(__file__).parent.parent / "bank"
GOLDEN = Path(__file__).parent / "golden"

ADDS = Diagnosis("adds", "The factor was added; scaling multiplies.")


def small_bank() -> Bank:
    return load_bank(location_at(SMALL_BANK), known_words())


def question_result(question: Question, failing: dict[str, CheckResult]) -> QuestionResult:
    """Everything passed, but for the checks given, ``function/check``, whose texts are taken."""
    blank = not_graded(question, "", attempted=True, file=f"{question.id}.py")
    functions = []
    for function in blank.functions:
        checks = []
        for check in function.checks:
            failed = failing.get(f"{function.name}/{check.id}")
            passed = replace(check, status="passed", reason="", outcome="returned")
            checks.append(replace(failed, id=check.id, title=check.title, out_of=check.out_of) if failed else passed)
        functions.append(FunctionResult(function.name, tuple(checks)))
    return replace(blank, functions=tuple(functions))


def failed(reason: str, **more: object) -> CheckResult:
    return CheckResult("", "", "failed", Fraction(0), reason=reason, **{"outcome": "returned", **more})  # type: ignore[arg-type]


def record(student: str, question: QuestionResult, state: State = "graded", reason: str = "", name: str = "") -> Record:
    report = Report(student, (question,), 7, "cpu", "fork", {"python": "3.11.7"}, Isolation("strict", ("limits",)))
    return Record(student, name, state, reason, report, seconds=0.25, key=f"key of {student}")


def sample_records(bank: Bank) -> list[Record]:
    """One of every kind, a hostile one among them."""
    question = bank.questions["m1q01"]
    mismatch = Mismatch("[0]", "2 of 3 elements differ", "largest absolute error 1", "shape (3,)", "shape (3,)",
                        (Row("[1]", "5.0", "4.0"),))  # fmt: skip
    wrong = {
        "scale/by_hand": failed("2 of 3 elements differ", mismatch=mismatch, diagnoses=(ADDS,), stdout="hello\n"),
        "scale/rejects": failed("raised nothing", hint="Look at the rank of x first."),
    }
    nasty = {
        "scale/by_hand": failed("raised ValueError: =1+1\x00\x1b[31m\ud800", outcome="raised",
                                error=ErrorSeen("ValueError", (), "=1+1", "  File \"m1q01.py\", line 2\n")),
        "norm/by_hand": failed("your code crashed (SIGSEGV) in this check", outcome="crashed",
                               stdout="</script>&<b>]]>\x07\ufffe"),
    }  # fmt: skip
    return [
        record("alice", question_result(question, {}), name="Alice Ångström"),
        record("bob", question_result(question, wrong), name="Bob, Jr. \"B\""),
        record("=cmd|' /C calc'!A0", question_result(question, nasty), name="@SUM(1+1)"),
        record("carol", not_graded(question, "its member '../x.py' leaves the archive's folder"), "refused",
               "its member '../x.py' leaves the archive's folder"),
        record("dave", not_graded(question, "nothing was handed in"), "no submission", "nothing was handed in"),
        record("erin", not_graded(question, "the grader broke"), "grading broke", "the grader broke"),
    ]  # fmt: skip


PEOPLE = {
    "alice": Person("alice", "Alice Ångström", "alice@example.org", "101", "S1", "alice", "A"),
    "bob": Person("bob", 'Bob, Jr. "B"', "bob@example.org", "102", "S2", "bob", "B"),
}


def fake_engine(bank: Bank, seconds: float = 0.0, broken: Iterable[str] = ()) -> object:
    """An engine that fails the first check of those whose file says "wrong", and breaks on those named."""
    question = bank.questions["m1q01"]

    def grade(tasks: Iterable[Task], ends: float | None) -> Iterator[Record]:
        for task in tasks:
            if ends is not None and time.monotonic() > ends:
                return
            time.sleep(seconds)
            if task.student in broken:
                yield replace(record(task.student, not_graded(question, "oh"), "grading broke", "oh"), key=task.key)
                continue
            (_, data), *_ = task.files.values()
            wrong = {"scale/by_hand": failed("wrong", diagnoses=(ADDS,))} if b"wrong" in data else {}
            yield replace(record(task.student, question_result(question, wrong), name=task.name), key=task.key)

    return grade


def run(plan: Plan, bank: Bank | None = None, engine: object = None, watch: Watch | None = None) -> dict[State, int]:
    """Grade a class with the fake engine."""
    bank = bank or small_bank()
    room: Class = read_class(plan, bank)
    engine = engine or fake_engine(bank)
    return grade_class(plan, bank, room, engine, watch or Watch(), lambda records: None)  # type: ignore[arg-type]


def make_class(folder: Path, students: Iterable[str], wrong: Iterable[str] = ()) -> Path:
    for student in students:
        (folder / student).mkdir(parents=True)
        (folder / student / "m1q01.py").write_text(f"# {student} {'wrong' if student in wrong else 'right'}\n")
    return folder
