"""The whole trip of a class: who there is, what is new, grade it, write everything. Can be killed at any line.

The journal is the only thing that must survive; every other file is made of it anew, whole or not at all.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.bank.model import Bank
from grader.classroom.cells import marks_cell
from grader.classroom.engines import grade_here
from grader.classroom.entries import list_entries
from grader.classroom.exports.junit import junit_lines
from grader.classroom.gradebook import CHECKS, GRADEBOOK, check_lines, gradebook_lines
from grader.classroom.intake import Refused, read_entry
from grader.classroom.journal import Journal, open_journal
from grader.classroom.keys import run_key, student_key
from grader.classroom.pages import write_pages
from grader.classroom.records import Record, State, Task
from grader.classroom.roster import Expected, Person, expected_students, read_roster
from grader.classroom.statistics import class_statistics
from grader.classroom.summary import SUMMARY, Standing, summary_page
from grader.classroom.work import ungraded
from grader.files import remove_partial, write_pieces, write_whole
from grader.grade import Setting
from grader.problems import GradeTapeError
from grader.report.feedback import Feedback
from grader.results import marks_text
from grader.sandbox.locks.levels import Level
from grader.session import open_setting

JUNIT = "junit.xml"

#: Tasks -> records as they come, until the time given is up.
Engine = Callable[[Iterable[Task], float | None], Iterator[Record]]


@dataclass(frozen=True)
class Plan:
    """What is to be graded, and how.

    Attributes:
        submissions: the folder of submissions.
        results: the folder that everything is written to.
        roster: the class list.
        seed: of the inputs.
        device: as for `grade`.
        level: how tightly student code is locked in; a class is graded strictly unless told otherwise.
        bubblewrap: whether bubblewrap locks it in as well.
        jobs: students at a time.
        feedback: how much students' own files tell.
        seconds: the time for one student.
        budget: the time for the whole run.
        fresh: grade everybody, whatever the journal has.
        use_cache: whether observations of the reference may come from disk.
    """

    submissions: Path
    results: Path
    roster: Path | None = None
    seed: int = 0
    device: str = "auto"
    level: Level = "strict"
    bubblewrap: bool = False
    jobs: int = 2
    feedback: Feedback = "full"
    seconds: float = 600.0
    budget: float | None = None
    fresh: bool = False
    use_cache: bool = True


@dataclass(frozen=True)
class Class:
    """The class as the files have it, before anything is graded."""

    expected: list[Expected]
    aside: list[str]
    owners: dict[str, list[str]]
    run: str

    @property
    def people(self) -> dict[str, Person]:
        """What is known of each student, by the student's name in the results."""
        return {one.person.student: one.person for one in self.expected}


@dataclass
class Records:
    """The records of everybody, in order, as often as they are gone through; one is in memory at a time."""

    journal: Journal
    expected: list[Expected]
    #: Those that the next run tries again, and so are not in the journal.
    unsettled: dict[str, Record] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Record]:
        """Yield a record for everybody."""
        for one in self.expected:
            student = one.person.student
            yield present(self.unsettled.get(student) or self.journal.read(student), one)


class Watch:
    """Is told how a run goes. This one says nothing."""

    def begin(self, total: int, known: int, aside: list[str]) -> None:
        """``total`` students, of whom ``known`` need no grading; ``aside`` files are no submissions."""

    def graded(self, record: Record) -> None:
        """One more is done."""

    def writing(self) -> None:
        """The results are being written."""


def open_for_class(plan: Plan) -> AbstractContextManager[Setting]:
    """Start the children that grade the class: the one place where it is chosen how they are locked in."""
    return open_setting(plan.seed, plan.device, plan.use_cache, level=plan.level, bubblewrap=plan.bubblewrap)


def read_class(plan: Plan, bank: Bank) -> Class:
    """List who is in the class and where their files lie.

    Raises:
        GradeTapeError: the submissions or the roster cannot be read.
    """
    if plan.results.resolve().is_relative_to(plan.submissions.resolve()):
        raise GradeTapeError(f"'{plan.results}' lies among the submissions; choose another folder with -o")
    entries, aside = list_entries(plan.submissions)
    roster = read_roster(plan.roster) if plan.roster else None
    owners = {id_: question.spec.covers for id_, question in bank.questions.items()}
    run = run_key(bank.questions.values(), plan.seed, plan.device, _locks(plan), plan.seconds)
    return Class(expected_students(entries, roster), aside, owners, run)


def _locks(plan: Plan) -> str:
    return f"{plan.level}, in bubblewrap" if plan.bubblewrap else plan.level


def local_engine(plan: Plan, bank: Bank) -> Engine:
    """Return the engine of this machine."""

    def grade(tasks: Iterable[Task], ends: float | None) -> Iterator[Record]:
        return grade_here(tasks, bank.questions, lambda: open_for_class(plan), plan.jobs, ends)

    return grade


def grade_class(
    plan: Plan, bank: Bank, room: Class, engine: Engine, watch: Watch, export: Callable[[Records], None]
) -> dict[State, int]:
    """Grade what is new of the class and write the results.

    Args:
        plan: how.
        bank: with the questions of the run and no others.
        room: the class.
        engine: grades the students.
        watch: is told how it goes.
        export: writes what else was asked for.

    Returns:
        how many students there are in each state.

    Raises:
        GradeTapeError: nothing can be graded, or nothing written. What was graded before is in the journal.
    """
    ends = None if plan.budget is None else time.monotonic() + plan.budget
    with open_journal(plan.results) as journal:
        remove_partial(plan.results)  # the journal is ours alone, so nobody else writes here
        records = Records(journal, room.expected)
        waiting = _settle_without_grading(plan, bank, room, journal)
        watch.begin(len(room.expected), len(room.expected) - len(waiting), room.aside)
        written = _grade(waiting, plan, bank, room, engine, watch, records, ends) if waiting else set()
        watch.writing()
        write_results(plan, bank, records, written)
        export(records)
        return _states(records)


def _settle_without_grading(plan: Plan, bank: Bank, room: Class, journal: Journal) -> list[Expected]:
    """Return those who must be graded; record those of whom there is nothing to grade."""
    waiting = []
    for one in room.expected:
        came = prepare(one, plan, bank, room)
        if journal.key_of(came.student) == came.key and not (plan.fresh and isinstance(came, Task)):
            continue
        if isinstance(came, Task):
            waiting.append(one)
        else:
            journal.append(came)
    return waiting


def _grade(
    waiting: list[Expected], plan: Plan, bank: Bank, room: Class, engine: Engine, watch: Watch, records: Records,
    ends: float | None,
) -> set[str]:  # fmt: skip
    """Grade those who wait; return those whose pages were written on the way, while the class is still at work."""
    by_student = {one.person.student: one for one in waiting}
    written = set()

    def tasks() -> Iterator[Task]:
        for one in waiting:
            came = prepare(one, plan, bank, room)
            if isinstance(came, Task):
                yield came
            else:  # it was changed since it was looked at
                records.unsettled[came.student] = came

    engaged = engine(tasks(), ends)
    with closing(engaged):  # type: ignore[type-var]  # an engine is a generator
        for record in engaged:
            if record.settled:
                records.journal.append(record)
            else:
                records.unsettled[record.student] = record
            one = by_student.pop(record.student)
            write_pages(present(record, one), bank, plan.results, plan.feedback)
            written.add(record.student)
            watch.graded(record)
    for student, one in by_student.items():
        if student not in records.unsettled:
            task = Task(student, one.person.name, "", {})
            told = "the run's time (--budget) was used up"
            records.unsettled[student] = ungraded(task, bank.questions, "not graded", told)
    return written


def prepare(one: Expected, plan: Plan, bank: Bank, room: Class) -> Task | Record:
    """Return what is to be graded of a student, or the record of why there is nothing."""
    person = one.person
    if not one.entries:
        return _nothing(person, bank, room, "no submission", "nothing was handed in")
    if len(one.entries) > 1:
        names = ", ".join(sorted(source.name for entry in one.entries for source in entry.sources))
        return _nothing(person, bank, room, "refused", f"there are several submissions under one name: {names}")
    try:
        read = read_entry(one.entries[0], room.owners)
    except Refused as refusal:
        return _nothing(person, bank, room, "refused", str(refusal))
    files = {question: (file.name, file.data) for question, file in read.items()}
    return Task(person.student, person.name, student_key(room.run, "graded", files), files, plan.seconds)


def _nothing(person: Person, bank: Bank, room: Class, state: State, reason: str) -> Record:
    task = Task(person.student, person.name, student_key(room.run, f"{state}: {reason}", {}), {})
    return ungraded(task, bank.questions, state, reason)


def present(record: Record, one: Expected) -> Record:
    """Return the record with what the roster says today, which is no part of what was graded."""
    notes = [record.reason] if record.reason else []
    if not one.on_roster:
        notes.append("not on the roster")
    return replace(record, name=one.person.name, reason="; ".join(notes))


def write_results(plan: Plan, bank: Bank, records: Iterable[Record], written: Set[str] = frozenset()) -> None:
    """Write the gradebook, every check, JUnit's XML, the summary, and the files of those who are not in ``written``.

    Raises:
        GradeTapeError: something cannot be written.
    """
    results = plan.results
    for record in records:
        if record.student not in written:
            write_pages(record, bank, results, plan.feedback)
    write_pieces(results / GRADEBOOK, gradebook_lines(records, bank.questions.values()))
    write_pieces(results / CHECKS, check_lines(records))
    write_pieces(results / JUNIT, junit_lines(records))
    standings = [_standing(record) for record in records]
    facts = _facts(records, bank)
    heading = f"{bank.spec.course}: {', '.join(bank.questions)}"
    page = summary_page(class_statistics(records), standings, heading, facts, bank.location)
    write_whole(results / SUMMARY, page)


def _standing(record: Record) -> Standing:
    total = f"{marks_cell(record.marks)} of {marks_text(record.out_of)}" if record.settled else "–"
    return Standing(record.student, record.name, record.state, record.reason, total)


def _facts(records: Iterable[Record], bank: Bank) -> dict[str, str]:
    """Say how the class was graded: what every graded record says, or what several say."""
    told: dict[str, set[str]] = {}
    for record in records:
        if record.state == "graded":
            report = record.report
            facts = {
                "seed": str(report.seed),
                "device": report.device,
                "sandbox": f"{report.sandbox}, {report.isolation.level}",
            } | report.versions
            for name, fact in facts.items():
                told.setdefault(name, set()).add(fact)
    checks = sum(question.check_count() for question in bank.questions.values())
    return {"questions": f"{len(bank.questions)}, with {checks} checks"} | {
        name: ", ".join(sorted(facts)) for name, facts in told.items()
    }


def _states(records: Iterable[Record]) -> dict[State, int]:
    states: dict[State, int] = {}
    for record in records:
        states[record.state] = states.get(record.state, 0) + 1
    return states
