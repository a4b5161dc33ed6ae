"""A folder of submissions -> the pairs whose functions are alike."""

from pathlib import Path

from grader.bank.model import Bank
from grader.classroom.entries import list_entries
from grader.classroom.intake import Refused, read_entry
from grader.classroom.roster import expected_students
from grader.classroom.similar import Alike, Pieces, Unreadable, alike, functions_of, most_alike
from grader.problems import GradeTapeError
from grader.submissions import submission_of

_Versions = dict[tuple[str, str], dict[str, Pieces]]


def compare_class(folder: Path, bank: Bank, least: float) -> tuple[list[Alike], list[str]]:
    """Return the pairs that are alike, and what could not be compared: ``student``, or ``student question``.

    Raises:
        GradeTapeError: the folder cannot be read.
    """
    owners = {id_: question.spec.covers for id_, question in bank.questions.items()}
    versions: _Versions = {}
    unread = []
    for one in expected_students(list_entries(folder)[0], None):
        student = one.person.student
        try:
            files = read_entry(one.entries[0], owners) if len(one.entries) == 1 else {}
        except Refused:
            files = {}
        if not files:
            unread.append(student)
        for question, file in files.items():
            try:
                functions = functions_of(submission_of(file.name, file.data).source)
            except (Unreadable, GradeTapeError):
                unread.append(f"{student} {question}")
                continue
            for name, pieces in functions.items():
                versions.setdefault((question, name), {})[student] = pieces
    pairs = []
    for id_, question_ in bank.questions.items():
        reference = functions_of(question_.reference.text)
        for function in question_.spec.functions:
            own = versions.get((id_, function.name), {})
            pairs += list(alike(id_, function.name, own, reference.get(function.name, Pieces())))
    return most_alike(pairs, least), unread
