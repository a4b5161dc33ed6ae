"""Grading exhibits through the real machinery, and watching all that comes out of it."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from rich.console import Console

from grader.bank.load import load_bank
from grader.bank.location import location_at
from grader.bank.model import Question
from grader.grade import Setting, grade_question
from grader.problems import GradeTapeError
from grader.report.json_report import report_to_json
from grader.report.terminal import print_report
from grader.results import QuestionResult, Report
from grader.sandbox import runner
from grader.sandbox.children import ChildResult
from grader.sandbox.forked import ForkedChildren
from grader.sandbox.locks.levels import Isolation
from grader.sandbox.locks.limits import Limits
from grader.sandbox.submission import Submission
from grader.vocabulary import known_words
from tests.attacks.museum import Exhibit
from tests.attacks.outside import Outside, outside, shows

_HONEST = """
import tensorflow as tf


def norm(x):
    return tf.sqrt(tf.reduce_sum(tf.square(x)))
"""
_NEXT_STUDENT = """
# The next student's file: {secret}
import tensorflow as tf


def scale(x, factor=2.0):
    if x.shape.rank != 1:
        raise ValueError("x must be a vector")
    return factor * x


def norm(x):
    return tf.sqrt(tf.reduce_sum(tf.square(x)))
"""


class Watched(ForkedChildren):
    """Children of which everything that they write is kept; the layers can be chosen."""

    def __init__(self) -> None:
        super().__init__("strict")
        self.results: list[ChildResult] = []
        self.given = self.isolation()

    def run(
        self, job: bytes, limits: Limits, seconds: list[float], loopback: bool = False, until: float | None = None
    ) -> ChildResult:
        self.results.append(super().run(job, limits, seconds, loopback, until))
        return self.results[-1]

    def lock_with(self, layers: frozenset[str]) -> None:
        """Apply these layers only, where the machine has them."""
        self._isolation = Isolation("strict", tuple(one for one in self.given.layers if one in layers))

    @property
    def zygote(self) -> int:
        return self._process.pid


@dataclass
class Seen:
    """What became of one exhibit."""

    result: QuestionResult | None
    report: str = ""
    json: str = ""
    printed: list[object] = field(default_factory=list)
    problem: str = ""
    alarms: list[str] = field(default_factory=list)


@dataclass
class Museum:
    """The machinery, once for all exhibits, in the world that they attack."""

    world: Outside
    children: Watched
    question: Question
    all_layers: frozenset[str]

    def grade(self, source: str) -> QuestionResult:
        support = {"targets": self.world.targets(), "honest": _HONEST}
        submission = Submission("m1q01.py", source, support, base="honest")
        return grade_question(self.question, submission, Setting(self.children, 7, "cpu", self.world.cache))

    def next_student(self) -> QuestionResult:
        source = _NEXT_STUDENT.format(secret=self.world.secret)
        return grade_question(
            self.question, Submission("m1q01.py", source), Setting(self.children, 7, "cpu", self.world.cache)
        )

    def show(self, exhibit: Exhibit, layers: frozenset[str] | None = None) -> Seen:
        """Grade an exhibit under ``layers``, or all, and look at everything afterwards."""
        self.world.set_out()
        self.children.results.clear()
        # What the bank itself does is always run under all locks.
        self.children.lock_with(self.all_layers if layers is None else layers)
        try:
            seen = self._look(self.grade(exhibit.source))
        except GradeTapeError as error:
            seen = Seen(None, problem=str(error))
        seen.alarms += self.world.alarms()
        seen.alarms += [f"process {pid} survived" for pid in _children_of(self.children.zygote)]
        said = [seen.report, seen.json, *map(repr, seen.printed)]
        for what, token in (("the secret", self.world.secret), ("the sign of success", self.world.success)):
            if any(shows(text, token) for text in said):
                seen.alarms.append(f"{what} came out")
        self.children.lock_with(self.all_layers)
        return seen

    def mend(self) -> None:
        """Set out anew what an attack that got through has broken."""
        self.world.mend()

    def _look(self, result: QuestionResult) -> Seen:
        report = Report("ada", (result,), 7, "cpu", "fork", isolation=self.children.isolation())
        console = Console(file=io.StringIO(), width=100, no_color=True, force_terminal=False)
        print_report(report, console)
        assert isinstance(console.file, io.StringIO)
        printed = [part for one in self.children.results for part in (one.records, one.stdout, one.stderr)]
        return Seen(result, console.file.getvalue(), report_to_json(report), printed)


def got_through(exhibit: Exhibit, seen: Seen) -> bool:
    """Tell whether an exhibit reached what it tried."""
    return bool(seen.alarms) or seen.result is None or seen.result.marks != exhibit.earns


@contextmanager
def open_museum() -> Iterator[Museum]:
    """Set out the world and start the machinery."""
    with (
        outside() as world,
        mock.patch.dict(os.environ, {"GRADETAPE_SECRET": world.secret}),
        mock.patch.object(tempfile, "tempdir", str(world.temporary)),
        mock.patch.object(runner, "LOAD_SECONDS", 4.0),  # one exhibit hangs there
        closing(Watched()) as children,
    ):
        bank = load_bank(location_at(world.bank), known_words())
        museum = Museum(world, children, bank.questions["m1q01"], frozenset(children.given.layers))
        assert museum.next_student().marks == 4
        yield museum


def _children_of(pid: int) -> list[str]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return path.read_text().split() if path.exists() else []
