"""Which questions go on a sheet, by their headings alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.bank.headings import Heading, read_headings
from grader.bank.location import BankLocation
from grader.problems import GradeTapeError, suggestion


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; what is left out lets every question through."""

    ids: tuple[str, ...] = ()
    module: int | None = None
    asked: str | None = None
    topic: str | None = None


def wanted_headings(location: BankLocation, wanted: Wanted) -> list[Heading]:
    """Return the headings of the questions wanted, in the order of the ids given, or else in the bank's.

    Raises:
        GradeTapeError: there is none.
    """
    headings = read_headings(location)
    chosen = [heading for heading in _by_ids(headings, wanted.ids) if _matches(heading, wanted)]
    if not chosen:
        raise GradeTapeError(_none_matches(headings, wanted))
    return chosen


def _by_ids(headings: Sequence[Heading], ids: Sequence[str]) -> list[Heading]:
    if not ids:
        return list(headings)
    owners = {name: heading for heading in headings for name in (heading.id, *heading.covers)}
    unknown = [id_ for id_ in ids if id_.lower() not in owners]
    if unknown:
        raise GradeTapeError(f"there is no question '{unknown[0]}'; {suggestion(unknown[0].lower(), owners)}")
    return list({owners[id_.lower()].id: owners[id_.lower()] for id_ in ids}.values())


def _matches(heading: Heading, wanted: Wanted) -> bool:
    return (
        (wanted.module is None or heading.module == wanted.module)
        and (wanted.asked is None or wanted.asked in heading.asked)
        and (wanted.topic is None or any(wanted.topic.lower() in topic.lower() for topic in heading.topics))
    )


def _none_matches(headings: Sequence[Heading], wanted: Wanted) -> str:
    if not headings:
        return "the bank has no questions; write one, or name another bank"
    if wanted.module is not None and all(heading.module != wanted.module for heading in headings):
        return f"no question in module {wanted.module}; there are modules {_joined(h.module for h in headings)}"
    if wanted.asked is not None and all(wanted.asked not in heading.asked for heading in headings):
        return f"no question was asked in {wanted.asked}; known are {_joined(a for h in headings for a in h.asked)}"
    topics = {topic for heading in headings for topic in heading.topics}
    if wanted.topic is not None and all(wanted.topic.lower() not in topic.lower() for topic in topics):
        return f"no question has the topic '{wanted.topic}'; {suggestion(wanted.topic, topics)}"
    return "no question is all that was asked for; leave out a filter"


def _joined(items: Iterator[object]) -> str:
    return ", ".join(sorted({str(item) for item in items})) or "none"
