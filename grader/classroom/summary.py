"""The statistics of a class -> ``summary.html``: tables and SVG charts in one file that needs no script."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from grader.bank.location import BankLocation
from grader.classroom.naming import file_stem
from grader.classroom.statistics import ClassStatistics, ItemStatistics
from grader.report.inert import cut, visible
from grader.sheets.rendering import render_template

SUMMARY = "summary.html"
_MOST_TEXT = 300


@dataclass(frozen=True)
class Standing:
    """A student as the summary's first table has them."""

    student: str
    name: str
    state: str
    reason: str
    total: str


@dataclass(frozen=True)
class Bar:
    """A bar of the distribution's chart, in the chart's own units."""

    x: float
    y: float
    height: float
    count: int
    label: str


def summary_page(
    statistics: ClassStatistics, standings: list[Standing], heading: str, facts: dict[str, str], location: BankLocation
) -> str:
    """Return the page.

    Args:
        statistics: of the class.
        standings: every student, in order.
        heading: what the page is called.
        facts: how the class was graded, such as the seed.
        location: the bank, which may have a template of its own.

    Raises:
        GradeTapeError: the template is missing or broken.
    """
    values: dict[str, Any] = {
        "heading": heading,
        "facts": facts,
        "statistics": statistics,
        "standings": standings,
        "bars": bars(statistics.bins),
        "verdict": verdict,
        "percent": _percent,
        "decimal": _decimal,
        "link": _link,
        "short": _short,
    }
    return render_template(location, "summary.html.j2", values)


def bars(bins: list[int], height: float = 120.0, width: float = 40.0) -> list[Bar]:
    """Return the bars of a histogram, the highest ``height`` high."""
    most = max([*bins, 1])
    return [
        Bar(number * width, height - height * count / most, height * count / most, count, f"{(number + 1) * 10} %")
        for number, count in enumerate(bins)
    ]


def verdict(item: ItemStatistics) -> str:
    """Say what a teacher may want to look at, by the usual rules of thumb (Ebel, "Essentials of Educational
    Measurement", 1972, p. 399: below 0.2 an item is poor); nothing for small classes.
    """  # noqa: D205
    if item.count < 10:
        return ""
    if item.discrimination is not None and item.discrimination < 0:
        return "look at it: those who did well otherwise did worse here"
    if item.difficulty in (0, 1):
        return "the same for all"
    if item.discrimination is not None and item.discrimination < 0.2:
        return "tells students apart poorly"
    return ""


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _decimal(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}"


def _link(student: str) -> str:
    return quote(f"{file_stem(student)}.html")


def _short(text: str) -> str:
    """Cut a text that students have a part in, with every character that does not print made visible."""
    return cut(visible(text), width=_MOST_TEXT)
