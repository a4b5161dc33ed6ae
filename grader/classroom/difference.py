"""Two runs of a class -> whose marks changed, and which checks did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from grader.classroom.cells import marks_cell
from grader.classroom.gradebook import CheckLine


@dataclass(frozen=True)
class CheckChange:
    """A check whose status or marks are not what they were; an empty status where the check was not there."""

    question: str
    check: str
    before: str
    after: str
    marks: Fraction
    reason: str


@dataclass(frozen=True)
class StudentChange:
    """A student with another result; ``None`` for the marks of one who was not there."""

    student: str
    before: Fraction | None
    after: Fraction | None
    checks: tuple[CheckChange, ...]


_Results = dict[str, dict[tuple[str, str], CheckLine]]


def changes(old: Iterable[CheckLine], new: Iterable[CheckLine]) -> list[StudentChange]:
    """Return every student whose checks differ between two runs, in order."""
    before, after = _by_student(old), _by_student(new)
    found = []
    for student in sorted(before.keys() | after.keys()):
        own, now = before.get(student, {}), after.get(student, {})
        changed = tuple(_check_changes(own, now))
        if changed:
            found.append(StudentChange(student, _marks(own), _marks(now), changed))
    return found


def _by_student(lines: Iterable[CheckLine]) -> _Results:
    results: _Results = {}
    for line in lines:
        results.setdefault(line.student, {})[line.question, line.check] = line
    return results


def _marks(lines: dict[tuple[str, str], CheckLine]) -> Fraction | None:
    return sum((line.marks for line in lines.values()), Fraction(0)) if lines else None


def _check_changes(
    before: dict[tuple[str, str], CheckLine], after: dict[tuple[str, str], CheckLine]
) -> Iterable[CheckChange]:
    for place in [*before, *(place for place in after if place not in before)]:
        old, new = before.get(place), after.get(place)
        was, now = (line.status if line else "" for line in (old, new))
        old_marks, new_marks = (line.marks if line else Fraction(0) for line in (old, new))
        if was != now or old_marks != new_marks:
            yield CheckChange(*place, was, now, new_marks - old_marks, new.reason if new else "")


def change_lines(change: StudentChange) -> list[str]:
    """Return a change as lines of text."""
    before, after = ("absent" if marks is None else marks_cell(marks) for marks in (change.before, change.after))
    lines = [f"{change.student}: {before} → {after}"]
    for check in change.checks:
        step = f"{check.before or 'absent'} → {check.after or 'absent'}".replace("_", " ")
        sign = "+" if check.marks >= 0 else "−"
        reason = f": {check.reason}" if check.reason else ""
        lines.append(f"  {check.question} {check.check}: {step} ({sign}{marks_cell(abs(check.marks))}){reason}")
    return lines
