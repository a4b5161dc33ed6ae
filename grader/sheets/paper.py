"""The question paper and its answer key: which questions, in what order, for how many marks.

The form id ties the two together: it is made of the seed and of what is asked, and stands on every page of both, so
that a key of another paper, or of an older wording, can be told apart.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from grader.bank.headings import Heading
from grader.bank.location import BankLocation
from grader.bank.model import Bank
from grader.bank.schema import BankFile, Module
from grader.problems import GradeTapeError
from grader.sheets.blocks import Paragraph, Prose, plain_text
from grader.sheets.loading import read_bank_file
from grader.sheets.pdf import compile_pdf
from grader.sheets.rendering import render_template
from grader.sheets.selection import Wanted, wanted_headings
from grader.sheets.sheet import Page, by_module
from grader.sheets.writeup import WriteUp, write_up

Ruling = Literal["lines", "box", "grid", "blank", "none"]
#: What can be asked for by name; blank is what a share of a page is by itself.
RULINGS: dict[str, Ruling] = {"lines": "lines", "box": "box", "grid": "grid", "none": "none"}


@dataclass(frozen=True)
class AnswerSpace:
    """What stands in place of an answer: ``share`` of a page for each question, or by its marks if ``None``."""

    kind: Ruling = "lines"
    share: float | None = None


@dataclass(frozen=True)
class NumberedQuestion:
    """A question as it stands on the paper."""

    number: int
    writeup: WriteUp

    @property
    def marks(self) -> Fraction:
        """Marks to be had."""
        return self.writeup.question.spec.marks

    @property
    def asks(self) -> Prose:
        """What is to be answered in writing, which is what the marking scheme gives marks for."""
        return asked_in_writing(self.writeup.prompt)


@dataclass(frozen=True)
class Group:
    """Questions of a module, of which ``answer`` are to be answered."""

    module: Module
    answer: int
    questions: tuple[NumberedQuestion, ...]

    @property
    def is_choice(self) -> bool:
        """Whether not all of them are to be answered."""
        return self.answer < len(self.questions)

    @property
    def marks(self) -> Fraction:
        """Marks to be had; in a choice all questions have the same."""
        if self.is_choice:
            return self.answer * self.questions[0].marks
        return sum((question.marks for question in self.questions), Fraction(0))


@dataclass(frozen=True)
class Paper:
    """A question paper, ready to be laid out."""

    course: str
    form: str
    minutes: int
    groups: tuple[Group, ...]

    @property
    def marks(self) -> Fraction:
        """Full marks."""
        return sum((group.marks for group in self.groups), Fraction(0))

    @property
    def questions(self) -> list[NumberedQuestion]:
        """All questions in order."""
        return [question for group in self.groups for question in group.questions]


@dataclass(frozen=True)
class Pattern:
    """From each module ``choices`` questions of equal marks, of which ``answer`` are to be answered."""

    answer: int
    choices: int


@dataclass(frozen=True)
class Chosen:
    """The questions of a paper: their ids, how many of each module to answer (``None``: all), what could not be had."""

    ids: tuple[str, ...]
    answer: int | None = None
    unfilled: tuple[str, ...] = ()


def choose(location: BankLocation, wanted: Wanted, pattern: Pattern | None, seed: int) -> Chosen:
    """Choose the questions of a paper.

    Those wanted are taken as they are, all to be answered. If nothing is said, or a pattern is, the seed chooses by
    the pattern, the bank's or that one, among those wanted. A module that cannot fill the pattern is left out.

    Raises:
        GradeTapeError: no question is wanted, or no module can fill the pattern.
    """
    if wanted != Wanted() and pattern is None:
        return Chosen(tuple(heading.id for heading in wanted_headings(location, wanted)))
    spec = read_bank_file(location)
    pattern = pattern or Pattern(spec.paper.answer_per_module, spec.paper.choices_per_module)
    headings = wanted_headings(location, wanted)
    ids: list[str] = []
    unfilled = []
    for module in spec.modules:
        eligible = [heading for heading in headings if heading.module == module.number]
        drawn = draw_questions(eligible, pattern.choices, f"{seed}/module {module.number}")
        ids += drawn
        if not drawn and wanted == Wanted():
            unfilled.append(f"module {module.number} has {_too_few(eligible, pattern.choices)}")
    if not ids:
        raise GradeTapeError(
            f"no module has {pattern.choices} questions of equal marks to choose from; "
            "ask for fewer, or name the questions of the paper by their ids"
        )
    return Chosen(tuple(ids), pattern.answer, tuple(unfilled))


def _too_few(eligible: Sequence[Heading], choices: int) -> str:
    if not eligible:
        return "no questions yet"
    return f"no {choices} questions of equal marks" if choices > 1 else "none"


def draw_questions(eligible: Sequence[Heading], choices: int, name: str) -> list[str]:
    """Return the ids of ``choices`` questions of equal marks, in the order of their ids; none if there are too few.

    Every possible choice is as likely as any other over the names, and the same name always makes the same one, with
    every version of Python.
    """
    by_marks: dict[Fraction, list[str]] = {}
    for heading in eligible:
        by_marks.setdefault(_marks(heading), []).append(heading.id)
    enough = [ids for _, ids in sorted(by_marks.items()) if len(ids) >= choices]
    if not enough:
        return []
    # First the marks, each as likely as it has choices, then questions of those marks.
    place = _number(name) % sum(math.comb(len(ids), choices) for ids in enough)
    for ids in enough:
        place -= math.comb(len(ids), choices)
        if place < 0:
            return sorted(sorted(ids, key=lambda id_: _number(f"{name}/{id_}"))[:choices])
    raise AssertionError("a place among all choices lies in one of them")


def _marks(heading: Heading) -> Fraction:
    try:
        return Fraction(heading.marks)
    except (ValueError, ZeroDivisionError):
        raise GradeTapeError(f"{heading.path}: '{heading.marks}' are no marks; write such as 8 or 1/2") from None


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest())


def make_paper(bank: Bank, seed: int, minutes: int | None = None, answer: int | None = None) -> Paper:
    """Put the questions of ``bank`` on a paper, module by module.

    Of each module ``answer`` questions are to be answered, or all. Without ``minutes``, each question to be answered
    gets as long as the bank's own pattern gives it.

    Raises:
        BankError: something in them cannot be set.
    """
    number = 0
    groups = []
    writeups = write_up(bank.questions.values())
    for module, chosen in by_module(bank.spec.modules, writeups, lambda one: one.question.module):
        questions = tuple(NumberedQuestion(number + place, one) for place, one in enumerate(chosen, start=1))
        number += len(questions)
        groups.append(Group(module, min(answer or len(questions), len(questions)), questions))
    minutes = minutes or _minutes_for(sum(group.answer for group in groups), bank.spec)
    return Paper(bank.spec.course, form_id(groups, minutes, seed), minutes, tuple(groups))


def _minutes_for(answers: int, spec: BankFile) -> int:
    """Return the time for so many answers, rounded up to five minutes."""
    full = spec.paper.answer_per_module * len(spec.modules)
    if answers == full:
        return spec.paper.minutes
    return math.ceil(Fraction(spec.paper.minutes * answers, full * 5)) * 5


def form_id(groups: Sequence[Group], minutes: int, seed: int) -> str:
    """Return the seed and a hash of everything that a candidate is asked, and in what time."""
    content = [str(minutes)]
    for group in groups:
        content.append(f"{group.module.number}/{group.answer}")
        specs = [question.writeup.question.spec for question in group.questions]
        content += [f"{spec.id}\0{spec.marks}\0{spec.prompt}" for spec in specs]
    return f"{seed}-{hashlib.sha256(chr(0).join(content).encode()).hexdigest()[:8].upper()}"


def asked_in_writing(prompt: Prose) -> Prose:
    """Return a prompt up to "Then implement …", with which all questions begin what is to be done at a keyboard."""
    for place, block in enumerate(prompt):
        if place > 0 and isinstance(block, Paragraph) and plain_text(block.line).startswith("Then implement"):
            return prompt[:place]
    return prompt


def paper_pdf(paper: Paper, bank: Bank, page: Page, space: AnswerSpace) -> bytes:
    """Return the paper as an accessible PDF."""
    values = {**_values(paper, "Question paper"), "space": space, "paper": page.typst_paper, "columns": 1}
    return compile_pdf(render_template(bank.location, "paper.typ.j2", values), "paper.typ.j2")


def paper_html(paper: Paper, bank: Bank, page: Page, space: AnswerSpace) -> str:
    """Return the paper as one self-contained HTML page."""
    return render_template(
        bank.location, "paper.html.j2", {**_values(paper, "Question paper"), "space": space, "page": page}
    )


def key_pdf(paper: Paper, bank: Bank, page: Page) -> bytes:
    """Return the answer key of the paper as an accessible PDF."""
    values = {**_values(paper, "Answer key"), "paper": page.typst_paper, "columns": 1}
    return compile_pdf(render_template(bank.location, "key.typ.j2", values), "key.typ.j2")


def key_html(paper: Paper, bank: Bank, page: Page) -> str:
    """Return the answer key of the paper as one self-contained HTML page."""
    return render_template(bank.location, "key.html.j2", {**_values(paper, "Answer key"), "page": page})


def _values(paper: Paper, kind: str) -> dict[str, Any]:
    return {
        "title": f"{paper.course}: {kind[0].lower()}{kind[1:]}",
        "kind": kind,
        "author": "GradeTape",
        "exam": paper,
        "subtitle": f"form {paper.form}",
    }
