"""A question as it stands on a sheet, complete but for the page around it: loaded, read, drawn and set."""

from collections.abc import Sequence, Set
from typing import Literal, TypeAlias

from grader.bank.location import BankLocation
from grader.sheets.loading import load_questions
from grader.sheets.rendering import render_template
from grader.sheets.writeup import write_up

#: What an article is written in: HTML, Typst or Markdown, as the names of the templates end.
Markup: TypeAlias = Literal["html", "typ", "md"]


def set_articles(location: BankLocation, ids: Sequence[str], shown: Set[str], markup: Markup) -> dict[str, str]:
    """Return the articles of questions, by id, each with the parts ``shown``.

    Raises:
        BankError: something in the questions cannot be read or set; it has all that is wrong with them.
        GradeTapeError: the template of an article is broken.
    """
    bank = load_questions(location, ids)
    template = f"article.{markup}.j2"
    return {
        writeup.question.id: render_template(location, template, {"writeup": writeup, "shown": shown})
        for writeup in write_up(bank.questions.values())
    }
