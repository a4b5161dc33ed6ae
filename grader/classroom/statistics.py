"""Records -> what can be said of the class: how it did, and how well each question and check did its work.

Students who handed nothing in, or whose submission could not be graded, have no part in it: their noughts say
nothing of a question.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.classroom.records import Record

#: How a submission's code may end that is worth a teacher's look.
_ENDS_BADLY = ("timed_out", "crashed", "exited", "malformed")
_SHOWN = 20


@dataclass(frozen=True)
class ItemStatistics:
    """A question, or a check of it.

    Attributes:
        name: what it is called.
        title: in words.
        difficulty: the mean share of its marks that was earned, 0 to 1: the facility index of classical test theory
            (Crocker & Algina, "Introduction to Classical and Modern Test Theory", 1986, section 14). High is easy.
        discrimination: the correlation of its marks with the rest of the total, -1 to 1 (see `correlation`; for a
            check, which is right or wrong, that is the point-biserial correlation). The item itself is left out of
            the total (Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963,
            211-218), or it would correlate with itself. ``None`` where one of both is the same for all.
        count: how many students it is drawn from.
    """

    name: str
    title: str
    difficulty: float
    discrimination: float | None
    count: int


@dataclass(frozen=True)
class MistakeCount:
    """A known mistake and how many students made it."""

    question: str
    function: str
    mistake: str
    says: str
    students: int


@dataclass(frozen=True)
class ClassStatistics:
    """The class in numbers.

    Attributes:
        states: state -> number of students.
        bins: how many students earned 0 to 10 %, over 10 to 20 %, …, over 90 to 100 % of the marks.
        mean: of the shares of the marks, 0 to 1; ``None`` for an empty class. Likewise the next two.
        median: the middle share.
        deviation: the population's standard deviation.
        questions: one for each question.
        checks: one for each check.
        mistakes: the most common first.
        slow: students whose grading took longest, with seconds.
        ended_badly: students and checks that were stopped, crashed or ended the interpreter, with the reason.
    """

    states: dict[str, int]
    bins: list[int]
    mean: float | None
    median: float | None
    deviation: float | None
    questions: list[ItemStatistics]
    checks: list[ItemStatistics]
    mistakes: list[MistakeCount]
    slow: list[tuple[str, float]]
    ended_badly: list[tuple[str, str, str]]


@dataclass
class _Gathered:
    """What is kept of every student while the records go by: a few numbers each."""

    titles: dict[str, str] = field(default_factory=dict)
    question_shares: dict[str, list[float]] = field(default_factory=dict)
    rests: dict[str, list[float]] = field(default_factory=dict)
    check_shares: dict[str, list[float]] = field(default_factory=dict)
    check_rests: dict[str, list[float]] = field(default_factory=dict)


def class_statistics(records: Iterable[Record]) -> ClassStatistics:
    """Return the statistics of a class; ``records`` is gone through once."""
    states: Counter[str] = Counter()
    shares: list[Fraction] = []
    mistakes: Counter[tuple[str, str, str, str]] = Counter()
    slow: list[tuple[str, float]] = []
    ended: list[tuple[str, str, str]] = []
    gathered = _Gathered()
    for record in records:
        states[record.state] += 1
        if record.state != "graded":
            continue
        shares.append(record.marks / record.out_of if record.out_of else Fraction(0))
        _gather(record, gathered)
        mistakes.update(_mistakes_of(record))
        slow.append((record.student, record.seconds))
        ended += list(_ended_badly(record))
    return ClassStatistics(
        states=dict(states),
        bins=histogram(shares),
        mean=float(sum(shares) / len(shares)) if shares else None,
        median=float(_median(shares)) if shares else None,
        deviation=_deviation([float(share) for share in shares]) if shares else None,
        questions=_items(gathered.question_shares, gathered.rests, gathered.titles),
        checks=_items(gathered.check_shares, gathered.check_rests, gathered.titles),
        mistakes=[MistakeCount(*key, students) for key, students in sorted(mistakes.items(), key=_by_count)],
        slow=sorted(slow, key=lambda one: (-one[1], one[0]))[:_SHOWN],
        ended_badly=ended,
    )


def _by_count(item: tuple[tuple[str, str, str, str], int]) -> tuple[int, tuple[str, str, str, str]]:
    return -item[1], item[0]


def _gather(record: Record, gathered: _Gathered) -> None:
    total = record.marks
    for question in record.report.questions:
        gathered.titles[question.id] = question.title
        _add(gathered.question_shares, question.id, question.marks / question.out_of if question.out_of else 0)
        _add(gathered.rests, question.id, total - question.marks)
        for function in question.functions:
            for check in function.checks:
                name = f"{question.id} {function.name}/{check.id}"
                gathered.titles[name] = check.title
                _add(gathered.check_shares, name, check.status == "passed")
                _add(gathered.check_rests, name, total - check.marks)


def _add(numbers: dict[str, list[float]], name: str, number: Fraction | float) -> None:
    numbers.setdefault(name, []).append(float(number))


def _items(
    shares: dict[str, list[float]], rests: dict[str, list[float]], titles: dict[str, str]
) -> list[ItemStatistics]:
    return [
        ItemStatistics(name, titles[name], sum(own) / len(own), correlation(own, rests[name]), len(own))
        for name, own in shares.items()
    ]


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Pearson's correlation coefficient, or ``None`` where one of both does not vary.

    r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²). With a in {0, 1} it is the point-biserial correlation
    (Crocker & Algina 1986, section 14).
    """
    a_mean, b_mean = math.fsum(first) / max(len(first), 1), math.fsum(second) / max(len(second), 1)
    a_spread = math.fsum((a - a_mean) ** 2 for a in first)
    b_spread = math.fsum((b - b_mean) ** 2 for b in second)
    # Spreads below this are rounding errors of numbers that are all the same.
    if a_spread < 1e-12 or b_spread < 1e-12:
        return None
    together = math.fsum((a - a_mean) * (b - b_mean) for a, b in zip(first, second, strict=True))
    return together / math.sqrt(a_spread * b_spread)


def histogram(shares: Iterable[Fraction]) -> list[int]:
    """Count shares (0 to 1) in ten bins, each without its lower and with its upper bound, nought in the first."""
    bins = [0] * 10
    for share in shares:
        bins[max(math.ceil(share * 10) - 1, 0)] += 1
    return bins


def _median(shares: list[Fraction]) -> Fraction:
    ordered = sorted(shares)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _deviation(shares: list[float]) -> float:
    mean = math.fsum(shares) / len(shares)
    return math.sqrt(math.fsum((share - mean) ** 2 for share in shares) / len(shares))


def _mistakes_of(record: Record) -> set[tuple[str, str, str, str]]:
    return {
        (question.id, function.name, one.mistake, one.says)
        for question in record.report.questions
        for function in question.functions
        for check in function.checks
        for one in check.diagnoses
    }


def _ended_badly(record: Record) -> Iterable[tuple[str, str, str]]:
    for question in record.report.questions:
        for function in question.functions:
            for check in function.checks:
                if check.outcome in _ENDS_BADLY:
                    yield record.student, f"{question.id} {function.name}/{check.id}", check.reason
