"""Walks what a question says, for tests: every block, every formula."""

from collections.abc import Iterator

from grader.sheets.blocks import (
    DisplayMath,
    Emphasis,
    Line,
    Link,
    ListBlock,
    Math,
    Paragraph,
    Prose,
    Quotation,
    Strong,
    Table,
)
from grader.sheets.formula import Formula
from grader.sheets.writeup import WriteUp


def formulas_in(prose: Prose) -> Iterator[Formula]:
    for block in prose:
        match block:
            case Paragraph(line):
                yield from formulas_in_line(line)
            case DisplayMath(formula):
                yield formula
            case ListBlock(items):
                for item in items:
                    yield from formulas_in(item)
            case Quotation(inside):
                yield from formulas_in(inside)
            case Table(_, head, rows):
                for cell in (*head, *(cell for row in rows for cell in row)):
                    yield from formulas_in_line(cell)


def formulas_in_line(line: Line) -> Iterator[Formula]:
    for part in line:
        match part:
            case Math(formula):
                yield formula
            case Strong(inside) | Emphasis(inside) | Link(_, inside):
                yield from formulas_in_line(inside)


def formulas_of(writeup: WriteUp) -> Iterator[Formula]:
    for prose in (writeup.prompt, writeup.answer):
        yield from formulas_in(prose)
    for correction in writeup.corrections:
        for prose in (correction.printed, correction.correct, correction.because):
            yield from formulas_in(prose)
    lines = [writeup.title, *(one.caption for one in writeup.pictures), *(one.point for one in writeup.marking)]
    lines += [mistake for function in writeup.functions for mistake in function.mistakes]
    lines += [one.new for one in writeup.translations]
    for line in lines:
        yield from formulas_in_line(line)
