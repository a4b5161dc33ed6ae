"""In Gradescope's container: grade the one submission there is and write ``results.json``, question by question.

``python -m grader.classroom.autograder ROOT [--warm]``, with ROOT what Gradescope calls ``/autograder``. The file is
whole at every moment, so that a container that is stopped for its time shows what it came to. When the grader itself
fails, no file is left: Gradescope then tells the instructor, and no student gets a mark by mistake.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Bank
from grader.classroom.entries import Entry, Source
from grader.classroom.exports.autograder import SETTINGS
from grader.classroom.exports.gradescope import results_json
from grader.classroom.intake import Refused, read_entry
from grader.classroom.run import Plan, open_for_class
from grader.classroom.work import grade_file
from grader.files import write_whole
from grader.grade import Setting, grade_question, not_graded
from grader.known import mistake_submission, reference_submission
from grader.problems import EXIT_OK, EXIT_UNUSABLE, GradeTapeError
from grader.report.feedback import limit_feedback
from grader.results import QuestionResult, Report
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.machine import versions
from grader.vocabulary import known_words

_STOPPED = "the autograder was stopped before it came to this check"


def main(arguments: list[str]) -> int:
    """Grade, or with ``--warm`` run the references for the submissions to come."""
    root = Path(arguments[0])
    results = root / "results" / "results.json"
    try:
        settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
        bank = load_bank(location_at(root / "source" / "bank"), known_words())
        plan = Plan(
            root, root, seed=settings["seed"], device="cpu", level=settings["level"], bubblewrap=settings["bubblewrap"]
        )
        if "--warm" in arguments:
            _warm(bank, plan)
        else:
            _grade(bank, plan, settings, root / "submission", results)
    except GradeTapeError as error:
        results.unlink(missing_ok=True)
        print(f"gradetape: {error}", file=sys.stderr)
        return EXIT_UNUSABLE
    return EXIT_OK


def _warm(bank: Bank, plan: Plan) -> None:
    """Run what a right and every known wrong answer are held against, so that it lies in the cache."""
    with open_for_class(plan) as setting:
        for question in bank.questions.values():
            grade_question(question, reference_submission(question), setting)
            for function in question.spec.functions:
                for mistake in function.mistakes:
                    grade_question(question, mistake_submission(question, function.name, mistake), setting)


def _grade(bank: Bank, plan: Plan, settings: dict[str, Any], submission: Path, results: Path) -> None:
    until = time.monotonic() + settings["seconds"]
    questions = bank.questions.values()
    owners = {question.id: question.spec.covers for question in questions}
    try:
        files = read_entry(Entry("submission", "", (Source(submission, "submission"),)), owners)
    except Refused as refusal:
        refused = [not_graded(question, str(refusal)) for question in questions]
        _write(results, refused, None, plan, settings, f"Nothing could be graded: {refusal}")
        return
    graded = {question.id: not_graded(question, _STOPPED) for question in questions}
    _write(results, list(graded.values()), None, plan, settings, _STOPPED)
    with open_for_class(plan) as setting:
        for question in questions:
            file = files.get(question.id)
            content = (file.name, file.data) if file else None
            graded[question.id], _ = grade_file(question, content, setting, until)
            _write(results, list(graded.values()), setting, plan, settings)


def _write(
    path: Path, graded: list[QuestionResult], setting: Setting | None, plan: Plan, settings: dict[str, Any],
    message: str = "",
) -> None:  # fmt: skip
    isolation = setting.children.isolation() if setting else Isolation("none")
    report = Report("submission", tuple(graded), plan.seed, plan.device, "", versions(), isolation)
    told = results_json(limit_feedback(report, settings["feedback"]), message, settings["hidden"])
    del told["extra_data"]["seed"]  # a student may see it, and the inputs with it
    write_whole(path, json.dumps(told, ensure_ascii=True, allow_nan=False) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
