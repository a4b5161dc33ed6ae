"""Bad input, said once and clearly: what is wrong, where, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

#: Exit codes of the command line: all passed, not all passed, could not be done, interrupted.
EXIT_OK, EXIT_NOT_PASSED, EXIT_UNUSABLE, EXIT_INTERRUPTED = 0, 1, 2, 130


class GradeTapeError(Exception):
    """Something the user can mend. The command line prints it and exits with 2; never a traceback."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a file of the bank."""

    path: Path
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        """Return ``file:line: what; how to mend it``."""
        return f"{self.path}:{self.line}: {self.what}; {self.mend}"


class BankError(GradeTapeError):
    """A bank that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return how to mend a misspelt ``word``: the nearest known one, or the list of them all."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known are: {', '.join(names)}" if names else "none is known here"
