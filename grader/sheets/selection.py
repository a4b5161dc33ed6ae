"""Which questions go on a sheet, and the bank with only those loaded."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import cast

from grader.bank.headings import Heading, read_headings
from grader.bank.load import load_bank
from grader.bank.location import BankLocation
from grader.bank.model import Bank
from grader.bank.schema import BankFile
from grader.bank.vocabulary import Vocabulary
from grader.problems import GradeTapeError, suggestion


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; what is left out lets every question through."""

    ids: tuple[str, ...] = ()
    module: int | None = None
    asked: str | None = None
    topic: str | None = None


def select(location: BankLocation, wanted: Wanted) -> Bank:
    """Return the bank with the questions wanted, in the order of the ids given, or else in the bank's.

    Raises:
        GradeTapeError: there is none; or, as ``BankError``, one of them cannot be read.
    """
    chosen = wanted_headings(location, wanted)
    bank = load_bank(location, _EVERY_WORD, [heading.id for heading in chosen], with_mistakes=False)
    return Bank(bank.location, bank.spec, {heading.id: bank.questions[heading.id] for heading in chosen})


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


def read_bank_file(location: BankLocation) -> BankFile:
    """Return ``bank.yaml``, without any question.

    Raises:
        BankError: with everything that is wrong with it.
    """
    return load_bank(location, _EVERY_WORD, [_NO_QUESTION], with_mistakes=False).spec


_NO_QUESTION = "none"  # no id looks like this


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


class _AnyWord(dict[str, Set[str]]):
    """Knows every word, with every option."""

    def __contains__(self, word: object) -> bool:
        return True

    def __missing__(self, word: str) -> Set[str]:
        return cast("Set[str]", self)


# What a check's inputs and probes are called does not matter on paper, and those who know the words stand on the rooms
# that grade; `verify` is who holds questions to them.
_EVERY_WORD = Vocabulary(_AnyWord(), _AnyWord(), _AnyWord())
