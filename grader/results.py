"""What came of grading: plain records, from a check up to the report. Marks are exact."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from grader.judge.compare import Mismatch
from grader.observation import ErrorSeen
from grader.sandbox.locks.levels import Isolation

Status = Literal["passed", "failed", "not_reached"]


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake that explains a wrong answer."""

    mistake: str
    says: str


@dataclass(frozen=True)
class CheckResult:
    """One check: whether it passed, and if not, why.

    ``blocked`` says what a lock kept the code from, once in a question: other checks that met it have only a reason.
    """

    id: str
    title: str
    status: Status
    out_of: Fraction
    reason: str = ""
    mismatch: Mismatch | None = None
    error: ErrorSeen | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    hint: str = ""
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    blocked: str = ""

    @property
    def marks(self) -> Fraction:
        """All of the check's marks or none."""
        return self.out_of if self.status == "passed" else Fraction(0)


@dataclass(frozen=True)
class FunctionResult:
    """One function: the sum of its checks."""

    name: str
    checks: tuple[CheckResult, ...]

    @property
    def marks(self) -> Fraction:
        """Marks earned."""
        return sum((check.marks for check in self.checks), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """Marks to be had."""
        return sum((check.out_of for check in self.checks), Fraction(0))


@dataclass(frozen=True)
class QuestionResult:
    """One question of one submission. ``attempted`` is false when there was no file for it."""

    id: str
    title: str
    attempted: bool
    functions: tuple[FunctionResult, ...]
    file: str = ""

    @property
    def marks(self) -> Fraction:
        """Marks earned."""
        return sum((function.marks for function in self.functions), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """Marks to be had."""
        return sum((function.out_of for function in self.functions), Fraction(0))

    def checks(self) -> Iterator[CheckResult]:
        """Yield every check declared."""
        for function in self.functions:
            yield from function.checks


@dataclass(frozen=True)
class Report:
    """Everything that is known of one submission."""

    submission: str
    questions: tuple[QuestionResult, ...]
    seed: int
    device: str
    sandbox: str
    versions: dict[str, str] = field(default_factory=dict)
    isolation: Isolation = field(default_factory=lambda: Isolation("none"))

    @property
    def marks(self) -> Fraction:
        """Marks earned."""
        return sum((question.marks for question in self.questions), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """Marks to be had."""
        return sum((question.out_of for question in self.questions), Fraction(0))

    @property
    def all_passed(self) -> bool:
        """Whether every check of every question passed."""
        return all(check.status == "passed" for question in self.questions for check in question.checks())


def marks_text(marks: Fraction) -> str:
    """Write marks for people: whole numbers as such, others to two decimals. The exact value is in the JSON."""
    return str(marks.numerator) if marks.denominator == 1 else f"{float(marks):.2f}"


def isolation_text(isolation: Isolation) -> str:
    """Say in words how the code that was run was locked in."""
    if isolation.level == "none":
        return "level none: the code ran with this user's rights, not locked in"
    text = f"level {isolation.level}: locked in by {', '.join(isolation.layers) or 'nothing'}"
    return f"{text}; not available here: {', '.join(isolation.missing)}" if isolation.missing else text
