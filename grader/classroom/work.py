"""One student's files -> the record of their grading. The same in every engine."""

import time
from collections.abc import Mapping
from dataclasses import replace

from grader.bank.model import Question
from grader.calls import calls_of
from grader.classroom.records import Record, State, Task
from grader.grade import Setting, judge_question, not_graded
from grader.problems import GradeTapeError
from grader.results import CheckResult, QuestionResult, Report
from grader.sandbox.machine import versions
from grader.sandbox.runner import observe
from grader.submissions import submission_of

#: The most that is kept of what a check printed, in characters: a class of those who print without end must fit.
MOST_PRINTED = 10_000


def grade_student(task: Task, questions: Mapping[str, Question], setting: Setting, ends: float | None = None) -> Record:
    """Grade every question of one student, within the student's own time and the run's.

    Args:
        task: the student and the files.
        questions: the questions of the run, in the order of the report.
        setting: where and how.
        ends: when the run's time is up, by `time.monotonic`.

    Returns:
        the record: "graded", or "grading broke" where the grader or the machine failed, or "not graded" where the
        run's time was up. A student whose own time was up is "graded": the checks left over have failed.
    """
    left = task.seconds
    results = []
    for id_, question in questions.items():
        now = time.monotonic()
        until = now + left if ends is None else min(now + left, ends)
        try:
            result, took = grade_file(question, task.files.get(id_), setting, until)
        except GradeTapeError as error:
            return ungraded(task, questions, "grading broke", str(error))
        if ends is not None and time.monotonic() > ends:
            return ungraded(task, questions, "not graded", "the run's time (--budget) was used up")
        results.append(result)
        left -= took
    reason = f"stopped after {task.seconds:g} s, the time for one student" if left < 0 else ""
    took = task.seconds - left
    return Record(task.student, task.name, "graded", reason, _report(task, results, setting), took, task.key)


def grade_file(
    question: Question, file: tuple[str, bytes] | None, setting: Setting, until: float
) -> tuple[QuestionResult, float]:
    """Grade a question by its file's name and bytes; ``None`` is a question that was not attempted.

    Returns:
        the result, and how many seconds the student's own code took. The reference and the known mistakes may have to
        be run as well, when they are not in the cache; that is nobody's time.

    Raises:
        GradeTapeError: the question or the machine is at fault, so that no mark can be given.
    """
    if file is None:
        return not_graded(question, "not attempted"), 0.0
    name, data = file
    try:
        submission = submission_of(name, data)
    except GradeTapeError as error:
        return not_graded(question, str(error), attempted=True, file=name), 0.0
    calls = calls_of(question, setting.seed)
    started = time.monotonic()
    seen = observe(setting.children, submission, calls, setting.seed, setting.device, until)
    took = time.monotonic() - started
    return _cut(judge_question(question, calls, seen, setting, name)), took


def ungraded(task: Task, questions: Mapping[str, Question], state: State, reason: str) -> Record:
    """Return the record of a student who was not graded: every check appears, none was reached."""
    results = [not_graded(question, reason) for question in questions.values()]
    return Record(task.student, task.name, state, reason, _report(task, results, None), key=task.key)


def _report(task: Task, results: list[QuestionResult], setting: Setting | None) -> Report:
    if setting is None:  # nothing was run, so nothing held it
        return Report(task.student, tuple(results), seed=0, device="", sandbox="")
    return Report(
        submission=task.student,
        questions=tuple(results),
        seed=setting.seed,
        device=setting.device,
        sandbox=setting.children.way,
        isolation=setting.children.isolation(),
        versions=versions(),
    )


def _cut(result: QuestionResult) -> QuestionResult:
    functions = tuple(
        replace(function, checks=tuple(_cut_check(check) for check in function.checks)) for function in result.functions
    )
    return replace(result, functions=functions)


def _cut_check(check: CheckResult) -> CheckResult:
    if len(check.stdout) <= MOST_PRINTED and len(check.stderr) <= MOST_PRINTED:
        return check
    return replace(check, stdout=_cut_text(check.stdout), stderr=_cut_text(check.stderr))


def _cut_text(text: str) -> str:
    return text if len(text) <= MOST_PRINTED else f"{text[:MOST_PRINTED]}… ({len(text) - MOST_PRINTED} more characters)"
