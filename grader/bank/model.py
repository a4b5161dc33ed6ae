"""A loaded bank: every question with the source of its reference and of its known mistakes."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.bank.location import BankLocation
from grader.bank.schema import BankFile, Check, Function, QuestionFile
from grader.bank.source import FunctionSource, ModuleSource


@dataclass(frozen=True)
class Question:
    """A question file that holds together with its reference implementation."""

    spec: QuestionFile
    path: Path
    text: str
    module: int
    reference: ModuleSource
    mistakes: ModuleSource | None  #: also none where the bank was loaded without them

    @property
    def id(self) -> str:
        """The question's number, such as m1q03."""
        return self.spec.id

    @property
    def stem(self) -> str:
        """The file name without its ending, the same for question, reference, mistakes and stub."""
        return self.path.stem

    def signature(self, function: str) -> FunctionSource:
        """Return the reference's signature and contract of ``function``, which may be a class."""
        return self.reference.definitions[function]

    def function(self, name: str) -> Function:
        """Return the function called ``name``."""
        return next(function for function in self.spec.functions if function.name == name)

    def check_count(self) -> int:
        """Return the number of checks declared."""
        return sum(len(function.checks) for function in self.spec.functions)


@dataclass(frozen=True)
class Bank:
    """All questions of a location, by id, in the order of their modules."""

    location: BankLocation
    spec: BankFile
    questions: dict[str, Question]

    def resolve(self, question_id: str) -> str | None:
        """Return the id of the question that answers ``question_id``, which may be one it covers."""
        for question in self.questions.values():
            if question_id == question.id or question_id in question.spec.covers:
                return question.id
        return None


def marks_of_checks(function: Function) -> dict[str, Fraction]:
    """Share a function's marks among its checks: stated marks as they are, the rest in equal parts.

    Exact, so the shares always add up to ``function.marks``.
    """
    stated = {check.id: check.marks for check in function.checks if check.marks is not None}
    unstated = [check.id for check in function.checks if check.marks is None]
    left = function.marks - sum(stated.values(), Fraction(0))
    shares = {check_id: left / len(unstated) for check_id in unstated}
    return {check.id: stated.get(check.id) or shares[check.id] for check in function.checks}


def checks_of(question: Question) -> list[tuple[Function, Check]]:
    """Return every check of ``question`` with its function, in the order of the file."""
    return [(function, check) for function in question.spec.functions for check in function.checks]
