"""Flashcards -> an Anki package. Formulas are left to Anki's own MathJax, which needs no network either."""

import hashlib
import os
import tempfile
import time
import zipfile
from html import escape
from io import BytesIO
from pathlib import Path

import genanki  # type: ignore[import-untyped]
from markupsafe import Markup

from grader.bank.model import Bank
from grader.sheets.cards import Card
from grader.sheets.formula import Formula
from grader.sheets.html_writer import HtmlWriter
from grader.sheets.rendering import render_template
from grader.sheets.writeup import Picture

#: Fixed for ever: Anki knows the notes of an earlier import by the ids of note type and note.
_NOTE_TYPE = 1_781_640_011
_FIELDS = ("Front", "Back", "Question")


def as_mathjax(formula: Formula) -> str:
    """Return LaTeX between the delimiters that Anki looks for."""
    latex = escape(" ".join(formula.latex.split()))
    return f"\\[{latex}\\]" if formula.display else f"\\({latex}\\)"


def cards_apkg(cards: list[Card], bank: Bank) -> bytes:
    """Return the package: a deck for each module within one for the course."""
    writer = HtmlWriter(as_mathjax)
    note_type = _note_type(bank)
    decks: dict[int, genanki.Deck] = {}
    with tempfile.TemporaryDirectory() as folder:
        media = []
        for card in cards:
            module = bank.questions[card.question].module
            deck = decks.setdefault(module, _deck(bank, module))
            back = writer.prose(card.back)
            if card.picture is not None:
                path = Path(folder) / f"gradetape-{card.id.replace('/', '-')}.svg"
                path.write_text(card.picture.drawing.svg, encoding="utf-8")
                media.append(path)
                back += _image(path.name, card.picture)
            topic = Markup('<div class="topic">{}</div>').format(writer.line(card.topic))
            deck.add_note(
                genanki.Note(
                    model=note_type,
                    fields=[topic + writer.prose(card.front), back, card.question],
                    guid=genanki.guid_for("gradetape", bank.spec.course, card.id),
                    tags=[card.question, f"module-{module}"],
                )
            )
        target = Path(folder) / "cards.apkg"
        made = _time_of_making()
        genanki.Package(list(decks.values()), media_files=media).write_to_file(target, timestamp=made)
        return _repacked(target, made)


def _time_of_making() -> float:
    """Return when the package is made. Anki updates a note only from a package that is newer than the last one.

    Who wants the same bytes from the same questions sets ``SOURCE_DATE_EPOCH``, as for other reproducible builds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(fixed) if fixed.isascii() and fixed.isdigit() else time.time()


def _repacked(package: Path, made: float) -> bytes:
    """Return the archive with the time of making on all its files, in place of when they were written to disk."""
    content = BytesIO()
    date = max(time.gmtime(made)[:6], (1980, 1, 1, 0, 0, 0))  # the first day that the format knows
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, date), old.read(entry), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _image(name: str, picture: Picture) -> Markup:
    """Return a picture as an image that the package carries."""
    return Markup('<img src="{}" alt="{}" width="{:g}">').format(name, picture.alt, picture.drawing.width)


def _note_type(bank: Bank) -> genanki.Model:
    front = render_template(bank.location, "anki_front.html.j2", {})
    back = render_template(bank.location, "anki_back.html.j2", {})
    return genanki.Model(
        _NOTE_TYPE,
        "GradeTape card",
        fields=[{"name": name} for name in _FIELDS],
        templates=[{"name": "Card", "qfmt": front, "afmt": back}],
        css=render_template(bank.location, "anki.css.j2", {}),
    )


def _deck(bank: Bank, module: int) -> genanki.Deck:
    title = next(one.title for one in bank.spec.modules if one.number == module)
    digest = hashlib.sha256(f"{bank.spec.course}/{module}".encode()).digest()
    deck_id = (1 << 30) + int.from_bytes(digest[:4]) % (1 << 30)  # Anki wants a positive number of up to 31 bits
    return genanki.Deck(deck_id, f"{bank.spec.course}::{module} {title}")
