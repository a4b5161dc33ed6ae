"""A record -> the student's own files: JSON and a page, with no more in them than the feedback level lets through."""

import json
from dataclasses import replace
from pathlib import Path

from grader.bank.model import Bank
from grader.classroom.naming import file_stem
from grader.classroom.records import Record, record_to_dict
from grader.files import write_whole
from grader.report.feedback import Feedback, limit_feedback
from grader.report.feedback_page import feedback_page


def write_pages(record: Record, bank: Bank, results: Path, feedback: Feedback) -> None:
    """Write ``<student>.json`` and ``<student>.html``, if they are not there as they would be.

    Raises:
        GradeTapeError: they cannot be written.
    """
    limited = limit_feedback(record.report, feedback)
    told = record_to_dict(replace(record, report=limited))
    text = json.dumps({**told, "feedback": feedback}, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
    page, data = results / f"{file_stem(record.student)}.html", results / f"{file_stem(record.student)}.json"
    if page.is_file() and _holds(data, text):
        return
    # The page first: where the JSON is as it should be, so is the page.
    write_whole(page, feedback_page(limited, bank))
    write_whole(data, text)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        return False
