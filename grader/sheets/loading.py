"""The bank with only the questions that are printed, and without what is not."""

from collections.abc import Sequence, Set
from typing import cast

from grader.bank.load import load_bank
from grader.bank.location import BankLocation
from grader.bank.model import Bank
from grader.bank.schema import BankFile
from grader.bank.vocabulary import Vocabulary
from grader.sheets.selection import Wanted, wanted_headings


def select(location: BankLocation, wanted: Wanted) -> Bank:
    """Return the bank with the questions wanted, in the order of the ids given, or else in the bank's.

    Raises:
        GradeTapeError: there is none; or, as ``BankError``, one of them cannot be read.
    """
    return load_questions(location, [heading.id for heading in wanted_headings(location, wanted)])


def load_questions(location: BankLocation, ids: Sequence[str]) -> Bank:
    """Return the bank with these questions, in this order.

    Raises:
        BankError: one of them cannot be read.
    """
    bank = load_bank(location, _EVERY_WORD, ids, with_mistakes=False)
    return Bank(bank.location, bank.spec, {id_: bank.questions[id_] for id_ in ids})


def read_bank_file(location: BankLocation) -> BankFile:
    """Return ``bank.yaml``, without any question.

    Raises:
        BankError: with everything that is wrong with it.
    """
    return load_bank(location, _EVERY_WORD, [_NO_QUESTION], with_mistakes=False).spec


_NO_QUESTION = "none"  # no id looks like this


class _AnyWord(dict[str, Set[str]]):
    """Knows every word, with every option."""

    def __contains__(self, word: object) -> bool:
        return True

    def __missing__(self, word: str) -> Set[str]:
        return cast("Set[str]", self)


# What a check's inputs and probes are called does not matter on paper, and those who know the words stand on the rooms
# that grade; `verify` is who holds questions to them.
_EVERY_WORD = Vocabulary(_AnyWord(), _AnyWord(), _AnyWord())
