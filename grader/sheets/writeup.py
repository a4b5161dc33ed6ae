"""A question, read and ready to be laid out: prose as blocks, figures drawn, code in pieces.

Everything that cannot be set is collected as problems with file and line, so that an author sees all of them at once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from grader.bank.model import Question
from grader.bank.yaml_lines import EntryPath, read_yaml
from grader.problems import BankError, Problem
from grader.sheets.blocks import Code, Inline, Line, Prose, Strong, Table, Text
from grader.sheets.contract import CodePiece, code_pieces
from grader.sheets.figures import Drawing, FigureError, draw
from grader.sheets.markdown import Fault, read_line, read_prose
from grader.sheets.wording import marks_number


@dataclass(frozen=True)
class Picture:
    """A figure that is drawn."""

    id: str
    drawing: Drawing
    alt: str
    caption: Line


@dataclass(frozen=True)
class MarkedPoint:
    """A line of the marking scheme."""

    marks: Fraction
    point: Line


@dataclass(frozen=True)
class Correction:
    """Where the course notes are wrong."""

    printed: Prose
    correct: Prose
    because: Prose


@dataclass(frozen=True)
class FunctionNotes:
    """What is to be said of a function that students write."""

    name: str
    marks: Fraction
    mistakes: tuple[Line, ...]


@dataclass(frozen=True)
class Translation:
    """A TensorFlow 1 name and what to write now."""

    old: str
    new: Line


@dataclass(frozen=True)
class WriteUp:
    """Everything of a question that a sheet, paper, key or card may show."""

    question: Question
    title: Line
    prompt: Prose
    answer: Prose
    pictures: tuple[Picture, ...]
    marking: tuple[MarkedPoint, ...]
    corrections: tuple[Correction, ...]
    functions: tuple[FunctionNotes, ...]
    translations: tuple[Translation, ...]
    code: tuple[CodePiece, ...]

    @property
    def marking_table(self) -> Table:
        """The marking scheme, with its sum."""
        rows = [(one.point, (Text(marks_number(one.marks)),)) for one in self.marking]
        total: Line = (Strong((Text(marks_number(self.question.spec.marks)),)),)
        head: tuple[Line, Line] = ((Text("A full answer"),), (Text("Marks"),))
        return Table(("left", "right"), head, (*rows, ((Strong((Text("Total"),)),), total)))

    @property
    def translation_table(self) -> Table:
        """TensorFlow 1 names and what to write now."""
        rows = tuple(((Code(one.old),), one.new) for one in self.translations)
        return Table(("left", "left"), ((Text("TensorFlow 1"),), (Text("TensorFlow 2"),)), rows)


def write_up(questions: Iterable[Question]) -> list[WriteUp]:
    """Read the prose of ``questions`` and draw their figures.

    Raises:
        BankError: with everything in them that cannot be set.
    """
    problems: list[Problem] = []
    writeups = [_Reader(question, problems).write_up() for question in questions]
    if problems:
        raise BankError(problems)
    return writeups


def prose_problems(question: Question) -> list[Problem]:
    """Return everything in a question that cannot be set."""
    problems: list[Problem] = []
    _Reader(question, problems).write_up()
    return problems


class _Reader:
    """Reads one question, noting problems on the way."""

    def __init__(self, question: Question, problems: list[Problem]) -> None:
        self.question = question
        self.problems = problems

    def write_up(self) -> WriteUp:
        spec = self.question.spec
        return WriteUp(
            question=self.question,
            title=self.line(spec.title, "title"),
            prompt=self.prose(spec.prompt, "prompt"),
            answer=self.prose(spec.answer, "answer"),
            pictures=tuple(picture for picture in map(self.picture, range(len(spec.figures))) if picture),
            marking=tuple(
                MarkedPoint(point.marks, self.line(point.point, "marking", index, "point"))
                for index, point in enumerate(spec.marking)
            ),
            corrections=tuple(
                Correction(
                    self.prose(erratum.printed, "errata", index, "printed"),
                    self.prose(erratum.correct, "errata", index, "correct"),
                    self.prose(erratum.because, "errata", index, "because"),
                )
                for index, erratum in enumerate(spec.errata)
            ),
            functions=tuple(
                FunctionNotes(
                    function.name,
                    function.marks,
                    tuple(
                        self.line(mistake.says, "functions", index, "mistakes", name, "says")
                        for name, mistake in function.mistakes.items()
                    ),
                )
                for index, function in enumerate(spec.functions)
            ),
            translations=tuple(
                Translation(old, _names_as_code(self.line(new, "tf1", old))) for old, new in spec.tf1.items()
            ),
            code=code_pieces(self.question.reference, {function.name for function in spec.functions}),
        )

    def prose(self, source: str, *place: str | int) -> Prose:
        prose, faults = read_prose(source)
        self._note(faults, place)
        return prose

    def line(self, source: str, *place: str | int) -> Line:
        line, faults = read_line(source)
        self._note(faults, place)
        return line

    def picture(self, index: int) -> Picture | None:
        figure = self.question.spec.figures[index]
        caption = self.line(figure.caption, "figures", index, "caption")
        if "$" in figure.alt:
            fault = Fault(0, "$", "a formula in an alternative text", "write it in words, as it is to be read aloud")
            self._note([fault], ("figures", index, "alt"))
        try:
            return Picture(figure.id, draw(figure.draw, figure.with_), " ".join(figure.alt.split()), caption)
        except FigureError as error:
            self._note([Fault(0, "", error.what, error.mend)], ("figures", index, "draw"))
            return None

    def _note(self, faults: list[Fault], place: EntryPath) -> None:
        if not faults:
            return
        lines = self.question.text.splitlines()
        start = read_yaml(self.question.text).line_of(place)
        for fault in faults:
            self.problems.append(Problem(self.question.path, _line_of(fault, lines, start), fault.what, fault.mend))


def _line_of(fault: Fault, lines: list[str], start: int) -> int:
    """Return the line (from 1) of a fault in an entry that begins on line ``start``.

    A block scalar begins below its key; a folded one has lost its rows, so the characters near the fault are looked
    for. What cannot be found, such as a backslash that YAML wants doubled, is said of the entry.
    """
    is_block = re.search(r"[|>][+-]?\s*$", lines[start - 1]) is not None
    first = start + fault.row + 1 if is_block else start
    for number in range(first, len(lines) + 1) if fault.near else ():
        if fault.near in lines[number - 1]:
            return number
        if lines[number - 1].strip() and number > start and not lines[number - 1].startswith(" "):
            break
    return min(first, len(lines))


def _names_as_code(line: Line) -> Line:
    """Set dotted names such as tf.sign as code where the author has not."""
    if any(isinstance(part, Code) for part in line):
        return line
    return tuple(piece for part in line for piece in (_split_names(part.text) if isinstance(part, Text) else (part,)))


def _split_names(text: str) -> Iterable[Inline]:
    end = 0
    for match in re.finditer(r"[A-Za-z_]\w*(?:\.\w+)+(?:\([^()]*\))?", text):
        if match.start() > end:
            yield Text(text[end : match.start()])
        yield Code(match[0])
        end = match.end()
    if end < len(text):
        yield Text(text[end:])
