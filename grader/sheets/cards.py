"""Flashcards: what a question asks a student to know, in pieces that fit on a card.

A card's id is made of names that authors do not change lightly (the question, the figure, the check that proves an
erratum), so that a deck imported again updates its cards instead of doubling them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.bank.model import Bank
from grader.sheets.blocks import (
    Block,
    Code,
    CodeBlock,
    DisplayMath,
    Line,
    ListBlock,
    Paragraph,
    Prose,
    Quotation,
    Strong,
    Table,
    Text,
    plain_text,
)
from grader.sheets.pdf import compile_pdf
from grader.sheets.rendering import render_template
from grader.sheets.sheet import Page
from grader.sheets.wording import marks_words
from grader.sheets.writeup import Picture, WriteUp, write_up

_MOST_LETTERS = 950  # what is still comfortable to read on an eighth of a page
_MOST_LINES = 14  # of a function to be written from memory

CARDS_A_PAGE, COLUMNS = 8, 2


@dataclass(frozen=True)
class Card:
    """A question and its answer. ``topic`` says what the front is about."""

    id: str
    question: str
    topic: Line
    front: Prose
    back: Prose
    picture: Picture | None = None


def make_cards(bank: Bank) -> list[Card]:
    """Return the cards of all questions of ``bank``.

    Raises:
        BankError: something in them cannot be set.
    """
    return [card for writeup in write_up(bank.questions.values()) for card in cards_of(writeup)]


def cards_of(writeup: WriteUp) -> list[Card]:
    """Return a question's cards: the whole, the parts of its answer, figures, errata, TF1 names, short functions."""
    return [
        *_whole(writeup),
        *_answer(writeup),
        *_figures(writeup),
        *_errata(writeup),
        *_translations(writeup),
        *_functions(writeup),
    ]


def _whole(writeup: WriteUp) -> Iterator[Card]:
    marks = marks_words(writeup.question.spec.marks)
    front = (_words(f"What does a full answer contain? ({marks})"),)
    points = tuple((Paragraph(point.point),) for point in writeup.marking)
    yield _card(writeup, "whole", front, (ListBlock(points, start=None, tight=True),))


def _answer(writeup: WriteUp) -> Iterator[Card]:
    """Yield a card for each part of the model answer that starts with bold words."""
    seen: Counter[str] = Counter()
    for term, part in _parts(writeup.answer, writeup.title):
        name = _slug(plain_text(term)) or "answer"
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name}-{seen[name]}"
        pieces = _pieces(part)
        for number, piece in enumerate(pieces, start=1):
            place = f" ({number} of {len(pieces)})" if len(pieces) > 1 else ""
            front = (Paragraph((Strong(term), Text(f"{place}?"))),)
            yield _card(writeup, f"answer/{key}" + (f"/{number}" if number > 1 else ""), front, piece)


def _parts(answer: Prose, title: Line) -> Iterator[tuple[Line, Prose]]:
    """Cut an answer where a paragraph starts with bold words, and return those words with what belongs to them.

    What stands before the first of them belongs to the question's ``title``.
    """
    term = title
    part: list[Block] = []
    for block in answer:
        lead = _lead(block)
        if lead is None:
            part.append(block)
            continue
        if part:
            yield term, tuple(part)
        term, rest = lead
        part = [Paragraph(rest, leads=isinstance(block, Paragraph) and block.leads)] if rest else []
    if part:
        yield term, tuple(part)


def _lead(block: Block) -> tuple[Line, Line] | None:
    """Return the bold words at the start of a paragraph, without the full stop, and the rest of it."""
    if not isinstance(block, Paragraph) or not block.line or not isinstance(block.line[0], Strong):
        return None
    words = block.line[0].inside
    last = words[-1] if words else None
    if not isinstance(last, Text) or not last.text.endswith((".", ":")):
        return None
    rest = block.line[1:]
    if rest and isinstance(rest[0], Text):
        rest = (Text(rest[0].text.lstrip()), *rest[1:])
    return (*words[:-1], Text(last.text[:-1])), tuple(part for part in rest if part != Text(""))


def _pieces(prose: Prose) -> list[Prose]:
    """Cut what is too long for a card, between blocks or the items of a list, and never after one that leads."""
    pieces: list[Prose] = []
    for blocks in _tied(prose):
        together = (*pieces[-1], *blocks) if pieces else blocks
        if pieces and sum(map(_length, together)) <= _MOST_LETTERS:
            pieces[-1] = together
        else:
            pieces.append(blocks)
    return pieces


def _tied(prose: Prose) -> Iterator[Prose]:
    """Yield each block with those before it that lead to it."""
    tied: list[Block] = []
    for block in _divided(prose):
        tied.append(block)
        if not (isinstance(block, Paragraph) and block.leads):
            yield tuple(tied)
            tied = []
    if tied:
        yield tuple(tied)


def _divided(prose: Prose) -> Iterator[Block]:
    """Yield the blocks, those lists that are too long for a card an item at a time with its number."""
    for block in prose:
        if isinstance(block, ListBlock) and _length(block) > _MOST_LETTERS // 2:
            for place, item in enumerate(block.items):
                yield ListBlock((item,), None if block.start is None else block.start + place, block.tight)
        else:
            yield block


def _length(block: Block) -> int:
    """Return how much room a block takes, in letters."""
    match block:
        case Paragraph(line):
            return len(plain_text(line)) + 40
        case DisplayMath(formula):
            return 160 + 80 * formula.mathml.count("<mtr")
        case CodeBlock(text):
            return sum(45 * (1 + len(line) // 56) for line in text.splitlines())  # so many fit across a card
        case ListBlock(items):
            return sum(_length(inside) for item in items for inside in item)
        case Quotation(inside):
            return sum(_length(one) for one in inside)
        case Table(_, _, rows):
            return 90 * (len(rows) + 1)
    return 40


def _figures(writeup: WriteUp) -> Iterator[Card]:
    for picture in writeup.pictures:
        front = (_words("Draw it:"), Paragraph(picture.caption))
        yield _card(writeup, f"figure/{picture.id}", front, (), picture)


def _errata(writeup: WriteUp) -> Iterator[Card]:
    for erratum, correction in zip(writeup.question.spec.errata, writeup.corrections, strict=True):
        key = f"erratum/{erratum.evidence.check}/{erratum.evidence.mistake}"
        front = (_words("The course notes print this. What is wrong?"), *correction.printed)
        yield _card(writeup, key, front, (*correction.correct, *correction.because))


def _translations(writeup: WriteUp) -> Iterator[Card]:
    for one in writeup.translations:
        front = (Paragraph((Text("What is TensorFlow 1’s "), Code(one.old), Text(" now?"))),)
        yield _card(writeup, f"tf1/{one.old}", front, (Paragraph(one.new),))


def _functions(writeup: WriteUp) -> Iterator[Card]:
    for piece in writeup.code:
        name = re.match(r"(?:def|class) (\w+)", piece.code.text)
        if piece.contract and name and piece.code.text.count("\n") < _MOST_LINES:
            yield _card(writeup, f"function/{name[1]}", (_words("Write it:"), piece.contract[0]), (piece.code,))


def _card(writeup: WriteUp, key: str, front: Prose, back: Prose, picture: Picture | None = None) -> Card:
    return Card(f"{writeup.question.id}/{key}", writeup.question.id, writeup.title, front, back, picture)


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def cards_pdf(cards: list[Card], bank: Bank, page: Page) -> bytes:
    """Return the cards as a PDF to be printed on both sides, flipped on the long edge, and cut."""
    return compile_pdf(render_template(bank.location, "cards.typ.j2", _values(cards, bank, page)), "cards.typ.j2")


def _values(cards: list[Card], bank: Bank, page: Page) -> dict[str, Any]:
    pages = [cards[start : start + CARDS_A_PAGE] for start in range(0, len(cards), CARDS_A_PAGE)]
    return {
        "title": f"{bank.spec.course}: flashcards",
        "author": "GradeTape",
        "paper": page.typst_paper,
        "columns": 2,  # a card is as wide as a column
        "pages": [
            {"fronts": _filled(one), "backs": mirrored(_filled(one)), "first": number * CARDS_A_PAGE + 1}
            for number, one in enumerate(pages)
        ],
        "total": len(cards),
    }


def _filled(cards: list[Card]) -> list[Card | None]:
    return [*cards, *[None] * (CARDS_A_PAGE - len(cards))]


def mirrored(cards: list[Card | None]) -> list[Card | None]:
    """Return the cards of a sheet's other side: each row from right to left."""
    rows = [cards[start : start + COLUMNS] for start in range(0, len(cards), COLUMNS)]
    return [card for row in rows for card in reversed(row)]
